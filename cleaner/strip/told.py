"""How much of a line a text tells, too: pairs of characters that stand in both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from cleaner.kernels.pairs import BITS, Pairs, pair_hashes
from cleaner.kernels.text import encode

_BITS, _MORE_BITS, _LONG = 16, 18, 3000
"""Bits of a hash of a pair, and those for texts of so many characters: a table of them is quickly
made for each page, and no more than a few in a hundred are of another pair."""


class Told:
    """The pairs of characters of a text. Their hashes tell at once which of those of many lines may
    stand in it, so that few are looked for one by one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._bits = _BITS if len(text) < _LONG else _MORE_BITS
        self._held = np.zeros(1 << self._bits, np.int8)
        self._held[self._hashes(text)[:-1]] = 1

    def likely(self, lines: Sequence[str]) -> list[list[int]]:
        """The pairs of each of some lines that may stand in the text, all that do among them; none
        of the lines is empty. To find that one does not takes most."""
        if not lines:
            return []
        starts = [0, *accumulate(map(len, lines))]
        held = self._held.take(self._hashes("".join(lines)))
        held[np.array(starts[1:]) - 1] = 0  # a pair of two lines
        places = held.nonzero()[0]
        edges = places.searchsorted(starts).tolist()
        at = places.tolist()
        return [
            [place - start for place in at[first:last]]
            for (start, first), (_, last) in pairwise(zip(starts, edges, strict=True))
        ]

    def count(self, line: str, likely: Sequence[int]) -> int:
        """How many pairs of a line stand in the text, of those that may."""
        text = self._text
        return sum([line[at : at + 2] in text for at in likely])

    def strange(self, lines: Sequence[str], share: float) -> list[bool]:
        """Of each of some lines, whether less than this share of its pairs stands in the text."""
        return [
            not self._holds(line, likely, share * max(1, len(line) - 1))
            for line, likely in zip(lines, self.likely(lines), strict=True)
        ]

    def _holds(self, line: str, likely: Sequence[int], least: float) -> bool:
        """Whether at least so many pairs of a line stand in the text."""
        left = len(likely) - least  # so many may be missing
        for at in likely:
            if left < 0:
                return False
            left -= line[at : at + 2] not in self._text
        return left >= 0

    def _hashes(self, text: str) -> Pairs:
        """The hash of each character with the next one."""
        return pair_hashes(encode(text)) >> np.uint32(BITS - self._bits)
