"""Character n-grams of documents as numbers of buckets, for linear models and for overlap.

What is counted is the *stream* of a document: its letters and digits in the folded view. Blanks,
newlines and punctuation are left out and every digit is a zero, so that neither width, script,
punctuation nor the number of paragraphs can be learned from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import Ints, segment_sum
from cleaner.kernels.text import Class, Codes, class_table, fold_table

Buckets = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BORDER = 10
"""The code point that closes each document of a stream."""

BITS = 18
"""n-grams are hashed into 2**BITS buckets; bucket 0 is for those that hold a border."""

_LETTERS = (Class.HAN, Class.RARE_HAN, Class.KANA, Class.HANGUL, Class.ASCII_LETTER, Class.LETTER)
_MIX = np.uint32(0x9E3779B1)
_TURN = np.uint32(0x85EBCA77)
_PIECE = 1 << 15
_SMALL = 1 << 16
"""So many weights of 16 bits, less one, add up to a number of 32 bits."""


class Stream(NamedTuple):
    """Letters and digits of n documents, side by side.

    `codes` has one `BORDER` after each document and `at` says where each code stands in the
    batch; `gaps` are the places of the batch that are left out. Document i begins at
    `starts[i]` and has its border at `ends[i]`. `pairs` and `triples` are the buckets
    of the 2-gram and 3-gram that begin at each code.
    """

    codes: Codes
    at: Ints
    gaps: Ints
    starts: Ints
    ends: Ints
    pairs: Buckets
    triples: Buckets

    def grams(self, order: int) -> Buckets:
        """The buckets of the n-grams of this order: 2 or 3."""
        return self.pairs if order == 2 else self.triples

    def docs_at(self, places: Ints) -> Ints:
        """The document of each of some places, which are sorted."""
        return np.repeat(np.arange(len(self.starts)), self.counts(places))

    def counts(self, places: Ints) -> Ints:
        """How many of some places, which are sorted, each document has, shape (n,)."""
        return np.diff(np.searchsorted(places, self.starts), append=len(places))

    @property
    def sizes(self) -> Ints:
        """Letters and digits of each document, shape (n,)."""
        return self.ends - self.starts


@cache
def _plain() -> Codes:
    """What a stream keeps of each folded code point: itself, a zero for every digit, 0 for what
    it leaves out."""
    table = fold_table().copy()
    table[class_table() == int(Class.DIGIT)] = ord("0")
    table[~np.isin(class_table(), [*map(int, _LETTERS), int(Class.DIGIT)])] = 0
    return table


def stream_of(folded: Codes, ends: Ints) -> Stream:
    """The stream of documents that stand in the folded view and end (at a newline) at `ends`."""
    plain = _plain().take(folded)
    plain[ends] = BORDER
    keep = plain != 0
    at = np.flatnonzero(keep)
    codes = plain.take(at)
    borders = np.searchsorted(at, ends)
    starts = np.append(np.zeros(1, np.int64), borders[:-1] + 1)[: len(ends)]
    pairs, triples = _buckets(codes)
    for grams, order in ((pairs, 2), (triples, 3)):
        for back in range(order):
            grams[np.maximum(borders - back, 0)] = 0
    return Stream(codes, at, np.flatnonzero(~keep), starts, borders, pairs, triples)


def _buckets(codes: Codes) -> tuple[Buckets, Buckets]:
    """The buckets of all 2-grams and 3-grams, piece by piece so that a piece stays in the
    cache; what is said of the last places means nothing."""
    pairs, triples = np.empty((2, len(codes)), np.int64)
    for start in range(0, len(codes), _PIECE):
        mixed = codes[start : start + _PIECE + 2] * _MIX
        mixed ^= mixed >> np.uint32(13)
        hashed = mixed * _TURN
        hashed[:-1] += mixed[1:]
        _finish(hashed, pairs[start : start + _PIECE])
        hashed *= _TURN
        hashed[:-2] += mixed[2:]
        _finish(hashed, triples[start : start + _PIECE])
    return pairs, triples


def buckets_of(pairs: Sequence[str]) -> Buckets:
    """The buckets of some pairs of letters, as the folded view has them."""
    codes = np.array([[*map(ord, pair), BORDER] for pair in pairs], np.uint32)
    return _buckets(codes.ravel())[0][::3]


def _finish(hashed: Codes, out: Buckets) -> None:
    """Well mixed hashes as numbers of buckets, in `out`; never bucket 0. They are indices of the
    kind that NumPy need not convert before it looks something up."""
    mixed = hashed[: len(out)] >> np.uint32(16)
    mixed ^= hashed[: len(out)]
    mixed *= _MIX
    mixed >>= np.uint32(32 - BITS)
    mixed[mixed == 0] = 1
    out[:] = mixed


def gram_sums(stream: Stream, weights: npt.NDArray[np.int16], order: int) -> tuple[Ints, Ints]:
    """The sum of the weights of all n-grams of each document, and their number, shape (n,).

    Integers, so that the sum depends neither on order nor on what else is in the batch.
    `weights` has shape (2**BITS,), and 0 for bucket 0.
    """
    values = weights.take(stream.grams(order))
    small = int(stream.sizes.max(initial=0)) < _SMALL
    sums = segment_sum(values, stream.starts, np.int32 if small else np.int64)
    return sums.astype(np.int64), np.maximum(stream.sizes - (order - 1), 0)
