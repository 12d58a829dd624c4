"""Sums of small integer vectors over stretches of text.

All sums are whole numbers, so they come out the same in any order: one document alone gets the
same bits as in a batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from cleaner.kernels.segments import Ints

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Shorts = npt.NDArray[np.int16]

MOST = 257
"""A stretch of up to so many vectors with components in [-127, 127] cannot overflow."""


def sums(table: Shorts, keys: npt.NDArray[Any], starts: Ints) -> Shorts:
    """The sums of the vectors `table[key]` over stretches [starts[i], starts[i + 1]), at most
    MOST keys each; shape (len(starts), d).

    A product with a sparse matrix of ones, which reads each vector once.
    """
    borders = np.concatenate([[0], starts, [len(keys)]]).astype(np.int32)
    ones = np.ones(len(keys), np.int16)
    shape = (len(borders) - 1, len(table))
    ones_at = sparse.csr_array((ones, keys.astype(np.int32), borders), shape=shape)
    found: Shorts = (ones_at @ table)[1:]
    return found


def gathered(vectors: Shorts, starts: Ints) -> Floats:
    """The sums of stretches of vectors [starts[i], starts[i + 1])."""
    borders = np.append(starts, len(vectors)).astype(np.int32)
    every = np.arange(len(vectors), dtype=np.int32)
    ones = np.ones(len(vectors), np.int32)
    shape = (len(starts), len(vectors))
    found = sparse.csr_array((ones, every, borders), shape=shape) @ vectors.astype(np.int32)
    total: Floats = found.astype(np.float64)
    return total


def lengths_of(vectors: Floats) -> Floats:
    """Euclidean lengths along the last axis, at least a hair above 0."""
    squares: Floats = np.einsum("...d,...d->...", vectors, vectors)
    return np.sqrt(squares) + 1e-6


def directions(vectors: npt.NDArray[Any], step: float) -> Singles:
    """Vectors of length `step`, their components rounded to whole numbers, shape (k, d); those
    of `vectors` are whole. For steps up to 2**11 products of the outcome are exact in single
    precision."""
    scale = (step / lengths_of(vectors.astype(np.float64))).astype(np.float32)
    found: Singles = vectors.astype(np.float32)
    found *= scale[:, None]
    return np.rint(found, out=found)


def dots(one: Singles, other: Singles) -> Floats:
    """The product of each two vectors, (k, d) and (k, d) to (k,)."""
    found: Floats = np.einsum("kd,kd->k", one, other).astype(np.float64)
    return found
