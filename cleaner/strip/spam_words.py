"""The spam words of a page: where they stand, on which lines, and what they weigh there.

A page of nothing but search words holds thousands of them on one line, so all is in arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.batch import Ints, View
from cleaner.rule_files import Rule

Floats = npt.NDArray[np.float64]

_FRESH = 2
"""A word that begins within another counts if so many of its characters lie beyond."""
_EPSILON = 1e-9
"""Three thirds are one."""


@dataclass(frozen=True, eq=False)
class Family:
    """The words of one trade, how many of them condemn a line, and the share of its letters that
    they and the common fillers must cover."""

    rule: Rule
    literals: Ints
    least: int
    share: float


@dataclass(frozen=True, eq=False)
class Words:
    """Spam words that do not overlap, in order; each array shape (k,)."""

    start: Ints
    end: Ints
    family: Ints  # number of the family
    text: Ints  # equal for equal words
    line: Ints  # number of the line that the word begins on
    unit: Floats  # what the word weighs where it comes first

    def __len__(self) -> int:
        return len(self.start)

    def at(self, which: npt.NDArray[np.generic] | slice) -> Words:
        """Some of the words, by a mask, by numbers or by a range."""
        numbers = (self.start, self.end, self.family, self.text, self.line)
        start, end, family, text, line = (column[which] for column in numbers)
        return Words(start, end, family, text, line, self.unit[which])

    def weight(self, first: int, last: int) -> float:
        """How often the words [first, last) suffice to condemn a line; one that comes again
        counts half."""
        text, unit = self.text[first:last], self.unit[first:last]
        if len(text) == 1:
            return float(unit[0]) + _EPSILON
        _, fresh = np.unique(text, return_index=True)
        return float(unit.sum() + unit[fresh].sum()) / 2 + _EPSILON

    def weights(self, lines: int) -> Floats:
        """`weight` of each of so many lines."""
        _, fresh = np.unique(self.line << 32 | self.text, return_index=True)
        total = np.bincount(self.line, self.unit, lines)
        total += np.bincount(self.line[fresh], self.unit[fresh], lines)
        weights: Floats = total / 2 + _EPSILON
        return weights


def words_of(
    view: View, hits: Ints, family_of: Ints, families: Sequence[Family], ends: Ints
) -> Words:
    """The words of all families on a page: where several overlap, the longest with its family.

    `hits` has the rows literal, start and end, shape (3, k); `family_of` has the number of the
    family of each literal; `ends` is where each line of the page ends.
    """
    number, start, end = longest_words(hits)
    family = family_of.take(number)
    unit = np.array([1 / each.least for each in families]).take(family)
    line = np.searchsorted(ends, start)
    return Words(start, end, family, _texts(view, number, start, end), line, unit)


def longest_words(hits: Ints) -> Ints:
    """Hits, which are in order of their end, without what lies within others, cut where they
    overlap the one before; of equal ranges the last is taken. Rows as in `hits`."""
    hits = hits[:, ::-1]  # so that of those that begin alike the longest leads
    hits = hits[:, np.argsort(hits[1], kind="stable")]
    # What comes behind another by less than this can be neither a word nor the end of one.
    hits = hits[:, hits[2] - np.maximum(hits[1], _reach(hits) - (_FRESH - 1)) >= _FRESH]
    _, start, end = hits
    reach = _reach(hits)
    free = start >= reach
    start = np.maximum(start, reach)
    # What is left of a hit is a word, or too short: then those behind it may begin earlier.
    chain = np.cumsum(free)
    short = np.zeros(len(chain) + 1, np.bool_)
    short[chain[end - start < _FRESH]] = True
    unclear = short.take(chain)
    start[unclear] = _one_by_one(hits[1:, unclear])
    return np.stack([hits[0], start, end])[:, start >= 0]


def _reach(hits: Ints) -> Ints:
    """How far the hits before each one reach."""
    return np.maximum.accumulate(np.append(0, hits[2, :-1]))


def _one_by_one(hits: Ints) -> list[int]:
    """Where sorted hits, the rows start and end, begin behind what the one before covers; -1 where
    too little is left."""
    starts: list[int] = []
    last = 0
    for first, behind in zip(*hits.tolist(), strict=True):
        first = max(first, last)
        if behind - first < _FRESH:
            first = -1
        else:
            last = behind
        starts.append(first)
    return starts


def _texts(view: View, number: Ints, start: Ints, end: Ints) -> Ints:
    """A number for the text of each word; literals that were cut may be equal in what is left."""
    sizes = end - start
    key = number * (1 + int(sizes.max(initial=0))) + sizes
    word = np.full(1 + int(key.max(initial=0)), -1)
    word[key] = np.arange(len(key))
    kinds = np.flatnonzero(word >= 0)
    known: dict[str, int] = {}
    places = zip(start[word[kinds]].tolist(), end[word[kinds]].tolist(), strict=True)
    word[kinds] = [known.setdefault(view.folded[a:b], len(known)) for a, b in places]
    numbers: Ints = word.take(key)
    return numbers
