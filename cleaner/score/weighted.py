"""Marks of text in rules that each carry a weight: how surely do those found say it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from cleaner.batch import Batch, View
from cleaner.errors import RuleError
from cleaner.filter import Bound, Evidence, Values
from cleaner.rule_files import Rule
from cleaner.rules import RuleBook

_MOST = 5
"""A rule counts up to so many times."""


class Weighted:
    """The rules of one filter; `weight` is the chance that one match is right.

    A subclass says the `name` of the filter and its one signal, which is the chance in [0, 1]
    that one match at least is right: the chances that each is wrong multiply.
    """

    name: str
    names: Mapping[str, Bound]

    def __init__(self, book: RuleBook) -> None:
        rules = book.of(self.name)
        self._mine = np.zeros(len(book.literals), np.bool_)
        self._mine[book.numbers(rules)] = True
        self._weights: dict[str, float] = {}
        self._by_literal: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            if rule.expression is None:
                raise RuleError(f"{rule.id}: no pattern; without one nothing is counted")
            self._weights[rule.id] = rule.option("weight")
            for word in rule.literals:
                self._by_literal[book.literals[word]].append(rule)

    def score(self, batch: Batch) -> dict[str, Values]:
        values = np.zeros(len(batch))
        starts = batch.hits.start[self._mine.take(batch.hits.literal)]
        for at in np.unique(np.searchsorted(batch.ends, starts)).tolist():
            values[at] = self._value(batch.view(at))
        return dict.fromkeys(self.names, values)

    def evidence(self, view: View) -> Iterator[Evidence]:
        """Every match."""
        (signal,) = self.names
        for rule, start, end in self._found(view):
            yield Evidence(start, end, signal, rule.id)

    def _value(self, view: View) -> float:
        wrong = 1.0
        counts: dict[str, int] = defaultdict(int)
        for rule, _, _ in self._found(view):
            counts[rule.id] += 1
            if counts[rule.id] <= _MOST:
                wrong *= 1 - self._weights[rule.id]
        return 1 - wrong

    def _found(self, view: View) -> Iterator[tuple[Rule, int, int]]:
        """Matches of rules in the lines that hold one of their literals."""
        literals, starts, _ = view.hit_columns(self._mine)
        lines = np.searchsorted(view.line_starts, starts, side="right") - 1
        tried = set()
        for at, literal in dict.fromkeys(zip(lines.tolist(), literals.tolist(), strict=True)):
            for rule in self._by_literal[literal]:
                if (at, rule.id) in tried or rule.pattern is None:
                    continue
                tried.add((at, rule.id))
                line = view.lines[at]
                for match in rule.pattern.finditer(view.folded[line.start : line.end]):
                    yield rule, line.start + match.start(), line.start + match.end()
