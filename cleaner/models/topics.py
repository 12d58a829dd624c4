"""Weights of character pairs: how much sharing one says about two passages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import zstandard

Weights = npt.NDArray[np.uint8]

SCALE = 20.0
"""Steps of the table in one unit of idf (nats)."""

_FILE = Path(__file__).with_name("topics.zst")


@cache
def load(path: Path = _FILE) -> Weights:
    """idf of each hashed pair of `cleaner.kernels.pairs`, times SCALE; shape (2**20,)."""
    return np.frombuffer(zstandard.ZstdDecompressor().decompress(path.read_bytes()), np.uint8)
