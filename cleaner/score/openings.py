"""Scorer `score.openings`: how many more articles seem to begin in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.rules import RuleBook

_NEAR = 16
"""A literal of an opening stands so near the start of its line."""


class Openings:
    """`more_articles`: lines that open a report or name its writer, after the first such line.

    A byline right above a dateline is one opening with it, so neighbouring lines count once.
    """

    name = "score.openings"
    names: Mapping[str, Bound] = {"more_articles": "max"}

    def __init__(self, book: RuleBook) -> None:
        self._rules = book.of(self.name)
        self._numbers = book.numbers(self._rules)

    def score(self, batch: Batch) -> dict[str, Values]:
        values = np.zeros(len(batch))
        for at in self._candidates(batch).tolist():
            values[at] = max(0, len(self._found(batch.view(at))) - 1)
        return {"more_articles": values}

    def evidence(self, view: View) -> Iterator[Evidence]:
        for start, end in self._found(view)[1:]:
            yield Evidence(start, end, "more_articles", "another article seems to begin here")

    def _candidates(self, batch: Batch) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Documents in which at least two lines hold a literal near their start."""
        hits = batch.hits
        mine = np.flatnonzero(np.isin(hits.literal, self._numbers))
        place = batch.starts[hits.doc[mine]] + hits.start[mine]
        line = np.searchsorted(batch.line_ends, place)
        near = place - batch.line_starts[line] <= _NEAR if len(mine) else mine > 0
        lines = np.unique(line[near])
        count = np.bincount(batch.line_docs[lines], minlength=len(batch))
        return np.flatnonzero(count >= 2)

    def _found(self, view: View) -> list[tuple[int, int]]:
        """The lines that open an article; of neighbours the first."""
        found: list[tuple[int, int]] = []
        last = -9
        filled = [line for line in view.lines if view.text[line.start : line.end].strip()]
        for number, line in enumerate(filled):
            text = view.folded[line.start : line.end]
            if any(rule.pattern and rule.pattern.search(text) for rule in self._rules):
                if number - last > 2:
                    found.append((line.start, line.end))
                last = number
        return found
