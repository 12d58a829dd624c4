"""Marks of text in rules that each carry a weight: how surely do those found say it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

import numpy as np

from cleaner.batch import Batch, View
from cleaner.errors import RuleError
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.text import decode
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
        self._automaton = book.automaton
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
        wrong = np.ones(len(batch))
        counts: dict[tuple[int, str], int] = defaultdict(int)
        for line, rule, _, _ in self._found(batch):
            doc = int(batch.line_docs[line])
            counts[doc, rule.id] += 1
            if counts[doc, rule.id] <= _MOST:
                wrong[doc] *= 1 - self._weights[rule.id]
        return dict.fromkeys(self.names, 1 - wrong)

    def evidence(self, view: View) -> Iterator[Evidence]:
        """Every match."""
        (signal,) = self.names
        for _, rule, start, end in self._found(Batch([view.doc], self._automaton)):
            yield Evidence(start, end, signal, rule.id)

    def _found(self, batch: Batch) -> Iterator[tuple[int, Rule, int, int]]:
        """(line, rule, start, end) of the matches of rules in the lines that hold one of their
        literals."""
        hits = batch.hits
        mine = np.flatnonzero(self._mine.take(hits.literal))
        lines = np.searchsorted(batch.line_ends, hits.start.take(mine))
        pairs = zip(lines.tolist(), hits.literal.take(mine).tolist(), strict=True)
        for line, group in groupby(sorted(pairs), itemgetter(0)):
            start, end = int(batch.line_starts[line]), int(batch.line_ends[line])
            text = decode(batch.folded[start:end])
            rules = {rule.id: rule for _, own in group for rule in self._by_literal[own]}
            for rule in rules.values():
                for match in rule.pattern.finditer(text) if rule.pattern else ():
                    yield line, rule, start + match.start(), start + match.end()
