"""Trains the model of how reports begin: logistic regression on hashed pairs of characters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import zstandard

from cleaner.kernels.text import encode, fold
from cleaner.models.leads import BITS, SCALE, Weights, features


def train(
    leads: Sequence[str], others: Sequence[str], epochs: int = 4, rate: float = 0.05
) -> Weights:
    """Weights that tell beginnings of reports from those of inner paragraphs, both classes
    weighing the same; AdaGrad (Duchi, Hazan & Singer 2011) in a fixed order of examples."""
    weights = np.zeros(1 << BITS)
    squares = np.full(1 << BITS, 1e-3)
    rows = [(features(fold(encode(text[:40]))), 1.0) for text in leads]
    rows += [(features(fold(encode(text[:40]))), 0.0) for text in others]
    worth = {1.0: 0.5 * len(rows) / len(leads), 0.0: 0.5 * len(rows) / len(others)}
    for epoch in range(epochs):
        for at in np.random.default_rng(epoch).permutation(len(rows)).tolist():
            row, right = rows[at]
            chance = 1 / (1 + np.exp(-weights[row].sum()))
            step = worth[right] * (right - chance)
            squares[row] += step * step
            weights[row] += rate * step / np.sqrt(squares[row]) - 1e-4 * weights[row]
    return np.clip(np.round(weights * SCALE), -127, 127).astype(np.int8)


def save(weights: Weights, path: Path) -> None:
    """Write the weights; the same ones give the same bytes."""
    path.write_bytes(zstandard.ZstdCompressor(level=19).compress(weights.tobytes()))
