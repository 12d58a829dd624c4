"""What a person writes in Python: records in, documents out, filters of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cleaner
from cleaner.errors import CleanerError

TEXT = "昨日，市图书馆新馆向读者开放。"


def test_records_of_every_kind_are_documents() -> None:
    pipe = cleaner.Pipeline.from_recipe("repair-only")
    mine = cleaner.Document("c", TEXT)
    records = [TEXT, {"text": TEXT, "id": 7, "day": 3}, {"text": TEXT, "id": None}, mine]
    docs = list(pipe(records))
    assert [doc.id for doc in docs] == ["1", "7", "3", "c"]
    assert {doc.text for doc in docs} == {TEXT}
    assert docs[1].meta == {"day": 3}


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: cleaner.clean(None), "not NoneType"),
        (lambda: cleaner.clean(b"x"), "decode bytes"),
        (lambda: cleaner.clean(TEXT, "nonesuch"), "no recipe 'nonesuch'"),
        (lambda: records(TEXT), "one record, not many"),
        (lambda: records({"text": TEXT}), "one record, not many"),
        (lambda: records([TEXT, None]), "record 2: no text"),
        (lambda: records([5]), "record 1: no text"),
        (lambda: records([{"body": TEXT}]), "record 1: no text"),
        (lambda: records([{"text": 5}]), "record 1: no text"),
        (lambda: own(limits={"nonesuch": 1}), "no such signal"),
        (lambda: own(limits={"han_share": "a"}), "give a number"),
        (lambda: own(extra=[print]), "is no filter"),
        (lambda: own(extra=[cleaner.editor("ours")(iter)]), "a name begins with one of"),
        (lambda: own(extra=[cleaner.editor("score.ours")(iter)]), "is no Scorer"),
        (lambda: cleaner.scorer("score.ours", good="most")(len), 'write "high" or "low"'),
    ],
)
def test_what_is_wrong_is_told(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(CleanerError) as error:
        call()
    assert told in str(error.value)


def records(given: Any) -> list[cleaner.Document]:
    return list(cleaner.Pipeline.from_recipe("repair-only")(given))


def own(**options: Any) -> cleaner.Pipeline:
    return cleaner.Pipeline.from_recipe("web-zh", **options)
