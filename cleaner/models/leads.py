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

_FILE = Path(__file__).with_name("leads.zst")
_PLACES = 4  # the first places are told apart, later ones are not


def features(head: Codes) -> npt.NDArray[np.uint32]:
    """Hashes of the characters and pairs of a folded beginning, with where they stand."""
    head = head[:HEAD]
    place = np.minimum(np.arange(len(head)), _PLACES).astype(np.uint32)
    one = head * np.uint32(0x9E3779B1) + place * np.uint32(0x7FEB352D)
    two = (head[:-1] * np.uint32(0x85EBCA6B) + head[1:]) * np.uint32(0xC2B2AE35)
    two += place[:-1] * np.uint32(0x846CA68B)
    both: npt.NDArray[np.uint32] = np.concatenate([one, two]) >> np.uint32(32 - BITS)
    return both


@cache
def load(path: Path = _FILE) -> Weights:
    """The weight of each hashed feature, times SCALE; shape (2**BITS,)."""
    return np.frombuffer(zstandard.ZstdDecompressor().decompress(path.read_bytes()), np.int8)


def score(head: Codes) -> float:
    """ln odds that a paragraph which begins so opens a report, against an inner paragraph."""
    return float(load().take(features(head)).sum(dtype=np.int64)) / SCALE
