"""Words that stand by themselves between separators, found in a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import Ints
from cleaner.kernels.text import Codes, encode

Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]

_STEP = 0x9E3779B97F4A7C15
_BITS = 16
"""Bits of the hash of what is seen of a word at a glance."""


class Vocabulary:
    """A set of words that is asked for ranges of a text.

    Words are compared by a 64-bit polynomial of their code points, so a range that is no word
    may be taken for one, with a chance of words / 2**64.
    """

    def __init__(self, words: Iterable[str]) -> None:
        codes = [encode(word) for word in words if word]
        sizes: Ints = np.array([len(points) for points in codes], np.int64)
        self.longest = int(sizes.max(initial=0))
        self._powers: Keys = np.array(
            [pow(_STEP, power, 1 << 64) for power in range(1, self.longest + 1)], np.uint64
        )
        text = np.concatenate([np.zeros(0, np.uint32), *codes])
        starts = np.cumsum(sizes) - sizes
        self._shapes = np.zeros(1 << _BITS, np.bool_)
        self._shapes[_shapes(text, starts, sizes)] = True
        self._keys: Keys = np.unique(self._keys_of(text, starts, sizes))

    def holds(self, codes: Codes, starts: Ints, sizes: Ints) -> Mask:
        """Which of the ranges [start, start + size) of a text are words, shape (k,)."""
        found = np.zeros(len(starts), np.bool_)
        at = np.flatnonzero((sizes > 0) & (sizes <= self.longest))
        at = at[self._shapes.take(_shapes(codes, starts[at], sizes[at]))]
        if len(at):
            keys = self._keys_of(codes, starts[at], sizes[at])
            place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            found[at] = self._keys[place] == keys
        return found

    def _keys_of(self, codes: Codes, starts: Ints, sizes: Ints) -> Keys:
        keys: Keys = np.zeros(len(starts), np.uint64)
        for power, step in enumerate(self._powers):
            inside = np.flatnonzero(sizes > power)
            keys[inside] += codes.take(starts[inside] + power) * step
        return keys


def _shapes(codes: Codes, starts: Ints, sizes: Ints) -> npt.NDArray[np.uint32]:
    """A hash of the first and the last code point of each range, and of its size."""
    mixed = codes.take(starts) * np.uint32(0x9E3779B1)
    mixed += codes.take(starts + sizes - 1) * np.uint32(0x85EBCA6B)
    mixed += sizes.astype(np.uint32) * np.uint32(0xC2B2AE35)
    return np.asarray(mixed >> np.uint32(32 - _BITS))
