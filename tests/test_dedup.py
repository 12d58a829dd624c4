"""dedup.exact and dedup.near: what is dropped, why, and what survives a kill."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.batch import Batch
from cleaner.dedup.exact import Exact
from cleaner.dedup.near import CHECKS, CROWD, Near
from cleaner.dedup.schemes import datasketch_signatures
from cleaner.document import Document
from cleaner.errors import InputError, RecipeError
from cleaner.filter import Resumable, Twin
from cleaner.kernels import minhash
from cleaner.kernels.text import encode
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook

CASES = Path(__file__).parent / "cases" / "dedup"
BOOK = RuleBook([])


def cases(kind: str) -> list[Any]:
    lines = (CASES / f"{kind}.jsonl").read_text("utf-8").splitlines()
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


def dropped_by(case: dict[str, str]) -> str | None:
    pipe = Pipeline.from_recipe("dedup-only")
    _, second = pipe([case["first"], case["second"]])
    return second.reasons[0].filter if second.reasons else None


@pytest.mark.parametrize("case", cases("synthetic"))
def test_duplicates_are_dropped_by_the_right_filter(case: dict[str, str]) -> None:
    assert dropped_by(case) == case["by"]


@pytest.mark.parametrize("case", [*cases("negative"), *cases("known_failures")])
def test_others_are_kept(case: dict[str, str]) -> None:
    assert dropped_by(case) is None


def admit(
    index: Exact | Near, texts: Sequence[str], size: int = 7, number: int = 0
) -> list[Twin | None]:
    """What the index says of texts in batches of `size`; ids are numbers from `number` on."""
    found: list[Twin | None] = []
    for first in range(0, len(texts), size):
        docs = [
            Document(str(number + first + n), text) for n, text in enumerate(texts[first:][:size])
        ]
        batch = Batch(docs)
        sketch = pickle.loads(pickle.dumps(index.sketch(batch)))
        ids = [doc.id for doc in docs]
        twins = index.admit(sketch, ids, np.ones(len(docs), np.bool_))
        index.keep(sketch, ids, np.array([twin is None for twin in twins], np.bool_))
        found += twins
    return found


def noise(size: int, seed: int) -> str:
    return "".join(map(chr, np.random.default_rng(seed).integers(0x4E00, 0x9000, size)))


def grams(text: str) -> set[str]:
    return {text[at : at + 5] for at in range(max(1, len(text) - 4))} if text else set()


def greedy(texts: Sequence[str], threshold: float) -> list[bool]:
    """The rule itself: a text is dropped iff a kept one is similar enough."""
    kept: list[set[str]] = []
    dropped = []
    for mine in map(grams, texts):
        twin = any(mine and len(mine & o) >= threshold * len(mine | o) for o in kept)
        dropped.append(twin)
        kept += [] if twin else [mine]
    return dropped


@pytest.mark.parametrize("threshold", [0.6, 0.8, 0.9])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_near_follows_the_rule(threshold: float, size: int) -> None:
    """On families of clear twins and clear strangers, whatever the batches."""
    texts = []
    for seed in range(16):
        text = noise(80 + 20 * seed, seed)
        texts += [text, text[: len(text) // 3] + noise(200, seed + 99), text[:-1] + "末"]
    order = np.random.default_rng(0).permutation(len(texts))
    # ASCII stands in for Han, so that folding has no say in the expectation.
    texts = [
        "".join(chr(0x41 + ord(c) % 26) + chr(0x61 + ord(c) // 26 % 26) for c in texts[n])
        for n in order
    ]
    found = admit(Near(BOOK, threshold=threshold), texts, size)
    assert [twin is not None for twin in found] == greedy([t.lower() for t in texts], threshold)
    for twin in filter(None, found):
        assert found[int(twin.id)] is None
        assert twin.limit == threshold <= twin.similarity


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=12), st.integers(1, 5))
def test_any_text_goes_through_and_batches_do_not_matter(texts: list[str], size: int) -> None:
    for kind in (Exact, Near):
        found = admit(kind(BOOK), texts, size)
        assert found == admit(kind(BOOK), texts, len(texts) or 1)
        assert all(twin is None or found[int(twin.id)] is None for twin in found)


def test_sketch_of_a_document_does_not_depend_on_its_batch() -> None:
    texts = [noise(size, size) for size in (0, 1, 4, 5, 300, 2000)]
    near = Near(BOOK)
    together = near.sketch(Batch([Document("", text) for text in texts]))
    for at, text in enumerate(texts):
        alone = near.sketch(Batch([Document("", text)]))
        assert (alone.keys.posted[0] == together.keys.posted[at]).all()


def test_ineligible_documents_are_neither_compared_nor_remembered() -> None:
    text = noise(100, 1)
    for index in (Exact(BOOK), Near(BOOK)):
        batch = Batch([Document("a", text), Document("b", text), Document("c", text)])
        found = index.admit(index.sketch(batch), "abc", np.array([False, True, True]))
        assert found[:2] == [None, None]
        assert found[2] is not None and found[2].id == "b"


def test_a_twin_is_named_that_was_kept() -> None:
    """Of three texts the second is a near twin of the first and the third its exact copy."""
    text = noise(200, 1)
    for size in (1, 5):
        pipe = Pipeline.from_recipe("dedup-only")
        texts = [text, text[:-1] + "末", text[:-1] + "末"]
        docs = [doc for n in range(0, 3, size) for doc in _cleaned(pipe, texts[n : n + size], n)]
        assert [doc.kept for doc in docs] == [True, False, False]
        assert [doc.reasons[0].twin for doc in docs[1:]] == ["0", "0"]


def _cleaned(pipe: Pipeline, texts: Sequence[str], number: int) -> list[Document]:
    return list(pipe([Document(str(number + at), text) for at, text in enumerate(texts)]))


def test_texts_without_shingles_are_never_near() -> None:
    assert admit(Near(BOOK), ["", "。。。", " ", ""]) == [None] * 4


def test_one_character_over_and_over() -> None:
    found = admit(Near(BOOK), ["哈" * 50, "哈" * 80, "呵" * 50])
    assert [twin is not None for twin in found] == [False, True, False]


def test_many_equal_documents_cost_one_check_each() -> None:
    near = Near(BOOK)
    found = admit(near, [noise(60, 1)] * 2000, 500)
    assert sum(twin is None for twin in found) == 1
    assert {twin.id for twin in found if twin} == {"0"}


def test_a_crowded_bucket_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that share a long passage, yet are no duplicates, meet in the same bands."""
    checks = 0
    original = Near._twin

    def counted(self: Near, mine: Any, candidates: Any, verifier: Any, ids: Any) -> Any:
        nonlocal checks
        checks += len(candidates)
        return original(self, mine, candidates, verifier, ids)

    monkeypatch.setattr(Near, "_twin", counted)
    passage = noise(140, 0)
    texts = [passage + noise(60, seed) for seed in range(1, 201)]
    found = admit(Near(BOOK), texts, 20)
    assert sum(twin is not None for twin in found) == 0
    assert checks <= CHECKS * len(texts)
    near = Near(BOOK)
    admit(near, texts, 20)
    sketch = near.sketch(Batch([Document("x", texts[0])]))
    pairs = set(zip(*map(list, near._store.find(sketch.keys.posted.ravel())), strict=True))
    assert max(np.bincount([query for query, _ in pairs])) <= CROWD + 20


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("kind", [Exact, Near])
def test_a_killed_run_goes_on_from_its_checkpoint(
    kind: type[Exact] | type[Near], on_disk: bool, tmp_path: Path
) -> None:
    texts = [noise(80, seed % 30) for seed in range(60)]
    place = str(tmp_path / "index") if on_disk else None
    expected = admit(kind(BOOK), texts)
    first = kind(BOOK, index=place)
    assert isinstance(first, Resumable)
    first.begin(tmp_path / "run")
    early = admit(first, texts[:28])
    mark = json.loads(json.dumps(first.checkpoint()))
    admit(first, texts[28:42], number=28)  # comes after the mark: forgotten
    first._store.checkpoint()
    _drop(first)
    again = kind(BOOK, index=place)
    again.begin(tmp_path / "run", mark)
    assert early + admit(again, texts[28:], number=28) == expected
    again.finish()


def _drop(index: Exact | Near) -> None:
    """As a kill does: connections go, nothing is finished."""
    close = getattr(index._store, "_close", lambda: None)
    close()


def test_an_index_of_yesterday_drops_what_comes_again(tmp_path: Path) -> None:
    texts = [noise(90, seed) for seed in range(20)]
    for kind in (Exact, Near):
        monday = kind(BOOK, index=str(tmp_path))
        assert not any(admit(monday, texts))
        monday.finish()
        tuesday = kind(BOOK, index=str(tmp_path))
        found = admit(tuesday, [*texts, noise(90, 77)])
        assert [twin is not None for twin in found] == [True] * 20 + [False]
        tuesday.finish()


def test_a_run_that_broke_leaves_nothing_behind(tmp_path: Path) -> None:
    texts = [noise(90, seed) for seed in range(20)]
    broken = Near(BOOK, index=str(tmp_path))
    admit(broken, texts)
    broken.checkpoint()
    _drop(broken)
    anew = Near(BOOK, index=str(tmp_path))
    assert not any(admit(anew, texts))
    anew.finish()


def test_an_index_refuses_what_does_not_fit(tmp_path: Path) -> None:
    near = Near(BOOK, index=str(tmp_path))
    admit(near, [noise(90, 1)])
    mark = near.checkpoint()
    with pytest.raises(InputError, match="in use"):
        Near(BOOK, index=str(tmp_path)).begin(tmp_path)
    near.finish()
    with pytest.raises(InputError, match="n=5"):
        Near(BOOK, index=str(tmp_path), n=7).begin(tmp_path)
    other = Near(BOOK, index=str(tmp_path))
    other.begin(tmp_path)
    other.finish()
    with pytest.raises(InputError, match="another run"):
        Near(BOOK, index=str(tmp_path)).begin(tmp_path, mark)
    with pytest.raises(InputError, match="shorter"):
        Near(BOOK).begin(tmp_path / "empty", {**_mark_of_memory(), "docs": 5})


def _mark_of_memory() -> dict[str, Any]:
    near = Near(BOOK)
    mark = near.checkpoint()
    near.finish()
    return mark


@pytest.mark.parametrize(
    "options",
    [
        {"threshold": 0.0},
        {"threshold": 2.0},
        {"ignore": ["vowels"]},
        {"ignore": "space"},
        {"recall": 1.0},
        {"slots": 100},
        {"n": 0},
        {"scheme": "simhash"},
        {"measure": "cosine"},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        Near(BOOK, **options)


def test_reason_names_twin_similarity_and_limit() -> None:
    text = noise(200, 1)
    pipe = Pipeline.from_recipe("dedup-only")
    _, second = pipe([{"id": "a", "text": text}, {"id": "b", "text": text[:-1] + "末"}])
    (reason,) = second.reasons
    assert (reason.filter, reason.twin, reason.limit) == ("dedup.near", "a", 0.8)
    assert reason.value is not None and 0.98 < reason.value < 1


def test_a_recipe_says_what_plays_a_part() -> None:
    text = "農業部門表示今年糧食豐收，產量比去年有所增長，ABC"
    others = ["农业部门表示今年粮食丰收，产量比去年有所增长，ABC", text.replace("ABC", "abc")]
    for other in others:
        assert admit(Exact(BOOK), [text, other])[1]
        assert not admit(Exact(BOOK, fold=False), [text, other])[1]
        assert not admit(Near(BOOK, fold=False, threshold=0.95), [text, other])[1]
    first, second = "第1期简报刊登全文如下各位同事" * 2, "第2期简报刊登全文如下各位同事" * 2
    assert admit(Near(BOOK, ignore=["digit"]), [first, second])[1]
    assert not admit(Near(BOOK, threshold=0.9), [first, second])[1]
    assert not admit(Exact(BOOK, ignore=[]), [first, first + "\n"])[1]


def test_containment_finds_a_page_that_holds_a_kept_article() -> None:
    article, page = noise(300, 1), noise(500, 2)
    texts = [article, noise(200, 3) + article + noise(300, 4), page, page[100:300]]
    assert not any(admit(Near(BOOK), texts))
    for size in (1, 4):
        found = admit(Near(BOOK, measure="containment"), texts, size)
        assert [twin and twin.id for twin in found] == [None, "0", None, "2"]
        assert all(twin is None or twin.similarity > 0.98 for twin in found)


def test_containment_of_the_known_failure() -> None:
    (case,) = (param.values[0] for param in cases("known_failures"))
    assert any(admit(Near(BOOK, measure="containment"), [case["first"], case["second"]]))


def test_datasketch_values_are_its_own_and_never_mix(tmp_path: Path) -> None:
    datasketch = pytest.importorskip("datasketch")
    text = "昨日上午全市水利工作会议在礼堂召开"
    oracle = datasketch.MinHash(num_perm=128)
    for gram in grams(text):
        oracle.update(gram.encode())
    codes = encode(text + "短")
    found = datasketch_signatures(codes, np.array([len(text), 0, 1]), n=5, slots=128)
    assert found[0].tolist() == oracle.hashvalues.tolist()
    assert set(found[1].tolist()) == {0xFFFFFFFF}
    texts = [noise(200, 1), noise(200, 2), noise(200, 1)[:-1] + "末"]
    index = Near(BOOK, scheme="datasketch", index=str(tmp_path))
    assert [twin and twin.id for twin in admit(index, texts)] == [None, None, "0"]
    index.finish()
    with pytest.raises(InputError, match=r"holds .*datasketch.*asks .*oph"):
        Near(BOOK, index=str(tmp_path)).begin(tmp_path)


def test_our_estimates_agree_with_those_of_datasketch() -> None:
    """Two independent implementations estimate the same similarity."""
    text = noise(800, 5)
    other = text[:600] + noise(200, 6)
    codes, lengths = encode(text + other), np.array([800, 800])
    for signatures in (minhash.signatures, datasketch_signatures):
        one, two = signatures(codes, lengths, n=5, slots=128)
        exact = len(grams(text) & grams(other)) / len(grams(text) | grams(other))
        assert abs((one == two).mean() - exact) < 0.15


@pytest.mark.parametrize("measure", ["jaccard", "containment"])
def test_sketches_come_apart_and_together(measure: str) -> None:
    texts = ["", "短", noise(50, 1), noise(900, 2), "𠀀" * 9 + noise(30, 3)]
    near = Near(BOOK, measure=measure)
    sketch = near.sketch(Batch([Document("", text) for text in texts]))
    parts = near.split(sketch)
    for at, text in enumerate(texts):
        assert near.split(near.sketch(Batch([Document("", text)]))) == [parts[at]]
    again = near.join(parts)
    assert near.split(again) == parts
    everything = np.ones(len(texts), np.bool_)
    for one, two in zip(sketch.asked(everything), again.asked(everything), strict=True):
        assert one.tolist() == two.tolist()
