"""Trains the weights of character pairs: how much sharing one says about two passages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import zstandard

from cleaner.kernels.pairs import BITS, pair_hashes, pair_mask
from cleaner.kernels.text import classify, encode, fold
from cleaner.models.topics import SCALE, Weights


def train(texts: Iterable[str], most: int = 1200) -> Weights:
    """Inverse document frequency (Spärck Jones 1972) of hashed pairs, ln(n / df) in steps of
    1 / SCALE; `most` code points of each text are counted, so that long ones weigh no more."""
    counts = np.zeros(1 << BITS, np.int64)
    total = 0
    for text in texts:
        codes = encode(text[:most])
        pairs = pair_hashes(fold(codes))[pair_mask(classify(codes))]
        counts[np.unique(pairs)] += 1
        total += 1
    idf = np.log((total + 1) / (counts + 0.5))
    return np.clip(np.round(idf * SCALE), 0, 255).astype(np.uint8)


def save(weights: Weights, path: Path) -> None:
    """Write the weights; the same ones give the same bytes."""
    path.write_bytes(zstandard.ZstdCompressor(level=19).compress(weights.tobytes()))
