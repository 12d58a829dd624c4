"""The lines of `news_coherence`: what each part multiplies by, and from the product to a
probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from cleaner.train.small import isotonic

Floats = npt.NDArray[np.float64]

KNOTS = (0.0, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.993, 1.0)
"""Where the line of a part may bend."""

_STEPS = 3000
_DECAY = 3e-5


def lines(
    parts: Mapping[str, Floats], known: Floats, good: npt.NDArray[np.bool_], counts: Floats
) -> dict[str, Floats]:
    """For each part a line through KNOTS, shape (2, len(KNOTS)): rising, 1 at its end.

    Logistic regression that is additive in the logarithms of the factors, each a broken line
    that only rises (projected gradient steps after Adam, Kingma & Ba 2015); `known` is the
    product of all other factors, shape (n,), which stay as they are. `counts` is how much each
    document counts among the good, or among the others, which count as much in all.
    """
    knots = np.array(KNOTS)
    table = np.column_stack([_climbs(values, knots) for values in parts.values()])
    weights, fixed = np.full(table.shape[1], 0.3), np.log(np.maximum(known, 1e-6))
    bias, scale = 0.0, counts * np.where(good, 0.5 / counts[good].sum(), 0.5 / counts[~good].sum())
    first, second = np.zeros(len(weights) + 1), np.zeros(len(weights) + 1)
    for step in range(1, _STEPS + 1):
        chance = 1 / (1 + np.exp(-np.clip(bias + fixed + table @ weights, -30, 30)))
        error = (chance - good) * scale
        slope = np.append(error @ table + _DECAY * weights, error.sum())
        first += 0.1 * (slope - first)
        second += 0.01 * (slope**2 - second)
        move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
        rate = 0.02 * min(1.0, 2 * (1 - step / (_STEPS + 1)))
        weights = np.maximum(weights - rate * move[:-1], 0.0)
        bias -= rate * float(move[-1])
    found = {}
    for name, own in zip(parts, weights.reshape(len(parts), -1), strict=True):
        climbed = np.append(0.0, np.cumsum(own))
        found[name] = np.stack([knots, np.exp(climbed - climbed[-1])])
    return found


def _climbs(values: Floats, knots: Floats) -> Floats:
    """How far each value has come between each knot and the next, 0 to 1; shape (n, knots − 1)."""
    return np.clip((values[:, None] - knots[:-1]) / np.diff(knots), 0, 1)


def calibration(products: Floats, good: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Points of the line, shape (2, k): products in [0, 1] and the chance of being good at
    each, on documents with these weights."""
    points = isotonic(products, good, weights, bins=20)
    points[1] = np.clip(points[1], 0.002, 0.998)
    ends = [[0.0], [0.0]], [[1.0], [max(0.99, float(points[1, -1]))]]
    found = np.round(np.concatenate([ends[0], points, ends[1]], axis=1), 6)
    return found[:, np.append(True, np.diff(found[0]) > 0)]


def as_toml(tables: Mapping[str, Sequence[Floats] | Floats]) -> str:
    """Tables of `news_coherence.toml` by name."""
    text = []
    for name, points in tables.items():
        rows = [", ".join(f"{value:.6g}" for value in row) for row in points]
        text.append(f"[{name}]\nat = [{rows[0]}]\nvalue = [{rows[1]}]\n")
    return "\n".join(text)
