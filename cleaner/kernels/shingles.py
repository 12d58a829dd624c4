"""Character n-grams as 64-bit hashes.

The hash, for anyone who wants to reproduce it (all arithmetic modulo 2**64, code points c_j):

    H(c_0 … c_{n-1}) = Σ c_j · BASE**(n-1-j)
    h = (H ^ H >> 32) · MIX_1;  h = (h ^ h >> 29) · MIX_2

A text that is shorter than n, but not empty, has one shingle: itself, with zeros behind. Only
integers are used, so that the values are the same on every machine and NumPy version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
"""Code points, in two bytes each where all of them fit."""

_BASE = 0x9E3779B97F4A7C15  # 2**64 / golden ratio
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)  # the multipliers of splitmix64
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S32, _S29 = np.uint64(32), np.uint64(29)

BLOCK = 32_768
"""Windows that are hashed at a time: their scratch arrays stay in the cache."""


def count(lengths: Ints, n: int) -> Ints:
    """How many shingles (not all distinct) texts of these lengths have, shape like `lengths`."""
    return np.where(lengths >= n, lengths - n + 1, np.minimum(lengths, 1))


def blocks(codes: Text, n: int) -> Iterator[tuple[int, Hashes]]:
    """(first window, hashes) for every run of windows of `codes`, in order.

    The arrays are scratch memory: each is overwritten by the next.
    """
    total = len(codes) - n + 1
    scratch = [np.empty(min(BLOCK + n, len(codes)), np.uint64) for _ in range(3)]
    for first in range(0, total, BLOCK):
        size = min(BLOCK, total - first)
        yield first, _windows(codes[first : first + size + n - 1], n, scratch)


def hashes(codes: Text, n: int) -> Hashes:
    """The hash of every shingle of one text in order, shape (count,)."""
    if 0 < len(codes) < n:
        codes = np.concatenate([codes.astype(np.uint32), np.zeros(n - len(codes), np.uint32)])
    if 0 < len(codes) - n + 1 <= BLOCK:
        return next(blocks(codes, n))[1]  # nothing comes after it to overwrite it
    parts = [part.copy() for _, part in blocks(codes, n)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint64)


def distinct(codes: Text, n: int) -> Hashes:
    """The distinct shingles of one text, sorted."""
    return _distinct(hashes(codes, n))


def distinct_each(texts: Sequence[Text], n: int) -> list[Hashes]:
    """`distinct` of many texts, with the cost of a call shared among them."""
    flat = np.concatenate([np.zeros(0, np.uint32), *texts])
    found = np.empty(max(len(flat), 1), np.uint64)
    for first, part in blocks(flat, n):
        found[first : first + len(part)] = part
    result = []
    at = 0
    for text in texts:
        whole = len(text) >= n
        result.append(_distinct(found[at : at + len(text) - n + 1]) if whole else distinct(text, n))
        at += len(text)
    return result


def shared(a: Hashes, b: Hashes) -> int:
    """How many hashes two sorted arrays of distinct ones have in common."""
    both = np.concatenate([a, b])
    both.sort(kind="stable")  # merges two sorted runs, where the default sorts anew
    return int(np.count_nonzero(both[1:] == both[:-1]))


def _distinct(found: Hashes) -> Hashes:
    """Sorted, each once; sorts `found` itself."""
    found.sort()
    first = np.ones(len(found), np.bool_)
    np.not_equal(found[1:], found[:-1], out=first[1:])
    return found if first.all() else found[first]


def _windows(codes: Text, n: int, scratch: list[Hashes]) -> Hashes:
    """The hashes of all windows of `codes`; H grows by doubling, as H_{a+b} = H_a·BASE^b + H_b."""
    single, here, spare = scratch
    np.copyto(single[: len(codes)], codes)
    done, now = 1, single
    for bit in bin(n)[3:]:
        now = _joined(now, now, done, done, len(codes) - 2 * done + 1, here, spare)
        done *= 2
        if bit == "1":
            now = _joined(now, single, done, 1, len(codes) - done, here, spare)
            done += 1
    size = len(codes) - n + 1
    return _mixed(now[:size], here[:size] if now is not here else spare[:size])


def _joined(
    left: Hashes, right: Hashes, at: int, width: int, size: int, here: Hashes, spare: Hashes
) -> Hashes:
    """left · BASE**width + right[at:], written to whichever of the buffers is not `left`."""
    out = spare if left is here else here
    np.multiply(left[:size], np.uint64(pow(_BASE, width, 1 << 64)), out=out[:size])
    np.add(out[:size], right[at : at + size], out=out[:size])
    return out


def _mixed(values: Hashes, spare: Hashes) -> Hashes:
    if len(values) == 0:
        return values
    values = _stepped(values, spare, _S32, _MIX_1)
    return _stepped(values, spare, _S29, _MIX_2)


def _stepped(values: Hashes, spare: Hashes, shift: np.uint64, factor: np.uint64) -> Hashes:
    """(values ^ values >> shift) · factor, in place."""
    np.right_shift(values, shift, out=spare)
    np.bitwise_xor(values, spare, out=values)
    return np.multiply(values, factor, out=values)
