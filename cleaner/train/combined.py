"""The lines of `news_coherence`: what each part multiplies by, and from there to a probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.train.small import adam, isotonic

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Lines = dict[str, Floats]

KNOTS = (0.0, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.993, 1.0)
"""Where the line of a part may bend."""

GOOD, OTHER, DAMAGED = range(3)
"""What a document is: sound news, text of another kind, damaged news."""

_STEPS = 3000
_DECAY = 3e-5


class Fitted(NamedTuple):
    """Lines of the parts that say whether a text is news in kind, and of those that say whether
    it is in one piece, and the share of the latter in the mean of both products."""

    kind: Lines
    piece: Lines
    share: float


def lines(
    kind: Mapping[str, Floats],
    piece: Mapping[str, Floats],
    known: Floats,
    truth: Ints,
) -> Fitted:
    """For each part a line through KNOTS, shape (2, len(KNOTS)): rising, 1 at its end.

    The odds that a document is of another kind, and those that it is damaged, are each additive
    in the logarithms of the factors, and each factor is a broken line that only rises; both
    together are softmax regression (projected gradient steps after Adam, Kingma & Ba 2015).
    `known` are the products of the other factors that are reckoned with, shape (n, 2), on the side
    of the kind and of the piece. `truth` is GOOD, OTHER or DAMAGED; the good count as much in all
    as the others.
    """
    tables = [_climbs(parts) for parts in (kind, piece)]
    good = truth == GOOD
    scale = np.where(good, 0.5 / good.sum(), 0.5 / (~good).sum())
    first, second, offsets = _weights(tables, np.log(np.maximum(known, 1e-6)), truth, scale)
    # What stays when all lines are at their ends goes into the share.
    odds = np.exp(-offsets - [first.sum(), second.sum()])
    return Fitted(_lines(kind, first), _lines(piece, second), float(odds[1] / odds.sum()))


def _weights(
    tables: Sequence[Floats], fixed: Floats, truth: Ints, scale: Floats
) -> tuple[Floats, Floats, Floats]:
    """How far the lines of the kind and of the piece rise between their knots, and the offsets of
    both log-odds, (2,); `fixed` (n, 2) is added to these, `scale` is what each document counts."""
    size, right = tables[0].shape[1], np.eye(3)[truth]
    weights = np.append(np.full(size + tables[1].shape[1], 0.3), [0.0, 0.0])
    memory = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        sums = tables[0] @ weights[:size], tables[1] @ weights[size:-2]
        error = (right - _chances(np.column_stack(sums) + fixed + weights[-2:]))[:, 1:]
        error *= scale[:, None]
        slopes = [table.T @ own for table, own in zip(tables, error.T, strict=True)]
        slope = np.concatenate([*slopes, error.sum(axis=0)])
        slope[:-2] += _DECAY * weights[:-2]
        rate = 0.02 * min(1.0, 2 * (1 - step / (_STEPS + 1)))
        adam(weights, slope, *memory, step, rate, 0.0)
        weights[:-2] = np.maximum(weights[:-2], 0.0)
    return weights[:size], weights[size:-2], weights[-2:]


def _chances(logits: Floats) -> Floats:
    """P(GOOD), P(OTHER), P(DAMAGED) from the log-odds against the last two, (n, 2) to (n, 3)."""
    scores = np.column_stack([np.zeros(len(logits)), -logits])
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def _climbs(parts: Mapping[str, Floats]) -> Floats:
    """How far the values have come between each knot and the next, 0 to 1, side by side for all
    parts; shape (n, parts · (knots − 1))."""
    knots = np.array(KNOTS)
    each = [np.clip((own[:, None] - knots[:-1]) / np.diff(knots), 0, 1) for own in parts.values()]
    return np.concatenate(each, axis=1)


def _lines(parts: Mapping[str, Floats], weights: Floats) -> Lines:
    """The lines that weights stand for."""
    found = {}
    for name, own in zip(parts, weights.reshape(len(parts), -1), strict=True):
        climbed = np.append(0.0, np.cumsum(own))
        found[name] = np.stack([np.array(KNOTS), np.exp(climbed - climbed[-1])])
    return found


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
