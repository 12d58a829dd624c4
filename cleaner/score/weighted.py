"""Marks of text in rules that each carry a weight: how surely do those found say it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
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
    """The rules of one filter; `weight` is the chance that one match is right. A rule without a
    pattern counts its literals.

    A subclass says the `name` of the filter and its one signal, which is the chance in [0, 1]
    that one match at least is right: the chances that each is wrong multiply.
    """

    name: str
    names: Mapping[str, Bound]

    def __init__(self, book: RuleBook) -> None:
        rules = book.of(self.name)
        self._automaton = book.automaton
        self._mine = book.mask(rules)
        self._weights: dict[str, float] = {}
        self._by_literal: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            if not rule.literals:
                raise RuleError(f"{rule.id}: no literals; a rule needs one that every match holds")
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
        literals, and of the literals of those without a pattern."""
        hits = batch.hits
        mine = np.flatnonzero(self._mine.take(hits.literal))
        lines = np.searchsorted(batch.line_ends, hits.start.take(mine))
        found = zip(lines.tolist(), *(column.take(mine).tolist() for column in hits), strict=True)
        for line, group in groupby(sorted(found), itemgetter(0)):
            asked: dict[str, Rule] = {}
            for _, literal, start, end in group:
                for rule in self._by_literal[literal]:
                    if rule.expression is None:
                        yield line, rule, start, end
                    else:
                        asked[rule.id] = rule
            yield from self._matches(batch, line, asked.values())

    def _matches(
        self, batch: Batch, line: int, rules: Collection[Rule]
    ) -> Iterator[tuple[int, Rule, int, int]]:
        """The same of the patterns of some rules on one line."""
        start, end = int(batch.line_starts[line]), int(batch.line_ends[line])
        text = decode(batch.folded[start:end]) if rules else ""
        for rule in rules:
            for match in rule.pattern.finditer(text) if rule.pattern else ():
                yield line, rule, start + match.start(), start + match.end()
