"""Scorer `score.narration`: stock phrases of story-tellers, which fiction has and news has not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cleaner.batch import Batch, Ints, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.rules import RuleBook
from cleaner.score.basics import length

_SHORT = 400
"""A text of fewer characters counts as so long: a short report may hold two phrases, too."""


class Narration:
    """`narration`: different phrases of story-tellers in a thousand characters, the first one not
    counted; the phrases are the literals of `rules/score/narration`.

    Different ones, since what a report is about comes up in it again and again.
    """

    name = "score.narration"
    names: Mapping[str, Bound] = {"narration": "max"}

    def __init__(self, book: RuleBook) -> None:
        rules = book.of(self.name)
        self._automaton = book.automaton
        self._rules = {book.literals[word]: rule.id for rule in rules for word in rule.literals}
        self._mine = book.mask(rules)

    def score(self, batch: Batch) -> dict[str, Values]:
        phrases, literals = self._found(batch), len(self._mine)
        docs = np.searchsorted(batch.ends, batch.hits.start[phrases])
        different = np.unique(docs * literals + batch.hits.literal[phrases]) // literals
        more = np.maximum(np.bincount(different, minlength=len(batch)) - 1, 0)
        return {"narration": 1000 * more / np.maximum(length(batch), _SHORT)}

    def evidence(self, view: View) -> Iterator[Evidence]:
        """Every phrase."""
        batch = Batch([view.doc], self._automaton)
        for at in self._found(batch).tolist():
            literal, start, end = (int(column[at]) for column in batch.hits)
            yield Evidence(start, end, "narration", self._rules[literal])

    def _found(self, batch: Batch) -> Ints:
        """The numbers of the hits that are phrases."""
        return np.flatnonzero(self._mine.take(batch.hits.literal))
