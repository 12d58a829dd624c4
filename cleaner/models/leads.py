"""How much the beginning of a paragraph sounds like the beginning of a report."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import zstandard

from cleaner.kernels.text import Codes

BITS, SCALE = 16, 16.0
HEAD = 14
"""Characters of a paragraph that are read."""

Weights = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

_FILE = Path(__file__).with_name("leads.zst")
_PLACES = 4  # the first places are told apart, later ones are not


def features(head: Codes) -> npt.NDArray[np.uint32]:
    """Hashes of the characters and pairs of a folded beginning, with where they stand."""
    one, two = _hashes(head[:HEAD])
    return np.concatenate([one, two])


def _hashes(heads: Codes) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Hashes of the characters, shape (…, k), and of the pairs, shape (…, k − 1), of beginnings
    of shape (…, k)."""
    place = np.minimum(np.arange(heads.shape[-1]), _PLACES).astype(np.uint32)
    one = heads * np.uint32(0x9E3779B1) + place * np.uint32(0x7FEB352D)
    two = (heads[..., :-1] * np.uint32(0x85EBCA6B) + heads[..., 1:]) * np.uint32(0xC2B2AE35)
    two += place[:-1] * np.uint32(0x846CA68B)
    shift = np.uint32(32 - BITS)
    return one >> shift, two >> shift


@cache
def load(path: Path = _FILE) -> Weights:
    """The weight of each hashed feature, times SCALE; shape (2**BITS,)."""
    return np.frombuffer(zstandard.ZstdDecompressor().decompress(path.read_bytes()), np.int8)


def scores(folded: Codes, starts: Ints, ends: Ints) -> Reals:
    """ln odds that each paragraph [start, end) of a folded text opens a report, against an inner
    paragraph; shape (n,)."""
    at = starts[:, None] + np.arange(HEAD)
    inside = at < ends[:, None]
    one, two = _hashes(folded.take(at, mode="clip"))
    weights = load()
    total = np.where(inside, weights.take(one), 0).sum(axis=1, dtype=np.int64)
    total += np.where(inside[:, 1:], weights.take(two), 0).sum(axis=1, dtype=np.int64)
    return np.asarray(total / SCALE)
