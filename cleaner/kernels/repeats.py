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
    sampled = stream.pairs < 1 << BITS - _SHARE
    sampled &= stream.codes != ord("0")
    tails = stream.ends[:, None] - np.arange(GRAM)
    sampled[np.maximum(tails, stream.starts[:, None])] = False
    chosen = np.flatnonzero(sampled)
    counts = stream.counts(chosen)
    # Two 3-grams and a pair, each in bits of its own.
    hashed = stream.triples.take(chosen)
    hashed |= stream.triples.take(chosen + 3) << BITS
    hashed |= stream.pairs.take(chosen + 6) << 2 * BITS
    keys = hashed.view(np.uint64) * _STEP >> np.uint64(22)
    keys |= np.repeat(np.arange(len(counts), dtype=np.uint64) << np.uint64(42), counts)
    keys.sort()
    again = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(42)
    size = len(stream.starts)
    repeats = np.bincount(again.astype(np.int64), minlength=size)
    share: npt.NDArray[np.float64] = repeats / np.maximum(counts, 1)
    return share
