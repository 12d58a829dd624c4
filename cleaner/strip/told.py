"""How much of a line a text tells, too: pairs of characters that stand in both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.batch import Ints
from cleaner.kernels.pairs import BITS, Pairs, pair_hashes
from cleaner.kernels.text import encode

_BITS, _MORE_BITS, _LONG = 16, 18, 3000
"""Bits of a hash of a pair, and those for texts of so many characters: a table of them is quickly
made for each page, and no more than a few in a hundred are of another pair."""


class Told:
    """The pairs of characters of a text. Their hashes tell how many of those of many lines stand in
    it at the most, so that few lines are looked at one by one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._bits = _BITS if len(text) < _LONG else _MORE_BITS
        self._held = np.zeros(1 << self._bits, np.int8)
        self._held[self._hashes(text)[:-1]] = 1

    def at_most(self, lines: Sequence[str]) -> Ints:
        """How many pairs of each of some lines stand in the text at the most, shape (n,); none of
        the lines is empty."""
        found = self._held.take(self._hashes("".join(lines)))
        ends = np.cumsum(list(map(len, lines)))
        found[ends - 1] = 0  # a pair of two lines
        most: Ints = np.add.reduceat(found, np.append(0, ends[:-1]), dtype=np.int64)
        return most

    def count(self, line: str) -> int:
        """How many pairs of a line stand in the text."""
        text = self._text
        return sum([line[at : at + 2] in text for at in self._likely(line)])

    def strange(self, lines: Sequence[str], share: float) -> list[bool]:
        """Of each of some lines, whether less than this share of its pairs stands in the text."""
        if not lines:
            return []
        limits = [share * max(1, len(line) - 1) for line in lines]
        rows = zip(self.at_most(lines).tolist(), limits, lines, strict=True)
        return [most < limit or not self._holds(line, limit) for most, limit, line in rows]

    def _holds(self, line: str, least: float) -> bool:
        """Whether at least so many pairs of a line stand in the text."""
        text, left = self._text, least
        for at in self._likely(line):
            if line[at : at + 2] in text:
                left -= 1
                if left <= 0:
                    return True
        return False

    def _likely(self, line: str) -> list[int]:
        """The pairs of a line that may stand in the text; to find that one does not takes most."""
        held: list[int] = self._held.take(self._hashes(line)[:-1]).nonzero()[0].tolist()
        return held

    def _hashes(self, text: str) -> Pairs:
        """The hash of each character with the next one."""
        return pair_hashes(encode(text)) >> np.uint32(BITS - self._bits)
