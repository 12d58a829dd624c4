"""Scorer `score.openings`: how many more articles seem to begin in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cleaner.batch import Batch, Ints, View
from cleaner.cuts import lines_of
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.text import decode
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
        self._automaton = book.automaton
        self._mine = book.mask(self._rules)

    def score(self, batch: Batch) -> dict[str, Values]:
        docs = [doc for doc, _, _ in self._found(batch)]
        counts = np.bincount(np.array(docs, np.int64), minlength=len(batch))
        return {"more_articles": np.maximum(counts - 1, 0).astype(np.float64)}

    def evidence(self, view: View) -> Iterator[Evidence]:
        batch = Batch([view.doc], self._automaton)
        for _, start, end in self._found(batch)[1:]:
            yield Evidence(start, end, "more_articles", "another article seems to begin here")

    def _found(self, batch: Batch) -> list[tuple[int, int, int]]:
        """The lines that open an article, of neighbours the first: document, start, end."""
        found: list[tuple[int, int, int]] = []
        lines = lines_of(batch)
        number = np.cumsum(lines.end > lines.start)
        last = (-1, 0)
        for line in self._candidates(batch).tolist():
            doc, start = int(lines.doc[line]), int(batch.line_starts[line])
            text = decode(batch.folded[start : batch.line_ends[line]])
            if any(rule.pattern and rule.pattern.search(text) for rule in self._rules):
                here = int(number[line])
                if doc != last[0] or here - last[1] > 2:
                    base = int(batch.starts[doc])
                    found.append((doc, start - base, int(batch.line_ends[line]) - base))
                last = (doc, here)
        return found

    def _candidates(self, batch: Batch) -> Ints:
        """Lines that hold a literal near their start, in documents that have two of them."""
        hits = batch.hits
        mine = np.flatnonzero(self._mine.take(hits.literal))
        place = hits.start[mine]
        line = np.searchsorted(batch.line_ends, place)
        lines = np.unique(line[place - batch.line_starts[line] <= _NEAR])
        docs = batch.line_docs[lines]
        several = np.bincount(docs, minlength=len(batch)) >= 2
        chosen: Ints = lines[several[docs]]
        return chosen
