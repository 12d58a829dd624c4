"""What is wrong with an order: the slopes of the losses behind `cleaner.train.follows`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import Ints
from cleaner.models.coherence import FOLLOW

Singles = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_LATE, _EDGE = 2.0, 0.5
"""How much the order of two sentences counts, and the first and last one."""


class Drawn(NamedTuple):
    """Sentences of a step, article by article: their numbers, and how many each article has;
    whether the first and the last one of the article are among them."""

    numbers: Ints
    counts: Ints
    opened: Mask
    closed: Mask


class Places(NamedTuple):
    """Articles side by side, (articles, longest): where there are sentences, which of them open
    a line and which close one, and which have another one, of the same or of a new line, behind
    them, as cells (articles, longest, longest)."""

    held: Mask
    opens: Mask
    closes: Mask
    next: Singles
    next_line: Singles


def slope_of(outputs: Singles, opens: Mask, drawn: Drawn, longest: int) -> tuple[Singles, float]:
    """The slope of the loss by what the model says of each sentence, and the loss; `opens` says of
    all sentences which ones open a line."""
    places = _places(opens[drawn.numbers], drawn.counts, longest)
    said = np.zeros((*places.held.shape, outputs.shape[1]), np.float32)
    said[places.held] = outputs
    expected, lines, offered = (said[..., at : at + FOLLOW] for at in range(0, 3 * FOLLOW, FOLLOW))
    slope = np.zeros_like(said)
    loss = 0.0
    every = places.held
    for at, tail, cells, ahead, behind in (
        (0, expected, places.next, every, every),
        (FOLLOW, lines, places.next_line, places.opens, places.closes),
    ):
        towards, part = _next(tail @ offered.transpose(0, 2, 1), cells, ahead, behind)
        slope[..., at : at + FOLLOW] = towards @ offered
        slope[..., 2 * FOLLOW : 3 * FOLLOW] += towards.transpose(0, 2, 1) @ tail
        loss += part
    late, lead, end = 3 * FOLLOW, 3 * FOLLOW + 1, 3 * FOLLOW + 2
    slope[..., late], part = _order(said[..., late], every)
    loss += part
    last = np.zeros_like(every)
    last[np.arange(len(last)), drawn.counts - 1] = True
    first = np.zeros_like(every)
    first[:, 0] = True
    for at, truth in ((lead, first & drawn.opened[:, None]), (end, last & drawn.closed[:, None])):
        slope[..., at], part = _chosen(said[..., at], truth, every)
        loss += part
    return slope[places.held], loss


def _places(opens: Mask, counts: Ints, longest: int) -> Places:
    held = np.arange(longest) < counts[:, None]
    opening = np.zeros(held.shape, np.bool_)
    opening[held] = opens
    behind = np.zeros_like(held)
    behind[:, :-1] = held[:, 1:]
    line = np.zeros_like(held)
    line[:, :-1] = opening[:, 1:]
    following = np.eye(longest, k=1, dtype=np.float32) * behind[:, :, None]
    return Places(held, opening, held & (line | ~behind), following, following * line[:, :, None])


def _next(scores: Singles, truth: Singles, ahead: Mask, behind: Mask) -> tuple[Singles, float]:
    """Cross-entropy over rows (which of `ahead` comes next?) and columns (which of `behind` came
    before?): its slope by the scores, and its mean."""
    other = ~np.eye(scores.shape[1], dtype=np.bool_)
    count = np.float32(max(float(truth.sum()), 1.0))
    slope = np.zeros_like(scores)
    loss = 0.0
    for axis, mask in ((2, ahead[:, None, :]), (1, behind[:, :, None])):
        chance = np.exp(scores - scores.max(axis=axis, keepdims=True)) * (mask & other)
        chance /= chance.sum(axis=axis, keepdims=True) + np.float32(1e-20)
        loss -= float((truth * np.log(chance + np.float32(1e-9))).sum() / count)
        slope += (chance * truth.sum(axis=axis, keepdims=True) - truth) / count
    return slope, loss


def _order(late: Singles, held: Mask) -> tuple[Singles, float]:
    """Which of two sentences comes later? Logistic, over all pairs."""
    pairs = held[:, :, None] & held[:, None, :] & ~np.tri(held.shape[1], dtype=np.bool_)
    ahead = late[:, None, :] - late[:, :, None]
    weight = np.float32(_LATE / max(int(pairs.sum()), 1))
    loss = float((np.logaddexp(0, -ahead) * pairs).sum() * weight)
    pull = pairs * (-weight / (1 + np.exp(np.clip(ahead, -30, 30))))
    return (pull.sum(axis=1) - pull.sum(axis=2)).astype(np.float32), loss


def _chosen(scores: Singles, truth: Mask, held: Mask) -> tuple[Singles, float]:
    """Which sentence of an article is the one? Articles without one do not count."""
    weight = np.float32(_EDGE / max(len(held), 1))
    chance = np.exp(scores - scores.max(axis=1, keepdims=True)) * held
    chance /= chance.sum(axis=1, keepdims=True)
    known = truth.any(axis=1, keepdims=True)
    loss = -float((np.log(chance + np.float32(1e-9)) * truth).sum() * weight)
    return (chance * known - truth) * weight, loss
