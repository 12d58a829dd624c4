"""Marks of text in rules that each carry a weight: how surely do those found say it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from cleaner.batch import Batch, View
from cleaner.filter import Values
from cleaner.rules import Rule, RuleBook

_MOST = 3
"""A rule counts up to so many times."""


class Weighted:
    """The rules of one filter; `weight` is the chance that one match is right.

    The chances that each of the matches found is wrong multiply.
    """

    def __init__(self, book: RuleBook, name: str) -> None:
        rules = book.of(name)
        self._mine = np.zeros(len(book.literals), np.bool_)
        self._mine[book.numbers(rules)] = True
        self._by_literal: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            for word in rule.literals:
                self._by_literal[book.literals[word]].append(rule)

    def values(self, batch: Batch) -> Values:
        """The chance that one match at least is right, in [0, 1], shape (n,)."""
        values = np.zeros(len(batch))
        for at in np.unique(batch.hits.doc[self._mine.take(batch.hits.literal)]).tolist():
            values[at] = self._value(batch.view(at))
        return values

    def _value(self, view: View) -> float:
        wrong = 1.0
        counts: dict[str, int] = defaultdict(int)
        for rule, _, _ in self.found(view):
            counts[rule.id] += 1
            if counts[rule.id] <= _MOST:
                wrong *= 1 - float(rule.options["weight"])
        return 1 - wrong

    def found(self, view: View) -> Iterator[tuple[Rule, int, int]]:
        """Matches of rules in the lines that hold one of their literals."""
        starts = [line.start for line in view.lines]
        tried = set()
        for hit in view.hits_among(self._mine):
            for rule in self._by_literal.get(hit.literal, ()):
                at = int(np.searchsorted(starts, hit.start, side="right")) - 1
                if (at, rule.id) in tried or rule.pattern is None:
                    continue
                tried.add((at, rule.id))
                line = view.lines[at]
                for match in rule.pattern.finditer(view.folded[line.start : line.end]):
                    yield rule, line.start + match.start(), line.start + match.end()
