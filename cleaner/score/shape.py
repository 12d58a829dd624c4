"""The shape of the links between the rows of a document: one piece, or several?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.squares import Singles, Squares
from cleaner.models.coherence import LINK_UNIT

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SHAPE_FEATURES = (
    "overall", "cut", "adjacent", "adjacent_over_next",
    "across", "across_sum", "inner", "share", "switches",
)  # fmt: skip

_ROUNDS = 2
_FAR = 1e12


class Links(NamedTuple):
    """Links by cell of each block, (w, w, k) in whole steps, 0 where there is no pair of rows;
    by slot, shape (s,), their `sums` and the number of `others`."""

    squares: Squares
    links: Sequence[Singles]
    sums: Floats
    others: Floats

    @classmethod
    def of(cls, squares: Squares, links: Sequence[Singles]) -> Links:
        """The links of all cells."""
        others = (squares.sizes[squares.docs] - 1).astype(np.float64) * squares.held
        return cls(squares, links, squares.sums(links), others)

    def towards(self, weights: Floats) -> tuple[Floats, Floats]:
        """The sum of the links of each row to the others, these weighed (in whole steps, 0 for
        what is no row), and the sum of the weights."""
        single = weights.astype(np.float32)
        parts = zip(self.links, self.squares.blocks, strict=True)
        pull = self.squares.sums([cells * block.of(single)[:, None] for cells, block in parts])
        total = self.squares.by_doc(weights)[self.squares.docs] - weights
        return pull, total * self.squares.held


def mean(total: npt.NDArray[Any], count: npt.NDArray[Any]) -> Floats:
    """Mean links in nats."""
    found: Floats = total / np.maximum(count, 1) / LINK_UNIT
    return found


def shape_features(links: Links) -> Floats:
    """One line a document, the columns of SHAPE_FEATURES."""
    squares = links.squares
    size = squares.sizes
    overall = mean(squares.by_doc(links.sums), size * (size - 1))
    near = _apart(links, 1)
    next_ = np.where(size > 2, _apart(links, 2), near)
    scale = np.maximum(size, 1) * LINK_UNIT
    columns = [
        overall, _lowest_cut(links) / scale, near - overall, near - next_,
        *_groups(links, _worst(links), overall, scale),
    ]  # fmt: skip
    table = np.column_stack(columns)
    table[size < 2] = 0.0
    return table


def _worst(links: Links) -> Mask:
    """The row of each document that fits worst, the first of equals; by slot."""
    sums = np.where(links.squares.held, links.sums, np.inf)
    found = np.zeros(len(sums), np.bool_)
    for block in links.squares.blocks:
        at = block.of(sums).argmin(axis=0)
        block.of(found)[at, np.arange(len(at))] = True
    return found


def _apart(links: Links, step: int) -> Floats:
    """The mean link of rows `step` apart, by document."""
    pull = np.zeros(len(links.squares.sizes))
    for block, cells in zip(links.squares.blocks, links.links, strict=True):
        pull[block.docs] = cells.diagonal(step).sum(axis=1)
    return mean(pull, links.squares.sizes - step)


def _lowest_cut(links: Links) -> Floats:
    """The lowest sum of the links across a cut between two rows of a document."""
    squares = links.squares
    after = [
        cells * np.tri(len(cells), k=-1, dtype=np.float32)[:, :, None] for cells in links.links
    ]
    step = 2 * squares.sums(after) - links.sums  # links ahead, less those behind
    lowest = np.zeros(len(squares.sizes))
    for block in squares.blocks:
        across = np.cumsum(block.of(step), axis=0)[:-1]
        across[~block.of(squares.held)[1:]] = _FAR
        lowest[block.docs] = across.min(axis=0)
    return lowest


def _groups(links: Links, side: Mask, overall: Floats, scale: Floats) -> list[Floats]:
    """Two groups of rows, grown from `side` by moving each row to the group that it has the
    higher mean link to: mean and sum of the links across, mean link inside of the smaller
    group, its share, and how often neighbours change sides."""
    squares, rows = links.squares, links.squares.held
    for _ in range(_ROUNDS):
        pull, count = links.towards(side.astype(np.float64))
        moved = mean(pull, count) > mean(links.sums - pull, links.others - count)
        # A row alone on its side has no link to it: it stays.
        stays = np.where(side, count, links.others - count) == 0
        side = np.where(stays, side, moved) & rows
    size = np.maximum(squares.sizes, 1)
    share = squares.by_doc(side) / size
    small = np.where((share <= 0.5)[squares.docs], side, rows & ~side).astype(np.float64)
    pull, count = links.towards(small)
    across = [squares.by_doc(values * (1 - small)) for values in (pull, count)]
    inside = [squares.by_doc(values * small) for values in (pull, count)]
    split = across[1] > 0
    return [
        np.where(split, mean(*across), overall),
        np.where(split, across[0], 0.0) / scale,
        np.where(inside[1] > 0, mean(*inside), overall),
        np.where(split, np.minimum(share, 1 - share), 0.0),
        np.where(split, _changes(squares, side), 0.0) / np.maximum(size - 1, 1),
    ]


def _changes(squares: Squares, side: Mask) -> Floats:
    """How often neighbouring rows are on different sides, by document."""
    found = np.zeros(len(squares.sizes))
    for block in squares.blocks:
        one, held = block.of(side), block.of(squares.held)
        found[block.docs] = ((one[1:] != one[:-1]) & held[1:]).sum(axis=0)
    return found
