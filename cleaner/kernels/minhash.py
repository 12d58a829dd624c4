"""MinHash signatures by one-permutation hashing, and the keys of their bands.

Each shingle hash h (see `shingles`) falls into one of `slots` bins by its top bits; its value is
the 32 bits below them; a bin keeps the smallest value (one-permutation hashing: Li, Owen and
Zhang, 2012). A bin that stayed empty

1. takes, in a text of fewer than `SHORT · slots` shingles, what the same bin has in a second and
   then a third round, in which h is replaced by ((h ^ ROUND[r]) ^ >> 32) · MIX_3: on short texts
   this halves the error that copies bring;
2. else copies another bin, chosen by hashing bin and attempt until one is found that is not
   empty (optimal densification: Shrivastava, 2017); after ATTEMPTS it takes the next one that is
   not empty, cyclically.

Two texts agree in a bin with the probability of their Jaccard similarity. A text without shingles
has EMPTY everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from cleaner.kernels import shingles
from cleaner.kernels.shingles import Hashes, Ints
from cleaner.kernels.text import Codes

Signatures = npt.NDArray[np.uint32]

EMPTY = np.uint32(0xFFFFFFFF)
SHORT = 4
ATTEMPTS = 64
_ROUNDS = (0, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7)
_MIX_3 = np.uint64(0xFF51AFD7ED558CCD)  # of MurmurHash3's finaliser
_WORD = (1 << 64) - 1


def signatures(codes: Codes, lengths: Ints, *, n: int = 5, slots: int = 128) -> Signatures:
    """Signatures of texts that stand one after the other in `codes`, shape (texts, slots).

    `lengths` in code points, shape (texts,); `slots` is a power of two of at least 2.
    """
    if slots < 2 or slots & (slots - 1):
        raise ValueError(f"slots must be a power of two, not {slots}")
    (result,) = _rounds(codes, lengths, n, slots, _ROUNDS[:1])
    counts = shingles.count(lengths, n)
    short = (counts > 0) & (counts < SHORT * slots) & (result == EMPTY).any(axis=1)
    if short.any():
        made = result[short]
        for more in _rounds(_chosen(codes, lengths, short), lengths[short], n, slots, _ROUNDS[1:]):
            made = np.where(made == EMPTY, more, made)
        result[short] = made
    return densified(result)


def densified(signature: Signatures) -> Signatures:
    """Empty bins filled by copies of others; rows that are all empty stay so."""
    filled = signature != EMPTY
    rows, bins = np.nonzero(~filled & filled.any(axis=1, keepdims=True))
    if len(rows) == 0:
        return signature
    result = signature.copy()
    donors = _donors(signature.shape[1])
    for attempt in range(ATTEMPTS):
        donor = donors[attempt].take(bins)
        found = filled[rows, donor]
        result[rows[found], bins[found]] = signature[rows[found], donor[found]]
        rows, bins = rows[~found], bins[~found]
        if len(rows) == 0:
            return result
    return _cyclic(result, signature, rows, bins)


def band_keys(signature: Signatures, bands: int, rows: int) -> Hashes:
    """One key for each band of `rows` neighbouring slots, shape (texts, bands).

    key = mix(Σ value_j · BAND**(j+1) + band · BAND), so that bands never share a key but by
    chance. Slots beyond bands · rows are not used.
    """
    factor = 0x9FB21C651E98DF25
    values = signature[:, : bands * rows].reshape(len(signature), bands, rows)
    keys = np.zeros((len(signature), bands), np.uint64)
    keys += np.arange(bands, dtype=np.uint64) * np.uint64(factor)
    for row in range(rows):
        keys += values[:, :, row] * np.uint64(pow(factor, row + 1, 1 << 64))
    keys = (keys ^ (keys >> np.uint64(32))) * _MIX_3
    return keys ^ (keys >> np.uint64(29))


def _rounds(
    codes: Codes, lengths: Ints, n: int, slots: int, rounds: Sequence[int]
) -> list[Signatures]:
    """Some rounds of one-permutation hashing; bins that nothing fell into are EMPTY."""
    out = [np.full((len(lengths) + 1) * slots, EMPTY, np.uint32) for _ in rounds]
    base = _bases(lengths, n, slots)
    for first, found in shingles.blocks(codes, n):
        for number, bins in zip(rounds, out, strict=True):
            place, value = _fall(found, number, slots)
            place += base[first : first + len(found)]
            np.minimum.at(bins, place, value)
    results = [bins.reshape(-1, slots)[:-1] for bins in out]
    _tiny(results, codes, lengths, n, rounds)
    return results


def _chosen(codes: Codes, lengths: Ints, wanted: npt.NDArray[np.bool_]) -> Codes:
    """The texts under `wanted`, one after the other."""
    ends = np.cumsum(lengths)[wanted].tolist()
    sizes = lengths[wanted].tolist()
    return np.concatenate([codes[end - size : end] for end, size in zip(ends, sizes, strict=True)])


def _fall(found: Hashes, number: int, slots: int) -> tuple[Ints, Signatures]:
    """The bin and the value of every hash in the round of a number; writes on `found` in the
    first round, whose number is 0."""
    if number:
        found = found ^ np.uint64(number)
        found = (found ^ (found >> np.uint64(32))) * _MIX_3
    bits = slots.bit_length() - 1
    place = (found >> np.uint64(64 - bits)).view(np.int64)
    found <<= np.uint64(bits)
    return place, found.view("<u4")[1::2]  # the upper half of each


def _bases(lengths: Ints, n: int, slots: int) -> Ints:
    """For each window, where the bins of its text begin; windows that cross into the next text
    fall into the bins of a text that does not exist."""
    inside = np.maximum(lengths - n + 1, 0)
    starts = np.full((len(lengths), 2), len(lengths) * slots, np.int64)
    starts[:, 0] = np.arange(len(lengths)) * slots
    return np.repeat(starts.ravel(), np.stack([inside, lengths - inside], axis=1).ravel())


def _tiny(
    results: Sequence[Signatures], codes: Codes, lengths: Ints, n: int, rounds: Sequence[int]
) -> None:
    """Fill in the texts that are shorter than n: their one shingle is the whole text."""
    at = np.flatnonzero((lengths > 0) & (lengths < n))
    if len(at) == 0:
        return
    starts = (np.cumsum(lengths) - lengths)[at]
    columns = np.arange(n)
    inside = columns < lengths[at, None]
    grid = np.where(inside, codes.take(starts[:, None] + columns, mode="clip"), 0)
    # One text after the other, each exactly n long: every n-th window is one of ours.
    found = shingles.hashes(grid.astype(np.uint32).ravel(), n)[::n]
    for number, result in zip(rounds, results, strict=True):
        place, value = _fall(found.copy(), number, result.shape[1])
        result[at, place] = value


@cache
def _donors(slots: int) -> Ints:
    """Which bin an empty bin asks at each attempt, shape (ATTEMPTS, slots)."""
    bits = slots.bit_length() - 1
    table = np.empty((ATTEMPTS, slots), np.int64)
    for attempt in range(ATTEMPTS):
        for bin_ in range(slots):
            x = (bin_ * 0x9E3779B97F4A7C15 + (attempt + 1) * 0xC2B2AE3D27D4EB4F) & _WORD
            x = ((x ^ (x >> 32)) * 0xBF58476D1CE4E5B9) & _WORD
            x = ((x ^ (x >> 29)) * 0x94D049BB133111EB) & _WORD
            table[attempt, bin_] = x >> (64 - bits)
    return table


def _cyclic(result: Signatures, source: Signatures, rows: Ints, bins: Ints) -> Signatures:
    """What the attempts left empty takes the next bin that is not empty."""
    for row, bin_ in zip(rows.tolist(), bins.tolist(), strict=True):
        filled = np.flatnonzero(source[row] != EMPTY)
        nearest = int(np.searchsorted(filled, bin_)) % len(filled)
        result[row, bin_] = source[row, filled[nearest]]
    return result
