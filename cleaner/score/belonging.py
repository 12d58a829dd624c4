"""Does each passage belong to its document? Features for the coherence model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.squares import Singles, Squares, flat
from cleaner.models.coherence import LINK_UNIT, CoherenceModel
from cleaner.score.links import STEP, Rows, compared, dots_of, link_inputs, links_of
from cleaner.score.shape import Links, mean, shape_features

Floats = npt.NDArray[np.float64]

ROW_FEATURES = (
    "fit", "said", "said_mean", "said_share", "link", "trusted", "best", "second",
    "neighbour", "letters", "rows", "weight",
)  # fmt: skip

_LOW = np.float32(-99 * LINK_UNIT)
"""Added to a link that does not count."""

_ALONE = 0.6


class Passages(NamedTuple):
    """Features of rows (the columns of ROW_FEATURES) and of documents (SHAPE_FEATURES)."""

    rows: Floats
    shape: Floats


def passages_of(rows: Rows, model: CoherenceModel) -> Passages:
    """All facts about the passages of a batch."""
    facts = compared(rows)
    squares = rows.squares
    dots = [dots_of(facts, block) for block in squares.blocks]
    links = Links.of(
        squares,
        [
            links_of(link_inputs(facts, part, block), block, model)
            for part, block in zip(dots, squares.blocks, strict=True)
        ],
    )
    own = mean(links.sums, links.others)
    fit, trusted = _fit(squares, dots), _trusted(links, own)
    linked = np.column_stack([fit, own, trusted, *_highest(links), np.log(links.others + 1)])
    by_row = np.empty((len(rows.letters), linked.shape[1]))
    by_row[squares.rows[squares.held]] = linked[squares.held]
    telling = rows.telling + 1.0
    table = np.column_stack(
        [
            by_row[:, 0],
            rows.evidence / np.sqrt(telling),
            rows.evidence / telling,
            rows.said / np.maximum(rows.mass, 1),
            by_row[:, 1:6],
            np.log(rows.letters + 5.0),
            by_row[:, 6],
            facts.norm[:-1],
        ]
    )
    table[squares.sizes[rows.docs] < 2, :9] = _ALONE
    return Passages(table, shape_features(links))


def _fit(squares: Squares, dots: Sequence[Singles]) -> Floats:
    """The cosine of each row to the sum of the directions of all others, by slot; `dots` are the
    products of directions of length STEP."""
    own = flat([part.diagonal().T for part in dots], np.float64)
    towards = flat([part.sum(axis=0, dtype=np.float64) for part in dots], np.float64)
    rest = squares.by_doc(towards)[squares.docs] - 2 * towards + own
    cosines: Floats = (towards - own) / (np.sqrt(np.maximum(rest, 0)) * STEP + 1e-6)
    return cosines


def _trusted(links: Links, own: Floats) -> Floats:
    """The mean link of each row to those that fit well themselves."""
    weights = np.round(64 / (1 + np.exp(-np.clip(own, -30, 30)))) * links.squares.held
    return mean(*links.towards(weights))


def _highest(links: Links) -> list[Floats]:
    """The best link of each row, the second best (the best where there is one only), and the
    better one of those to its neighbours, by slot."""
    found: list[list[Singles]] = [[], [], []]
    for block, values in zip(links.squares.blocks, links.links, strict=True):
        other = values + (1 - block.pairs) * _LOW
        best = other.max(axis=0)
        beside = np.full((len(other) + 1, other.shape[2]), _LOW)
        beside[1:-1] = other.diagonal(1).T
        other += (other == best) * _LOW
        second = other.max(axis=0)
        found[0].append(best)
        found[1].append(np.where(second <= _LOW / 2, best, second))
        found[2].append(np.maximum(beside[:-1], beside[1:]))
    return [flat(parts, np.float64) / LINK_UNIT for parts in found]
