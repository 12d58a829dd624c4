"""Scorer `score.filler`: marks of text that no reporter wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.rules import RuleBook
from cleaner.score.weighted import Weighted


class Filler:
    """`machine_filler` in [0, 1]: how surely the text was made by a machine or rewritten by one,
    by the rules of `rules/score/filler`; see `Weighted`."""

    name = "score.filler"
    names: Mapping[str, Bound] = {"machine_filler": "max"}

    def __init__(self, book: RuleBook) -> None:
        self._marks = Weighted(book, self.name)

    def score(self, batch: Batch) -> dict[str, Values]:
        return {"machine_filler": self._marks.values(batch)}

    def evidence(self, view: View) -> Iterator[Evidence]:
        for rule, start, end in self._marks.found(view):
            yield Evidence(start, end, "machine_filler", rule.id)
