"""The last line of `news_coherence`: from the product of its parts to a probability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.train.small import isotonic

Floats = npt.NDArray[np.float64]


def calibration(products: Floats, good: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Points of the line, shape (2, k): products in [0, 1] and the chance of being good at
    each, on documents with these weights."""
    points = isotonic(products, good, weights, bins=20)
    points[1] = np.clip(points[1], 0.002, 0.998)
    ends = [[0.0], [0.0]], [[1.0], [max(0.99, float(points[1, -1]))]]
    found = np.round(np.concatenate([ends[0], points, ends[1]], axis=1), 6)
    return found[:, np.append(True, np.diff(found[0]) > 0)]


def as_toml(points: Floats) -> str:
    """The points as the last table of `news_coherence.toml`."""
    rows = [", ".join(f"{value:.6g}" for value in row) for row in points]
    return f"[calibration]\nat = [{rows[0]}]\nvalue = [{rows[1]}]\n"
