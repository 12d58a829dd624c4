"""Comparisons of all passages of a document with each other, for many documents side by side.

A document of n rows has n · n cells, row by row; the cells of all documents stand in one flat
array. All numbers are whole (or whole multiples of a power of two) and below 2**53, so that sums
come out the same in any order and a document alone gets the same bits as in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import Ints

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


class Cells(NamedTuple):
    """The cells of documents with `sizes` rows.

    Rows: `first` is the first row of each document (by document), `start` where the cells of a
    row begin. Cells: `row` and `column` are numbers of rows, `mirror` is the cell with both
    exchanged. `upper` are the cells whose column lies behind their row.
    """

    sizes: Ints
    first: Ints
    start: Ints
    row: Ints
    column: Ints
    mirror: Ints
    upper: Ints

    @classmethod
    def of(cls, sizes: Ints) -> Cells:
        """The cells of documents with so many rows each; a document may have none."""
        docs = np.repeat(np.arange(len(sizes)), sizes)
        first = np.cumsum(sizes) - sizes
        width, base = sizes[docs], first[docs]
        start = np.cumsum(width) - width
        row = np.repeat(np.arange(len(docs)), width)
        column = np.arange(len(row)) - start[row] + base[row]
        mirror = start[column] + row - base[row]
        return cls(sizes, first, start, row, column, mirror, np.flatnonzero(column > row))

    def at(self, row: Ints, column: Ints) -> Ints:
        """The cells of two rows of one document each."""
        place: Ints = self.start[row] + column - self.column[self.start[row]]
        return place

    def spread(self, values: Floats, own: float = 0.0) -> Floats:
        """Values of the `upper` cells as values of all: the same both ways, `own` between a row
        and itself."""
        found = np.full(len(self.row), own)
        found[self.upper] = values
        found[self.mirror[self.upper]] = values
        return found

    def sums(self, values: Floats) -> Floats:
        """The sum over each row of cells, by row."""
        return np.add.reduceat(values, self.start) if len(self.start) else np.zeros(0)

    def highest(self, values: Floats) -> Floats:
        """The highest value of each row of cells, by row."""
        return np.maximum.reduceat(values, self.start) if len(self.start) else np.zeros(0)

    def by_doc(self, rows: Floats) -> Floats:
        """The sum over the rows of each document; 0 for a document without rows."""
        total = np.zeros(len(self.sizes))
        filled = self.sizes > 0
        if filled.any():
            total[filled] = np.add.reduceat(rows, self.first[filled])
        return total


def products(cells: Cells, vectors: Singles) -> Floats:
    """The dot product of the vectors of both rows of each cell; `vectors` has whole components
    and lengths below 2**12, so that single precision is exact."""
    found = np.empty(len(cells.row), np.float32)
    for docs, width in _alike(cells.sizes):
        rows = cells.first[docs][:, None] + np.arange(width)
        part = vectors[rows]
        gram = np.matmul(part, part.transpose(0, 2, 1))
        at = cells.start[cells.first[docs]][:, None] + np.arange(width * width)
        found[at] = gram.reshape(len(docs), -1)
    return found.astype(np.float64)


def _alike(sizes: Ints) -> Iterator[tuple[Ints, int]]:
    """The documents of each number of rows."""
    for width in np.unique(sizes[sizes > 0]).tolist():
        yield np.flatnonzero(sizes == width), width


def shared(cells: Cells, runs: npt.NDArray[Any], rows: npt.NDArray[Any], weights: Floats) -> Floats:
    """For each cell of two different rows, the weight of all that both rows hold.

    Entry k says that row `rows[k]` holds what run `runs[k]` stands for; entries are sorted by
    run and by row, and a row may hold it several times.
    """
    size = len(cells.row)
    once = np.ones(len(runs), np.bool_)
    once[1:] = (runs[1:] != runs[:-1]) | (rows[1:] != rows[:-1])
    runs, rows, weights = runs[once], rows[once], weights[once]
    base = (cells.start - cells.column[cells.start])[rows]
    pair, step = np.arange(len(runs)), 0
    places: list[Ints] = []
    found: list[Floats] = []
    while len(pair):
        step += 1
        pair = pair[: np.searchsorted(pair, len(runs) - step)]
        pair = pair[runs.take(pair + step) == runs.take(pair)]
        places.append(base.take(pair) + rows.take(pair + step))
        found.append(weights.take(pair))
    if not places:
        return np.zeros(size)
    total = np.zeros(size)
    total += np.bincount(np.concatenate(places), np.concatenate(found), minlength=size)
    both: Floats = total + total[cells.mirror]
    return both
