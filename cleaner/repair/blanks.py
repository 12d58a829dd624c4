"""Where the blanks of a batch are; several repairs ask."""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch, Ints
from cleaner.kernels.text import Class

_NAME = "repair.blanks"


def blanks_of(batch: Batch) -> Ints:
    """Positions in `batch.codes` of all blanks that are no newline, sorted."""
    if _NAME not in batch.memo:
        batch.memo[_NAME] = np.flatnonzero(batch.classes == Class.SPACE)
    found: Ints = batch.memo[_NAME]
    return found
