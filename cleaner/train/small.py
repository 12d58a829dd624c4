"""Small dense models: logistic and softmax regression by Newton's method and gradient steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def logistic(
    rows: Floats, truth: Floats, *, counts: Floats | None = None, decay: float = 1e-3
) -> tuple[Floats, Floats, Floats]:
    """Mean and scale of the columns and the weights (bias last) of P(truth), by Newton's method;
    `counts` is how much each row counts."""
    mean, scale, inputs = standardised(rows)
    share = np.ones(len(truth)) if counts is None else counts
    share = share / share.sum()
    weights = np.zeros(inputs.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (share * (chance - truth)) + decay * weights
        bend = (inputs * (share * chance * (1 - chance))[:, None]).T @ inputs
        weights -= np.linalg.solve(bend + decay * np.eye(len(weights)), slope)
    return mean, scale, weights


def layered(
    rows: Floats,
    kinds: npt.NDArray[np.int64],
    weights: Sequence[float],
    *,
    hidden: int = 256,
    epochs: int = 20,
    rate: float = 3e-3,
    decay: float = 0.03,
    far: float = 6.0,
    seed: int = 0,
    report: Callable[[str], None] = lambda _: None,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean and scale of the columns, a hidden layer of shape (columns + 1, hidden), and the
    weights of the kinds over the hidden units and the columns, shape (kinds, hidden + columns +
    1); biases last. All rows of a kind together count as much as `weights` says.

    Softmax regression with one hidden layer beside the columns themselves, by AdamW (Loshchilov
    & Hutter 2019) in mini-batches; inputs beyond `far` standard deviations count as so far.
    """
    chance = np.random.default_rng(seed)
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    inputs = np.clip((rows - mean) / scale, -far, far)
    width = inputs.shape[1]
    first = np.vstack([chance.standard_normal((width, hidden)) / width**0.5, np.zeros(hidden)])
    last = np.zeros((len(weights), hidden + width + 1))
    share = np.array(weights) / np.maximum(np.bincount(kinds, minlength=len(weights)), 1)
    share *= len(kinds) / sum(weights)
    memory = [np.zeros_like(table) for table in (first, first, last, last)]
    steps = epochs * -(-len(inputs) // _BATCH)
    step = 0
    for epoch in range(epochs):
        loss = 0.0
        order = chance.permutation(len(inputs))
        for at in range(0, len(order), _BATCH):
            step += 1
            chosen = order[at : at + _BATCH]
            slopes, part = _slopes(inputs[chosen], kinds[chosen], share, first, last)
            loss += part
            now = rate * min(1.0, 1.5 * (1 - step / (steps + 1)))
            adam(first, slopes[0], memory[0], memory[1], step, now, decay)
            adam(last, slopes[1], memory[2], memory[3], step, now, decay)
        report(f"documents, epoch {epoch + 1}: loss {loss / len(inputs):.4f}")
    return mean, scale, first, last


_BATCH = 256


def _slopes(
    inputs: Floats, kinds: npt.NDArray[np.int64], share: Floats, first: Floats, last: Floats
) -> tuple[tuple[Floats, Floats], float]:
    """Slopes of the loss by both tables, and the loss."""
    units = inputs @ first[:-1] + first[-1]
    table = np.column_stack([np.maximum(units, 0), inputs, np.ones(len(inputs))])
    scores = table @ last.T
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    own = np.arange(len(kinds)), kinds
    loss = float(-(np.log(chance[own] + 1e-12) * share[kinds]).sum())
    chance[own] -= 1
    chance *= share[kinds][:, None] / len(kinds)
    back = (chance @ last[:, : units.shape[1]]) * (units > 0)
    return (np.vstack([inputs.T @ back, back.sum(axis=0)]), chance.T @ table), loss


def adam(
    table: npt.NDArray[Any],
    slope: npt.NDArray[Any],
    first: npt.NDArray[Any],
    second: npt.NDArray[Any],
    step: int,
    rate: float,
    decay: float,
) -> None:
    """One step of AdamW (Loshchilov & Hutter 2019), in place; `first` and `second` are the memory
    of slopes and of their squares."""
    first += 0.1 * (slope - first)
    second += 0.01 * (slope**2 - second)
    move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    table -= rate * (move + decay * table)


def standardised(rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, scale, and the columns centred and scaled, with a column of ones after them; what
    hardly differs between the rows stays small."""
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
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
