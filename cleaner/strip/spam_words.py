"""The spam words of a page: where they stand, on which lines, and what they weigh there.

A page of nothing but search words holds thousands of them on one line, so all is in arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cleaner.batch import Ints
from cleaner.kernels.text import fold_text
from cleaner.rule_files import Rule

Floats = npt.NDArray[np.float64]

_FRESH = 2
"""A word that begins within another counts if so many of its characters lie beyond."""
_EPSILON = 1e-9
"""Three thirds are one."""
_BITS = 32
"""Bits of a place on a page."""


@dataclass(frozen=True, eq=False)
class Family:
    """The words of one trade, how many of them condemn a line, and the share of its letters that
    they and the common fillers must cover."""

    rule: Rule
    literals: Ints
    least: int
    share: float


class Vocabulary:
    """What the literals of a run are as spam words; arrays of shape (literals,)."""

    def __init__(self, literals: Mapping[str, int], families: Sequence[Family]) -> None:
        self.family = np.zeros(len(literals), np.int64)
        self.size = np.zeros(len(literals), np.int64)
        self.text = np.zeros(len(literals), np.int64)
        self.unit = np.array([1 / family.least for family in families])
        """What a word of each family weighs."""
        self._numbers: dict[str, int] = {}
        for number, family in enumerate(families):
            self.family[family.literals] = number
        words = list(literals)
        for family in families:
            for at in family.literals.tolist():
                word = fold_text(words[at])
                self.size[at] = len(word)
                self.text[at] = self._numbers.setdefault(word, len(self._numbers))

    def texts_of(self, words: Iterable[str]) -> list[int]:
        """The numbers of what is left of words; those that are no words themselves have numbers
        behind all."""
        other: dict[str, int] = {}
        least = len(self._numbers)
        return [
            self._numbers[word]
            if word in self._numbers
            else other.setdefault(word, least + len(other))
            for word in words
        ]


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

    @cached_property
    def before(self) -> Ints:
        """For each word, the last one before it that is equal, or -1."""
        text = self.text.astype(np.min_scalar_type(int(self.text.max(initial=0))))
        order = np.argsort(text, kind="stable")
        again = np.flatnonzero(text[order[1:]] == text[order[:-1]])
        before = np.full(len(order), -1)
        before[order[again + 1]] = order[again]
        return before

    def weight(self, first: int, last: int) -> float:
        """How often the words [first, last) suffice to condemn a line; one that comes again
        counts half."""
        unit, again = self.unit[first:last], self.before[first:last] >= first
        return float(unit.sum()) - float(unit[again].sum()) / 2 + _EPSILON

    def weights(self, lines: int) -> Floats:
        """`weight` of each of so many lines."""
        again = (self.before >= 0) & (self.line.take(self.before) == self.line)
        unit = np.where(again, self.unit / 2, self.unit)
        return np.bincount(self.line, unit, lines).astype(np.float64) + _EPSILON


def words_of(hits: Ints, vocabulary: Vocabulary, folded: str, ends: Ints) -> Words:
    """The words of all families on a page: where several overlap, the longest with its family.

    `hits` has the rows literal, start and end, shape (3, k); `folded` is the text of the page, and
    `ends` is where each line of it ends.
    """
    number, start, end = longest_words(hits)
    family = vocabulary.family.take(number)
    unit = vocabulary.unit.take(family)
    text = vocabulary.text.take(number)
    cut = np.flatnonzero(end - start < vocabulary.size.take(number))
    text[cut] = vocabulary.texts_of(
        map(folded.__getitem__, map(slice, *(column[cut].tolist() for column in (start, end))))
    )
    return Words(start, end, family, text, np.searchsorted(ends, start), unit)


def longest_words(hits: Ints) -> Ints:
    """Hits, which are in order of their end, without what lies within others, cut where they
    overlap the one before; of equal ranges the last is taken. Rows as in `hits`."""
    number, start, end = hits
    key = (start << _BITS) - end  # of those that begin alike the longest leads
    order = np.argsort(key, kind="stable")
    equal = np.flatnonzero(np.diff(key[order]) == 0)
    order = np.delete(order, equal) if len(equal) else order
    start, end = start[order], end[order]
    # What comes behind another by less than this can be neither a word nor the end of one.
    fresh = end - np.maximum(start, _reach(end) - (_FRESH - 1)) >= _FRESH
    order, start, end = order[fresh], start[fresh], end[fresh]
    reach = _reach(end)
    free = start >= reach
    begin = np.maximum(start, reach)
    # What is left of a hit is a word, or too short: then those behind it may begin earlier.
    chain = np.cumsum(free)
    short = np.zeros(len(chain) + 1, np.bool_)
    short[chain[end - begin < _FRESH]] = True
    unclear = np.flatnonzero(short.take(chain))
    begin[unclear] = _one_by_one(start[unclear].tolist(), end[unclear].tolist())
    left = begin >= 0
    return np.stack([number[order[left]], begin[left], end[left]])


def _reach(end: Ints) -> Ints:
    """How far the hits before each one reach."""
    return np.maximum.accumulate(np.append(0, end[:-1]))


def _one_by_one(starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Where sorted hits begin behind what the one before covers; -1 where too little is left."""
    begins: list[int] = []
    last = 0
    for start, end in zip(starts, ends, strict=True):
        begin = start if start > last else last
        if end - begin < _FRESH:
            begin = -1
        else:
            last = end
        begins.append(begin)
    return begins
