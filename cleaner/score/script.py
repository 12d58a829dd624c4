"""Scorer `score.script`: in which script a text came, and whether a machine had converted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np

from cleaner.batch import Batch, View
from cleaner.document import Document
from cleaner.filter import Bound, Evidence, Values
from cleaner.models.conversion import LEAST_SHARE, Conversion, is_traditional, traditional_share
from cleaner.rules import RuleBook

_CONVERTER = "repair.script"


class Script:
    """`traditional`: share of the Chinese characters that were in their Traditional form
    before `repair.script`. `converted`: the evidence, 0 to 1, that a machine had made them so;
    with it `repair.script` in its mode `auto` decides."""

    name = "score.script"
    names: Mapping[str, Bound] = {"traditional": "max", "converted": "max"}

    def __init__(self, book: RuleBook) -> None:
        self._book = book

    @cached_property
    def _conversion(self) -> Conversion:
        return Conversion(self._book.words("mainland_words"), self._book.words("overseas_words"))

    def score(self, batch: Batch) -> dict[str, Values]:
        share = np.zeros(len(batch), np.float64)
        converted = np.zeros(len(batch), np.float64)
        some = batch.any(is_traditional(batch.codes, batch.folded))
        for at, doc in enumerate(batch.docs):
            source = _before(doc)
            if source is None and not some[at]:
                continue
            view = batch.view(at) if source is None else _view(source)
            share[at] = traditional_share(view)
            if share[at] >= LEAST_SHARE:
                converted[at] = self._conversion(view)
        return {"traditional": share, "converted": converted}

    def evidence(self, view: View) -> Iterable[Evidence]:
        return ()


def _before(doc: Document) -> str | None:
    """The text that `repair.script` converted, or None where it did not."""
    for change in reversed(doc.changes):
        if change.filter == _CONVERTER:
            return change.source
    return None


def _view(text: str) -> View:
    return Batch([Document("", text)]).view(0)
