"""Sums of small integer vectors over stretches of text, and comparisons between them.

All sums and dot products are whole numbers below 2**53, kept in float64: they come out the same
in any order, so one document alone gets the same bits as in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import Ints

Floats = npt.NDArray[np.float64]
Lanes = npt.NDArray[np.uint64]

_PER_WORD = 4
_ZERO = 128
"""Components in [-127, 127] are stored with 128 added: lanes stay positive, and a stretch of
up to 257 characters cannot overflow its sixteen bits."""


def packed(vectors: npt.NDArray[np.int8]) -> Lanes:
    """Vectors of shape (v, d), d a multiple of 4, as d / 4 tables of shape (v,): four
    components in the lanes of one word, so that one addition does four."""
    lanes = (vectors.astype(np.int64) + _ZERO).astype(np.uint64)
    lanes = lanes.reshape(len(vectors), -1, _PER_WORD)
    shifts = np.arange(_PER_WORD, dtype=np.uint64) * np.uint64(16)
    words: Lanes = np.ascontiguousarray((lanes << shifts).sum(axis=2, dtype=np.uint64).T)
    return words


class Words(NamedTuple):
    """Packed sums of vectors over k stretches: `lanes` of shape (d / 4, k), and how many keys
    each stretch has."""

    lanes: Lanes
    sizes: Ints

    def taken(self, chosen: Ints) -> Floats:
        """The sums of some stretches, unpacked; shape (len(chosen), d)."""
        return _unpacked(self.lanes[:, chosen], self.sizes[chosen])

    def gathered(self, starts: Ints) -> Floats:
        """The sums over groups of stretches that begin at `starts`, at most 257 keys each."""
        if not len(starts):
            return self.taken(starts)
        lanes = np.add.reduceat(self.lanes, starts, axis=1)
        return _unpacked(lanes, np.add.reduceat(self.sizes, starts))


def sums(tables: Lanes, keys: npt.NDArray[Any], starts: Ints) -> Words:
    """The sums of the vectors of `keys` over stretches [starts[i], starts[i + 1]), at most 257
    keys each; an empty stretch gets zeros."""
    sizes = np.diff(np.append(starts, len(keys)))
    filled = np.flatnonzero(sizes)
    lanes = np.zeros((len(tables), len(starts)), np.uint64)
    keys = keys.astype(np.intp)  # once, or every table would
    if len(filled):
        for row, table in zip(lanes, tables, strict=True):
            row[filled] = np.add.reduceat(table.take(keys), starts[filled])
    return Words(lanes, sizes)


def _unpacked(lanes: Lanes, sizes: Ints) -> Floats:
    parts = np.ascontiguousarray(lanes.T).astype("<u8", copy=False).view("<u2").astype(np.float64)
    return parts - float(_ZERO) * sizes[:, None]


def lengths_of(vectors: Floats) -> Floats:
    """Euclidean lengths along the last axis, at least a hair above 0."""
    squares: Floats = np.einsum("...d,...d->...", vectors, vectors)
    return np.sqrt(squares) + 1e-6


def cosines(a: Floats, b: Floats) -> Floats:
    """Cosine of the angle between vectors along the last axis."""
    dots: Floats = np.einsum("...d,...d->...", a, b)
    return dots / (lengths_of(a) * lengths_of(b))


class Block(NamedTuple):
    """Documents of up to `width` rows, side by side: row j of document i is `rows[i, j]`.

    `docs` are their numbers, `rows` the numbers of their rows (−1 where there is none), shape
    (k, width).
    """

    docs: Ints
    rows: Ints
    width: int


def blocks(sizes: Ints) -> Iterator[Block]:
    """Documents of `sizes` rows, grouped by the next power of two of their number of rows, so
    that the shape in which a document is worked on depends on itself alone."""
    widths = 1 << np.ceil(np.log2(np.maximum(sizes, 1))).astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    for width in np.unique(widths[sizes > 0]).tolist():
        docs = np.flatnonzero((widths == width) & (sizes > 0))
        step = max(1, (1 << 19) // (width * width))
        for at in range(0, len(docs), step):
            chosen = docs[at : at + step]
            column = np.arange(width)
            rows = starts[chosen][:, None] + column
            yield Block(chosen, np.where(column < sizes[chosen][:, None], rows, -1), width)
