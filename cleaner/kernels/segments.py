"""Sums and splices over the documents of one flat array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def segment_sum(values: npt.NDArray[Any], starts: Ints, dtype: Any = np.int64) -> npt.NDArray[Any]:
    """Sum of `values` over segments that begin at `starts` (sorted, none empty), shape (n,).

    `reduceat` adds each segment by itself, so the sum of a segment does not depend on what
    else stands in the array: one document alone gets the same bits as in a batch.
    """
    if len(starts) == 0:
        return np.zeros(0, dtype=dtype)
    return np.add.reduceat(values, starts, dtype=dtype)


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
