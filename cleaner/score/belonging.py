"""Does each passage belong to its document? Features for the coherence model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.squares import flat
from cleaner.models.coherence import LINK_UNIT, CoherenceModel
from cleaner.score.links import Rows, compared, link_inputs, links_of
from cleaner.score.shape import Links, mean, shape_features

Floats = npt.NDArray[np.float64]

_LOW = np.float32(-99 * LINK_UNIT)
"""Added to a link that does not count."""

_ALONE = 0.6


class Passages(NamedTuple):
    """Features of rows (what a row says, its link, the trusted ones, the best, its letters, how
    many rows there are) and of documents (SHAPE_FEATURES)."""

    rows: Floats
    shape: Floats


def passages_of(rows: Rows, model: CoherenceModel) -> Passages:
    """All facts about the passages of a batch."""
    facts = compared(rows)
    squares = rows.squares
    links = Links.of(
        squares,
        [links_of(link_inputs(facts, block), block, model) for block in squares.blocks],
    )
    own = mean(links.sums, links.others)
    linked = np.column_stack([own, _trusted(links, own), _best(links), np.log(links.others + 1)])
    by_row = np.empty((len(rows.letters), linked.shape[1]))
    by_row[squares.rows[squares.held]] = linked[squares.held]
    said = rows.evidence / np.sqrt(rows.telling + 1.0)
    table = np.column_stack([said, by_row[:, :3], np.log(rows.letters + 5.0), by_row[:, 3]])
    table[squares.sizes[rows.docs] < 2, :4] = _ALONE
    return Passages(table, shape_features(links))


def _trusted(links: Links, own: Floats) -> Floats:
    """The mean link of each row to those that fit well themselves."""
    weights = np.round(64 / (1 + np.exp(-np.clip(own, -30, 30)))) * links.squares.held
    return mean(*links.towards(weights))


def _best(links: Links) -> Floats:
    """The best link of each row, by slot."""
    best = [
        (values + (1 - block.pairs) * _LOW).max(axis=0)
        for block, values in zip(links.squares.blocks, links.links, strict=True)
    ]
    return flat(best, np.float64) / LINK_UNIT
