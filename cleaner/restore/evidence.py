"""What is known of a page before its articles are sought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.restore.blocks import Unit
from cleaner.restore.topics import Words

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]


class Evidence(NamedTuple):
    """What is known of a page of n units: which of them are a `text`, and which are `cut`, ending
    without an end mark. `gain[i, j]`: of j after the cut end of i; `flow[i, j]`: how well the
    text goes on from i in j; `abrupt[j]`: that j begins in mid-sentence; `words`: those of each
    unit; `topics`: a vector of what each speaks of, shape (n, d); `leads[j]`: that j begins as
    reports begin; `columns`: that paragraphs are cut, as the ends of columns are, so that any
    text may belong to any article."""

    units: Sequence[Unit]
    text: Mask
    cut: Mask
    gain: Reals
    abrupt: Reals
    flow: Reals
    columns: bool
    words: Words
    topics: Reals
    leads: Reals


class Link(NamedTuple):
    """A unit in a chain, and whether it was taken for text."""

    unit: int
    text: bool
