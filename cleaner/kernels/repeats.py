"""Repeated passages: how much of a document stands in it more than once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, Stream

GRAM = 8
"""Letters of a passage that counts as repeated."""

_SHARE = 3  # in powers of two
_STEP = np.uint64(0x9E3779B97F4A7C15)


def repeated_share(stream: Stream) -> npt.NDArray[np.float64]:
    """The share of 8-grams of letters that stood in the same document before, shape (n,).

    One 8-gram in eight is looked at, chosen by the hash of its first two letters, so that all
    its copies are chosen or none: the share stays unbiased and the sort small. An 8-gram that
    begins with two digits is none of text.
    """
    pairs = stream.pairs
    chosen = np.flatnonzero(pairs < 1 << BITS - _SHARE)
    docs = stream.docs_at(chosen)
    inside = (chosen + GRAM <= stream.ends.take(docs)) & (stream.codes.take(chosen) != ord("0"))
    chosen, docs = chosen[inside], docs[inside]
    hashed = pairs.take(chosen).view(np.uint64)
    for step in range(2, GRAM, 2):
        mixed = hashed * _STEP
        mixed ^= hashed >> np.uint64(31)
        mixed ^= pairs.take(chosen + step).view(np.uint64)
        hashed = mixed
    hashed *= _STEP
    keys = hashed >> np.uint64(22) | docs.astype(np.uint64) << np.uint64(42)
    keys.sort()
    again = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(42)
    size = len(stream.starts)
    repeats = np.bincount(again.astype(np.int64), minlength=size)
    share: npt.NDArray[np.float64] = repeats / np.maximum(np.bincount(docs, minlength=size), 1)
    return share
