"""Which pairs of characters a document says again, where, and in which words."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, BORDER, Buckets, Mask, Stream
from cleaner.kernels.segments import Ints

Columns = list[npt.NDArray[np.intp]]

CONTEXTS = 7
"""How many features describe the words around a mention."""


class Mentions(NamedTuple):
    """Pairs of characters in the order of the text; arrays of one length.

    `at` is the place of each in the stream, `first` and `last` the places where the same pair
    stands for the first and the last time in the same document.
    """

    at: Ints
    first: Ints
    last: Ints


def mentions_of(stream: Stream, wanted: Mask) -> Mentions:
    """All pairs of a stream whose bucket is `wanted`, a mask of shape (2**BITS,).

    One table for all buckets is written document by document, backwards for the first place
    and forwards for the last: no sort, and no document sees another.
    """
    at = np.flatnonzero(wanted.take(stream.pairs))
    pairs = stream.pairs.take(at).astype(np.intp)
    first, last = np.empty_like(at), np.empty_like(at)
    table = np.empty(1 << BITS, np.int64)
    borders = np.searchsorted(at, np.append(stream.starts, len(stream.codes))).tolist()
    for start, end in pairwise(borders):
        own, places = pairs[start:end], at[start:end]
        table[own[::-1]] = places[::-1]
        first[start:end] = table[own]
        table[own] = places
        last[start:end] = table[own]
    return Mentions(at, first, last)


def numbering(starts: Ints, size: int) -> Ints:
    """The number of the range that each place of a stream lies in; shape (size,), −1 before
    the first."""
    marks = np.zeros(size, np.int64)
    marks[starts] = 1
    return np.cumsum(marks) - 1


def contexts(stream: Stream, at: Ints, offset: Ints) -> Columns:
    """Features of the words around mentions: CONTEXTS arrays of shape (k,), buckets in a table
    each.

    How far the sentence has come, the one, two and three characters before, and those after.
    """
    pad = 3
    none = np.zeros(pad, np.int32)
    pairs = np.concatenate([none, stream.pairs, none])
    triples = np.concatenate([none, stream.triples, none])
    single = (stream.codes & np.uint32(0xFFFF)).view(np.int32)
    border = np.full(pad, BORDER, np.int32)
    single = np.concatenate([border, single, border])
    here = at + pad
    return [
        np.minimum(offset, 12),
        single.take(here - 1).astype(np.intp),
        pairs.take(here - 2).astype(np.intp),
        triples.take(here - 3).astype(np.intp),
        single.take(here + 2).astype(np.intp),
        pairs.take(here + 2).astype(np.intp),
        triples.take(here + 2).astype(np.intp),
    ]


def edges(stream: Stream, starts: Ints, ends: Ints, window: int) -> tuple[Columns, Columns]:
    """Features of how ranges of the stream begin and end: 2 + 2 · window columns each.

    The pair and the triple right at the edge, then those of the next `window` places inwards.
    What lies beyond the document is bucket 0.
    """
    docs = np.searchsorted(stream.starts, starts, side="right") - 1
    borders, floor = stream.ends[docs], stream.starts[docs] - 1
    begin: list[Columns] = [[], []]
    close: list[Columns] = [[], []]
    for step in range(window):
        into = np.minimum(starts + step, borders)
        back = np.maximum(ends - 2 - step, floor)
        for order, grams in enumerate((stream.pairs, stream.triples)):
            begin[order].append(grams.take(into).astype(np.intp))
            close[order].append(_before(grams, back - order).astype(np.intp))
    return (
        [begin[0][0], begin[1][0], *begin[0], *begin[1]],
        [close[0][0], close[1][0], *close[0], *close[1]],
    )


def _before(grams: Buckets, places: Ints) -> Buckets:
    """Grams at places that may lie on the border before a document, or before the stream."""
    return np.where(places >= 0, grams.take(np.maximum(places, 0)), 0)


def edge_tables(window: int) -> list[int]:
    """Which table each column of `edges` looks into: anchored pair, anchored triple, pairs,
    triples."""
    return [0, 1] + [2] * window + [3] * window
