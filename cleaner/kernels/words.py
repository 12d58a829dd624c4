"""The words of a text as arrays, and the n-grams that repeat among them.

A stretch of words is compared by a hash of its characters: with P[r] = Σ (c_k + 1) · BASE**k over
the characters before r, modulo 2**64, the characters [l, r) have (P[r] - P[l]) · BASE**-l,
wherever they stand (Karp and Rabin, 1987, with the inverse of an odd base).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import Codes, encode

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_STEP = np.uint64(0xD1B54A32D192ED03)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


class Words(NamedTuple):
    """Words without blanks, none empty; `ends` and `sizes` in code points, shape (words,)."""

    codes: Codes  # of all words, one after the other
    ends: Ints
    sizes: Ints
    prefix: Hashes  # P above, shape (len(codes) + 1,)

    @classmethod
    def of(cls, words: Sequence[str]) -> Words:
        """The arrays of words."""
        codes = encode("".join(words))
        sizes = np.fromiter(map(len, words), np.int64, len(words))
        terms = (codes.astype(np.uint64) + np.uint64(1)) * _powers(_BASE, len(codes))
        prefix = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])
        return cls(codes, np.cumsum(sizes), sizes, prefix)

    def with_any(self, table: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which words have a character under `table`, shape (words,)."""
        if not len(self.sizes):
            return np.zeros(0, np.bool_)
        return np.logical_or.reduceat(table.take(self.codes), self.ends - self.sizes)

    def spans(self, n: int) -> tuple[Ints, Ints]:
        """Where the characters of every n neighbouring words begin and end, shape (grams,)."""
        first = self.ends - self.sizes
        return first[: max(0, len(first) - n + 1)], self.ends[n - 1 :]

    def hashes(self, n: int) -> Hashes:
        """The hash of the characters of every n neighbouring words, shape (grams,)."""
        starts, ends = self.spans(n)
        shifts = _powers(_INVERSE, len(self.codes) + 1)
        return (self.prefix[ends] - self.prefix[starts]) * shifts[starts]


def top(words: Words, n: int) -> int:
    """Characters that the most frequent n-gram covers, with a blank between its words: its
    length times its count; of equally frequent ones the first counts."""
    starts, ends = words.spans(n)
    if not len(starts):
        return 0
    single = words.hashes(1)
    single = (single ^ (single >> np.uint64(32))) * _MIX
    grams = np.zeros(len(starts), np.uint64)
    for at in range(n):  # by word, since "ab c" is not "a bc" here
        grams = grams * _STEP + single[at : at + len(grams)]
    _, first, counts = np.unique(grams, return_index=True, return_counts=True)
    most = int(counts.max())
    at = int(first[counts == most].min())
    return int(ends[at] - starts[at] + n - 1) * most


def repeated(words: Words, n: int) -> int:
    """Characters of n-grams that stood before, read from left to right: behind one that is
    counted the reading goes on, and what it covers is not remembered."""
    grams = words.hashes(n)
    _, inverse, counts = np.unique(grams, return_inverse=True, return_counts=True)
    again = np.flatnonzero(counts[inverse] > 1) if len(grams) else np.zeros(0, np.int64)
    starts, ends = words.spans(n)
    sizes = (ends - starts)[again].tolist()
    seen: set[int] = set()
    total = free = 0
    for at, gram, size in zip(again.tolist(), inverse[again].tolist(), sizes, strict=True):
        if at < free:
            continue
        if gram in seen:
            total += size
            free = at + n
        seen.add(gram)
    return total


def _powers(base: int, count: int) -> Hashes:
    """base**0, base**1, … modulo 2**64, shape (count,)."""
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)
