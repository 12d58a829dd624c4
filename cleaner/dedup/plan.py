"""Which bands a threshold asks for, by what they are expected to miss."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from cleaner.kernels.postings import FULL, GROWTH, SLOT_BYTES

Curve = npt.NDArray[np.float64]

RECALL = 0.995
NEAR = 0.02
"""Recall is asked of pairs from the threshold up to this much above it, where it is lowest."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Signatures of `slots` values, cut into `bands` of `rows`."""

    threshold: float
    slots: int
    bands: int
    rows: int

    def found(self, similarity: float) -> float:
        """The share of pairs of this similarity that meet in a band at least."""
        return float(_found(np.array([similarity]), self.bands, self.rows)[0])

    @property
    def recall(self) -> float:
        """Expected recall of pairs spread evenly over [threshold, threshold + NEAR]."""
        return float(_recalls(self.threshold, np.array([self.bands]), self.rows)[0])

    @property
    def false_candidates(self) -> float:
        """The share of pairs below the threshold, spread evenly, that are verified in vain."""
        below = np.linspace(0, self.threshold, 200, endpoint=False)
        return float(_found(below, self.bands, self.rows).mean())

    @property
    def memory(self) -> tuple[float, float]:
        """Bytes of RAM that a kept document takes: at least, and at most while a table grows."""
        slot = self.bands * SLOT_BYTES / FULL
        return slot, slot * (1 + GROWTH)

    @property
    def disk(self) -> int:
        """Bytes of log that a kept document takes, beside 2 bytes for each of its characters
        (4 where it has some beyond the basic plane) and its id."""
        return 8 * self.bands + 8 + 12


@cache
def plan(threshold: float, slots: int = 128, recall: float = RECALL) -> Plan:
    """The most selective banding whose expected recall just above the threshold is enough.

    Every candidate is verified, so false ones cost time only, and what is not found is lost:
    hence recall decides, and among bandings that reach it the one with the longest rows.
    Raises ValueError for what cannot be planned.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold must lie in (0, 1], not {threshold}")
    if not 0 < recall < 1:
        raise ValueError(f"recall must lie in (0, 1), not {recall}")
    if slots < 2 or slots & (slots - 1):
        raise ValueError(f"slots must be a power of two, not {slots}")
    for rows in range(slots, 0, -1):
        bands = _fewest(threshold, slots // rows, rows, recall)
        if bands:
            return Plan(threshold, slots, bands, rows)
    raise ValueError(f"{slots} slots cannot reach a recall of {recall} at {threshold}")


def _fewest(threshold: float, most: int, rows: int, recall: float) -> int:
    """The smallest number of bands that reaches `recall`, or 0."""
    reached = np.flatnonzero(_recalls(threshold, np.arange(1, most + 1), rows) >= recall)
    return int(reached[0]) + 1 if len(reached) else 0


def _recalls(threshold: float, bands: npt.NDArray[np.int64], rows: int) -> Curve:
    """Expected recall just above the threshold for each number of bands."""
    near = np.linspace(threshold, min(1.0, threshold + NEAR), 21)
    return np.asarray(_found(near, bands[:, None], rows).mean(axis=1), np.float64)


def _found(similarity: Curve, bands: npt.NDArray[np.int64] | int, rows: int) -> Curve:
    """1 - (1 - s^rows)^bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets)."""
    return np.asarray(1 - (1 - similarity**rows) ** bands, np.float64)
