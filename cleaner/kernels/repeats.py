"""Repeated passages: how much of a document stands in it more than once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import Ints
from cleaner.kernels.text import Codes

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0x100000001B3)


def gram_hashes(codes: Codes, n: int) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of every n-gram of `codes`, shape (max(0, len(codes) - n + 1),).

    A polynomial in the code points (Rabin & Karp 1987), finished by a multiplication and a
    shift so that low and high bits are mixed.
    """
    size = len(codes) - n + 1
    if size <= 0:
        return np.zeros(0, np.uint64)
    hashed = codes[:size].astype(np.uint64)
    for at in range(1, n):
        hashed *= _STEP
        hashed += codes[at : at + size]
    hashed *= _MULTIPLIER
    hashed ^= hashed >> np.uint64(29)
    return hashed


def repeated_share(
    codes: Codes, docs: Ints, n: int, count: int, keep: int = 4
) -> npt.NDArray[np.float64]:
    """The share of n-grams that stood in the same document before, for `count` documents.

    `codes` are the characters that count, `docs` the document of each, sorted. One n-gram in
    `keep` is looked at, chosen by its own hash, so that all its copies are chosen or none:
    the share stays unbiased and the sort small.
    """
    hashed = gram_hashes(codes, n)
    inside = docs[: len(hashed)] == docs[n - 1 :] if len(hashed) else np.zeros(0, np.bool_)
    chosen = inside & (hashed & np.uint64(keep - 1) == 0)
    owners = docs[: len(hashed)][chosen]
    keys = np.sort((hashed[chosen] >> np.uint64(24)) | (owners.astype(np.uint64) << np.uint64(40)))
    again = keys[1:] == keys[:-1]
    repeats = np.bincount((keys[1:][again] >> np.uint64(40)).astype(np.int64), minlength=count)
    total = np.bincount(owners, minlength=count)
    return repeats / np.maximum(total, 1)
