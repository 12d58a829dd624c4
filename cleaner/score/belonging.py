"""Does each passage belong to its document? Features for the coherence model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.cells import Cells
from cleaner.kernels.vectors import lengths_of
from cleaner.models.coherence import LINK_UNIT, CoherenceModel
from cleaner.score.links import STEP, Rows, link_inputs, links_of
from cleaner.score.shape import Links, mean, shape_features

Floats = npt.NDArray[np.float64]

ROW_FEATURES = (
    "fit", "said", "said_mean", "said_share", "link", "trusted", "best", "second",
    "neighbour", "letters", "rows", "weight",
)  # fmt: skip

_ALONE = 0.6


class Passages(NamedTuple):
    """Features of rows (the columns of ROW_FEATURES) and of documents (SHAPE_FEATURES)."""

    rows: Floats
    shape: Floats


def passages_of(rows: Rows, model: CoherenceModel) -> Passages:
    """All facts about the passages of a batch."""
    cells = rows.cells
    inputs = link_inputs(rows)
    links = Links.of(cells, links_of(inputs, cells, model))
    own = mean(links.sums, links.others)
    telling = rows.telling + 1.0
    table = np.column_stack(
        [
            _fit(cells, np.round(inputs[-1] * STEP**2), links),
            rows.evidence / np.sqrt(telling),
            rows.evidence / telling,
            rows.said / np.maximum(rows.mass, 1),
            own,
            _trusted(links, own),
            *_highest(links),
            np.log(rows.letters + 5.0),
            np.log(links.others + 1),
            np.log1p(lengths_of(rows.vectors)),
        ]
    )
    table[links.others < 1, :9] = _ALONE
    return Passages(table, shape_features(links, links.sums))


def _fit(cells: Cells, products: Floats, links: Links) -> Floats:
    """The cosine of each row to the sum of the directions of all others; `products` are the dot
    products of directions of length STEP, above the diagonal."""
    towards = cells.sums(cells.spread(products))
    whole = cells.by_doc(towards)[links.docs] + (links.others + 1) * STEP**2
    rest = whole - 2 * towards - STEP**2
    cosines: Floats = towards / (np.sqrt(np.maximum(rest, 0)) * STEP + 1e-6)
    return cosines


def _trusted(links: Links, own: Floats) -> Floats:
    """The mean link of each row to those that fit well themselves."""
    return mean(*links.towards(np.round(64 / (1 + np.exp(-np.clip(own, -30, 30))))))


def _highest(links: Links) -> list[Floats]:
    """The best link of each row, the second best (the best where there is one only), and the
    better one of those to its neighbours."""
    cells = links.cells
    if not len(cells.start):
        return [np.zeros(0)] * 3
    low = -99.0 * LINK_UNIT
    other = links.links.copy()
    rows = np.arange(len(cells.start))
    other[cells.at(rows, rows)] = low
    best = cells.highest(other)
    other[other == best[cells.row]] = low
    second = cells.highest(other)
    second = np.where(second == low, best, second)
    beside = np.full(len(rows) + 1, low)
    pairs = np.flatnonzero(links.docs[1:] == links.docs[:-1])
    beside[pairs + 1] = links.links.take(cells.at(pairs, pairs + 1))
    near = np.maximum(beside[:-1], beside[1:])
    return [values / LINK_UNIT for values in (best, second, near)]
