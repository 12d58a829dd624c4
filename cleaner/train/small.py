"""Small dense models: logistic and softmax regression by Newton's method and gradient steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def logistic(rows: Floats, truth: Floats, *, decay: float = 1e-3) -> tuple[Floats, Floats, Floats]:
    """Mean and scale of the columns and the weights (bias last) of P(truth), by Newton's method."""
    mean, scale, inputs = standardised(rows)
    weights = np.zeros(inputs.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (chance - truth) / len(truth) + decay * weights
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs / len(truth)
        weights -= np.linalg.solve(bend + decay * np.eye(len(weights)), slope)
    return mean, scale, weights


def softmax(
    rows: Floats, kinds: npt.NDArray[np.int64], count: int, *, decay: float = 1e-4, steps: int = 600
) -> tuple[Floats, Floats, Floats]:
    """The same for several kinds, each with the same share; weights of shape (count, columns)."""
    mean, scale, inputs = standardised(rows)
    weights = np.zeros((count, inputs.shape[1]))
    importance = 1 / np.maximum(np.bincount(kinds, minlength=count), 1)[kinds] / count
    truth = np.eye(count)[kinds]
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):  # Adam (Kingma & Ba 2015) on the whole set
        scores = inputs @ weights.T
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        slope = ((chance - truth) * importance[:, None]).T @ inputs + decay * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        rate = 0.05 * min(1.0, 3 * (1 - step / (steps + 1)))
        weights -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
    return mean, scale, weights


def standardised(rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, scale, and the columns centred and scaled, with a column of ones after them."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    return mean, scale, np.column_stack([(rows - mean) / scale, np.ones(len(rows))])


def isotonic(values: Floats, good: npt.NDArray[np.bool_], weights: Floats, *, bins: int) -> Floats:
    """Mean value and share of the good in up to `bins` stretches of equal weight, shape (2, k);
    neighbours out of order are averaged (Ayer et al. 1955), so that the shares rise."""
    order = np.argsort(values, kind="stable")
    mass = np.cumsum(weights[order])
    cuts = np.searchsorted(mass, np.linspace(0, mass[-1], bins + 1)[1:-1])
    merged: list[list[float]] = []
    for part in np.split(order, np.unique(cuts)):
        if not len(part):
            continue
        weight = weights[part]
        sums = (weight, weight * good[part], weight * values[part])
        merged.append([float(column.sum()) for column in sums])
        while len(merged) > 1 and merged[-2][1] / merged[-2][0] >= merged[-1][1] / merged[-1][0]:
            last = merged.pop()
            merged[-1] = [a + b for a, b in zip(merged[-1], last, strict=True)]
    table = np.array(merged)
    return np.stack([table[:, 2] / table[:, 0], table[:, 1] / table[:, 0]])
