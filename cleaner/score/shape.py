"""The shape of the links between the rows of a document: one piece, or several?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.cells import Cells
from cleaner.kernels.segments import Ints
from cleaner.models.coherence import LINK_UNIT

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SHAPE_FEATURES = (
    "overall", "cut_mean", "cut_sum", "adjacent", "adjacent_over_next",
    "across", "across_sum", "inner", "share", "switches",
)  # fmt: skip

_ROUNDS = 2
_FAR = 1e12


class Links(NamedTuple):
    """Links by cell, in whole steps, 0 between a row and itself; their `sums` and the number
    `others` of links by row; and the document of each row."""

    cells: Cells
    links: Floats
    sums: Floats
    others: Floats
    docs: Ints

    @classmethod
    def of(cls, cells: Cells, links: Floats) -> Links:
        """The links of all cells."""
        docs = np.repeat(np.arange(len(cells.sizes)), cells.sizes)
        others = (cells.sizes[docs] - 1).astype(np.float64)
        return cls(cells, links, cells.sums(links), others, docs)

    def towards(self, weights: Floats) -> tuple[Floats, Floats]:
        """The sum of the links of each row to the others, these weighed (in whole steps), and
        the sum of the weights."""
        total = self.cells.by_doc(weights)[self.docs] - weights
        return self.cells.sums(self.links * weights[self.cells.column]), total


def mean(total: npt.NDArray[Any], count: npt.NDArray[Any]) -> Floats:
    """Mean links in nats."""
    found: Floats = total / np.maximum(count, 1) / LINK_UNIT
    return found


def shape_features(links: Links, worst: Floats) -> Floats:
    """One line a document, the columns of SHAPE_FEATURES; `worst` says how badly each row fits
    (the lowest value fits worst)."""
    cells = links.cells
    if not len(cells.row):
        return np.zeros((len(cells.sizes), len(SHAPE_FEATURES)))
    scale = np.maximum(cells.sizes, 1) * LINK_UNIT
    overall = mean(cells.by_doc(links.sums), cells.by_doc(links.others))
    means, sums = _cuts(links)
    starts = cells.first[cells.sizes > 0]
    lowest = _spread(np.minimum.reduceat(means, starts), cells)
    place = _lowest_row(sums, cells)
    near = _apart(links, 1)
    next_ = np.where(cells.sizes > 2, _apart(links, 2), near)
    rows = np.arange(len(cells.start))
    columns = [
        overall, np.minimum(lowest, overall + 9), _spread(sums[place[starts]], cells) / scale,
        near - overall, near - next_,
        *_groups(links, rows == _lowest_row(worst, cells), overall, scale),
    ]  # fmt: skip
    table = np.column_stack(columns)
    table[cells.sizes < 2] = 0.0
    return table


def _spread(values: Floats, cells: Cells) -> Floats:
    """Values of the documents that have rows, by document."""
    found = np.zeros(len(cells.sizes))
    found[cells.sizes > 0] = values
    return found


def _lowest_row(values: Floats, cells: Cells) -> Ints:
    """For each row, the row of its document that has the lowest value (the first of equals)."""
    starts = cells.first[cells.sizes > 0]
    counts = cells.sizes[cells.sizes > 0]
    lowest = np.repeat(np.minimum.reduceat(values, starts), counts)
    at = np.where(values == lowest, np.arange(len(values)), len(values))
    found: Ints = np.repeat(np.minimum.reduceat(at, starts), counts)
    return found


def _apart(links: Links, step: int) -> Floats:
    """The mean link of rows `step` apart, by document."""
    cells = links.cells
    rows = np.flatnonzero(links.docs[step:] == links.docs[:-step])
    found = links.links.take(cells.at(rows, rows + step))
    size = len(cells.sizes)
    pull = np.bincount(links.docs[rows], found, minlength=size)
    return mean(pull, np.bincount(links.docs[rows], minlength=size))


def _cuts(links: Links) -> tuple[Floats, Floats]:
    """For a cut right before each row: mean and sum of the links across it; far above all for
    the first row of a document."""
    cells = links.cells
    later = np.zeros(len(cells.row))
    later[cells.upper] = links.links[cells.upper]
    step = 2 * cells.sums(later) - links.sums  # links ahead, less those behind
    total = np.cumsum(step) - step
    before = (np.arange(len(step)) - cells.first[links.docs]).astype(np.float64)
    means = mean(total, before * (links.others + 1 - before))
    filled = cells.first[cells.sizes > 0]
    means[filled] = total[filled] = _FAR
    return means, total


def _groups(links: Links, side: Mask, overall: Floats, scale: Floats) -> list[Floats]:
    """Two groups of rows, grown from `side` by moving each row to the group that it has the
    higher mean link to: mean and sum of the links across, mean link inside of the smaller
    group, its share, and how often neighbours change sides."""
    cells = links.cells
    for _ in range(_ROUNDS):
        pull, count = links.towards(side.astype(np.float64))
        moved = mean(pull, count) > mean(links.sums - pull, links.others - count)
        # A row alone on its side has no link to it: it stays.
        stays = np.where(side, count, links.others - count) == 0
        side = np.where(stays, side, moved)
    held = side.astype(np.float64)
    share = cells.by_doc(held) / np.maximum(cells.sizes, 1)
    small = np.where((share <= 0.5)[links.docs], held, 1 - held)
    pull, count = links.towards(small)
    across = [cells.by_doc(values * (1 - small)) for values in (pull, count)]
    inside = [cells.by_doc(values * small) for values in (pull, count)]
    split = across[1] > 0
    changes = np.append(0.0, np.abs(np.diff(held)))
    changes[cells.first[cells.sizes > 0]] = 0.0
    return [
        np.where(split, mean(*across), overall),
        np.where(split, across[0], 0.0) / scale,
        np.where(inside[1] > 0, mean(*inside), overall),
        np.where(split, np.minimum(share, 1 - share), 0.0),
        np.where(split, cells.by_doc(changes), 0.0) / np.maximum(cells.sizes - 1, 1),
    ]
