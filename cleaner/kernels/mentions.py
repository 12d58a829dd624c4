"""Which pairs of characters a document says again, and how stretches of text begin and end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, Stream
from cleaner.kernels.segments import Ints
from cleaner.kernels.text import Codes

Numbers = npt.NDArray[np.int32]
Keys = npt.NDArray[Any]
"""Numbers of words, whole."""

Table = npt.NDArray[Any]

CONTEXTS = 5
"""How many features describe the words around a mention."""


class Mentions(NamedTuple):
    """Pairs of characters that a document says more than once: run by run, each run one pair of
    one document in the order of the text.

    `at` holds the places in the stream, `run` the number of the run of each, both of one
    length; `opens` says which entries open a run, and `sizes` how many each has, by run.
    """

    at: Ints
    run: Ints
    opens: Ints
    sizes: Ints


def mentions_of(stream: Stream, places: Ints) -> Mentions:
    """The pairs that begin at these places of a stream (sorted) and stand there twice or more
    in one document.

    A key holds a pair and its place in the document, so that one sort of the numbers of each
    document does all; of documents that are short enough they fit in half a word.
    """
    low = int(stream.sizes.max(initial=1)).bit_length()
    kind: Any = np.uint32 if low + BITS <= 32 else np.uint64
    counts = stream.counts(places)
    ends = np.cumsum(counts)
    start = np.repeat(stream.starts.astype(kind), counts)
    keys = stream.pairs.take(places).astype(kind)
    keys <<= kind(low)
    keys |= places.astype(kind) - start
    for begin, end in pairwise([0, *ends.tolist()]):
        keys[begin:end].sort()
    pairs = keys >> kind(low)
    same = np.zeros(len(keys) + 1, np.bool_)
    np.equal(pairs[1:], pairs[:-1], out=same[1:-1])
    same[ends] = False
    again = np.flatnonzero(same[:-1] | same[1:])
    at = start.take(again) + (keys.take(again) & kind((1 << low) - 1))
    first = ~same.take(again)
    opens = np.flatnonzero(first)
    sizes = np.diff(opens, append=len(at))
    return Mentions(at.astype(np.int64), np.cumsum(first) - 1, opens, sizes)


def numbering(starts: Ints, size: int) -> Numbers:
    """The number of the range that each place of a stream lies in; shape (size,), −1 before
    the first."""
    lengths = np.diff(np.concatenate([[0], starts, [size]]))
    return np.repeat(np.arange(-1, len(starts), dtype=np.int32), lengths)


def beginnings(keys: Keys, stream: Stream, starts: Ints, window: int) -> Table:
    """The keys of the first `window` places of ranges of a stream, shape (window, k); those of
    the border behind the last of a document."""
    borders = stream.ends.take(stream.docs_at(starts))
    found: Table = keys.take(np.minimum(starts + np.arange(window)[:, None], borders))
    return found


def contexts(keys: Keys, codes: Codes, at: Ints, offset: Ints) -> list[Keys]:
    """Features of the words around mentions: CONTEXTS arrays of shape (k,), numbers below 2**16.

    How far the sentence has come, the character and the key before, and those after. What
    stands before the first document is read at the end, where the last border is.
    """
    before, after = (codes.take(at + step) & np.uint32(0xFFFF) for step in (-1, 2))
    return [
        np.minimum(offset, 12).astype(np.int32),
        before.view(np.int32),
        keys.take(at - 2),
        after.view(np.int32),
        keys.take(at + 2),
    ]
