"""Sums and splices over the documents of one flat array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def segment_sum(values: npt.NDArray[Any], starts: Ints, dtype: Any = np.int64) -> npt.NDArray[Any]:
    """Sum of `values` over segments that begin at `starts` (sorted, none empty), shape (n,).

    `reduceat` adds each segment by itself, so the sum of a segment does not depend on what
    else stands in the array: one document alone gets the same bits as in a batch.
    """
    if len(starts) == 0:
        return np.zeros(0, dtype=dtype)
    return np.add.reduceat(values, starts, dtype=dtype)


def firsts(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which of some numbers differ from the one before, shape like `values`; the first one does."""
    found = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


class Groups(NamedTuple):
    """k items in n groups, those of a group side by side: where the groups that have any begin,
    the numbers of these, how many items each of all has, and the group of each item."""

    starts: Ints
    filled: Ints
    counts: Ints
    of_item: Ints

    @classmethod
    def of(cls, groups: Ints, size: int) -> Groups:
        """The groups, `size` in all, of items; `groups` ascends."""
        starts = np.flatnonzero(firsts(groups))
        filled = groups.take(starts)
        counts = np.zeros(size, np.int64)
        counts[filled] = np.diff(starts, append=len(groups))
        return cls(starts, filled, counts, groups)

    def sums(self, values: npt.NDArray[Any]) -> Floats:
        """The sum of a number for each item, (k,), or of a row, (k, d), by group. Each group is
        added by itself, so that its sum does not depend on the others."""
        values = values.astype(np.float64) if values.dtype == np.bool_ else values
        found = np.zeros((len(self.counts), *values.shape[1:]))
        if len(self.starts):
            found[self.filled] = np.add.reduceat(values, self.starts, axis=0)
        return found

    def means(self, values: npt.NDArray[Any]) -> Floats:
        """The mean of a number for each item, by group; 0 where there is none."""
        found: Floats = self.sums(values) / np.maximum(self.counts, 1)
        return found

    def number(self) -> Ints:
        """The number of each item in its group, from 0."""
        first = np.repeat(self.starts, self.counts.take(self.filled))
        return np.arange(len(self.of_item)) - first


def places_of(starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """All places of the ranges [start, start + size), one range after the other, and where each
    range begins among them; the sizes are 1 and more."""
    first: Ints = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) + np.repeat(starts - first, sizes), first


def splice(
    values: npt.NDArray[Any], starts: Ints, ends: Ints, fresh: Sequence[npt.NDArray[Any]]
) -> npt.NDArray[Any]:
    """`values` with the ranges [start, end), which follow each other, replaced by `fresh`."""
    parts: list[npt.NDArray[Any]] = []
    at = 0
    for start, end, segment in zip(starts.tolist(), ends.tolist(), fresh, strict=True):
        parts += [values[at:start], segment]
        at = end
    parts.append(values[at:])
    return np.concatenate(parts)
