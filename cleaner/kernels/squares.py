"""Comparisons of all passages of a document with each other, for many documents side by side.

A document of n rows is a square of n · n cells. Squares of about the same size lie in one block,
padded to one width, so that every step is one call on a dense array and no cell is looked up by
number. All numbers that are added up are whole (or whole multiples of a power of two) and small
enough for their type to be exact, so that sums come out the same in any order and a document
alone gets the same bits as in a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import Ints, firsts

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

WIDTHS = np.array([8, 14, 24, 40])
"""Widths of blocks; more of them would waste fewer cells and cost more calls."""


class Block(NamedTuple):
    """k squares of width w, those of the documents `docs`.

    Cells have the shape (w, w, k): what is looked at together lies side by side, and a sum over
    the rows of a square adds whole stretches of memory. `rows` (w, k) are numbers of rows, and
    the number of all rows where a document has no more of them; `pairs` (w, w, k) is 1 for
    cells that compare two different rows, else 0. `cells` and `slots` say where the squares,
    and their rows, stand in flat arrays of all.
    """

    docs: Ints
    rows: Ints
    pairs: Singles
    cells: slice
    slots: slice

    @property
    def shape(self) -> tuple[int, int, int]:
        """(w, w, k), the shape of the cells."""
        w, k = self.rows.shape
        return w, w, k

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The part of a flat array of slots that is of this block, (w, k)."""
        return values[self.slots].reshape(self.rows.shape)


class Squares(NamedTuple):
    """The squares of n documents, in `blocks`.

    The slots of all blocks, the rows of the documents with those that fill up their squares,
    are s in all: `rows` (s,) are the numbers of their rows, `held` (s,) says which are rows of a
    document, `docs` (s,) and `sizes` (n,) which document and how many rows it has. There are
    `cells` cells; that of the rows i and j of one document is `starts[i] + steps[j]`.
    """

    blocks: Sequence[Block]
    rows: Ints
    held: Mask
    docs: Ints
    sizes: Ints
    cells: int
    starts: Ints
    steps: Ints

    @classmethod
    def of(cls, sizes: Ints) -> Squares:
        """The squares of documents with so many rows each, at most the last of WIDTHS; a
        document may have none."""
        total, first = int(sizes.sum()), np.cumsum(sizes) - sizes
        blocks: list[Block] = []
        wide = np.searchsorted(WIDTHS, sizes)
        for number, width in enumerate(WIDTHS.tolist()):
            docs = np.flatnonzero((wide == number) & (sizes > 0))
            if len(docs):
                column = np.arange(width)[:, None]
                rows = np.where(column < sizes[docs], first[docs] + column, total)
                blocks.append(_block(docs, rows, total, blocks[-1] if blocks else None))
        rows = flat([block.rows for block in blocks], np.int64)
        docs = flat([np.broadcast_to(b.docs, b.rows.shape) for b in blocks], np.int64)
        places = np.zeros((2, total + 1), np.int64)
        for block in blocks:
            w, k = block.rows.shape
            step = np.broadcast_to(np.arange(w)[:, None] * k, (w, k))
            places[:, block.rows] = block.cells.start + step * w + np.arange(k), step
        cells = blocks[-1].cells.stop if blocks else 0
        return cls(blocks, rows, rows < total, docs, sizes, cells, *places[:, :-1])

    def sums(self, cells: Sequence[Singles]) -> Floats:
        """The sum of the cells of each row, by slot; `cells` are those of the blocks, the same
        both ways."""
        return flat([square.sum(axis=0) for square in cells], np.float64)

    def by_doc(self, values: npt.NDArray[Any]) -> Floats:
        """The sum over the slots of each document, shape (n,)."""
        size = len(self.sizes)
        return np.bincount(self.docs, values, minlength=size).astype(np.float64, copy=False)


def _block(docs: Ints, rows: Ints, total: int, before: Block | None) -> Block:
    held = rows < total
    pairs = (held[:, None] & held[None]).astype(np.float32)
    own = np.arange(len(rows))
    pairs[own, own] = 0
    cell, slot = (before.cells.stop, before.slots.stop) if before else (0, 0)
    cells, slots = slice(cell, cell + pairs.size), slice(slot, slot + rows.size)
    return Block(docs, rows, pairs, cells, slots)


def flat(parts: Sequence[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    """Arrays one after the other, flat."""
    return np.concatenate([np.zeros(0, kind), *(part.ravel() for part in parts)])


def products(vectors: Singles) -> Singles:
    """The dot products of all vectors of each square, (w, k, d) to (w, w, k); whole components
    and lengths below 2**12, so that single precision is exact."""
    squares = vectors.transpose(1, 0, 2)
    found = np.matmul(squares, squares.transpose(0, 2, 1))
    return np.ascontiguousarray(found.transpose(1, 2, 0))


def shared(
    squares: Squares,
    runs: npt.NDArray[Any],
    rows: npt.NDArray[Any],
    weights: npt.NDArray[Any],
) -> Singles:
    """For each cell of two different rows, the weight of all that both rows hold; flat.

    Entry k says that row `rows[k]` holds what run `runs[k]` stands for; entries are sorted by
    run and by row, and a row may hold it several times. Weights are whole, below 2**24 in all.
    """
    again = (runs[1:] == runs[:-1]) & (rows[1:] == rows[:-1])
    once = np.flatnonzero(np.append(True, ~again)[: len(runs)])
    runs, rows, weights = runs.take(once), rows.take(once), weights.take(once)
    places, owners = _pairs_of_runs(runs, squares.starts.take(rows), squares.steps.take(rows))
    counted = np.bincount(places, weights.take(owners), minlength=squares.cells)
    total = counted.astype(np.float32)
    for block in squares.blocks:
        square = total[block.cells].reshape(block.shape)
        square += square.transpose(1, 0, 2).copy()
    return total


def _pairs_of_runs(runs: npt.NDArray[Any], start: Ints, step: Ints) -> tuple[Ints, Ints]:
    """The cells of each entry and every later one of its run, and the number of the entry.

    Those of long runs come first, so that each round takes a shorter part of the same arrays.
    """
    opens = np.flatnonzero(firsts(runs))
    lengths = np.diff(np.append(opens, len(runs)))
    later = np.repeat(opens + lengths, lengths) - np.arange(len(runs)) - 1
    order = np.argsort(-np.minimum(later, 127).astype(np.int8), kind="stable")
    start, counts = start.take(order), np.bincount(np.minimum(later, 127))
    left = (len(runs) - np.cumsum(counts)).tolist()  # how many have more than 0, 1 … behind them
    if not any(left):
        return order[:0], order[:0]
    places = [start[:size] + step.take(order[:size] + far) for far, size in enumerate(left, 1)]
    return np.concatenate(places), np.concatenate([order[:size] for size in left])
