"""Exact similarity of two texts, as sets of shingles."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from cleaner.kernels import shingles
from cleaner.kernels.shingles import Hashes, Text

MEASURES: Mapping[str, Callable[[int, int, int], float]] = {
    "jaccard": lambda a, b, both: both / (a + b - both),
    "containment": lambda a, b, both: both / min(a, b),
}
"""From the sizes of two sets and of what they share; "containment" is the share of the smaller
set that stands in the larger one."""


class Shingled:
    """A text that is compared with others; its shingles are made when first needed."""

    def __init__(self, text: Text, n: int, measure: str) -> None:
        self._text = text
        self._n = n
        self._measure = MEASURES[measure]
        self._shingles: Hashes | None = None

    def similarity(self, other: Text) -> float:
        """By the measure, in [0, 1]; neither text may be empty."""
        if np.array_equal(self._text, other):
            return 1.0
        if self._shingles is None:
            self._shingles = shingles.distinct(self._text, self._n)
        theirs = shingles.distinct(other, self._n)
        both = shingles.shared(self._shingles, theirs)
        return self._measure(len(self._shingles), len(theirs), both)
