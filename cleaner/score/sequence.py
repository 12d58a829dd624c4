"""Do the sentences of a document follow on each other, by what they say and say again?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream
from cleaner.kernels.segments import Ints
from cleaner.kernels.text import Codes
from cleaner.kernels.vectors import Singles, dots
from cleaner.models.coherence import STEP

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def position_features(late: Floats, docs: Ints, size: int) -> Floats:
    """Do sentences that read like late ones stand late? Covariance and correlation of where the
    sentences of a document stand and of where they seem to belong."""
    number = np.arange(len(docs)) - np.searchsorted(docs, docs)
    count = np.bincount(docs, minlength=size)
    place = (2 * number - count[docs] + 1) / np.maximum(count[docs] - 1, 1)
    late = late - (np.bincount(docs, late, minlength=size) / np.maximum(count, 1))[docs]
    both = np.bincount(docs, place * late, minlength=size)
    square = np.bincount(docs, late**2, minlength=size)
    whole = np.bincount(docs, place**2, minlength=size)
    table = np.column_stack(
        [both / np.sqrt(count + 1.0), both / np.sqrt(square * whole + 1e-3), both / (count + 1.0)]
    )
    table[count < 3] = 0.0
    return table


def quote_features(stream: Stream, folded: Codes) -> Floats:
    """The share of the lines with quotation marks in which one is left open, by document."""
    marks = folded.take(stream.gaps)
    borders = np.searchsorted(stream.gaps, stream.at[stream.ends])
    breaks = np.sort(np.concatenate([np.flatnonzero(marks == 10), borders]))
    before = np.append(0, np.cumsum(marks == ord('"'))).take(breaks)
    counts = np.diff(before, prepend=0)
    docs = np.searchsorted(borders, breaks)
    odd = np.bincount(docs, counts % 2, minlength=len(borders))
    share: Floats = odd / (np.bincount(docs, counts > 0, minlength=len(borders)) + 1.0)
    return share


def next_features(direction: Singles, docs: Ints, opens: Mask, size: int) -> Floats:
    """How much more alike neighbouring sentences are than any two, or than every second;
    `direction` has length STEP."""
    count = np.bincount(docs, minlength=size)
    own = dots(direction, direction)
    close = dots(direction[1:], direction[:-1]) / STEP**2
    second = dots(direction[2:], direction[:-2]) / STEP**2
    inner = ~opens[1:] & (docs[1:] == docs[:-1])
    starts = np.flatnonzero(np.append(True, docs[1:] != docs[:-1])[: len(docs)])
    squares = np.zeros(size)
    if len(starts):
        total = np.add.reduceat(direction, starts, axis=0).astype(np.float64)
        squares[docs[starts]] = np.einsum("kd,kd->k", total, total)
    itself = np.bincount(docs, own, minlength=size)
    overall = (squares - itself) / STEP**2 / np.maximum(count * (count - 1), 1)
    adjacent = _mean(close, docs[1:], docs[1:] == docs[:-1], size)
    apart = _mean(second, docs[2:], docs[2:] == docs[:-2], size)
    within = _mean(close, docs[1:], inner, size)
    within = np.where(np.bincount(docs[1:], inner, minlength=size) > 0, within, adjacent)
    table = np.column_stack([adjacent - overall, adjacent - apart, within - overall])
    table[count < 4] = 0.0
    return table


def _mean(values: Floats, docs: Ints, mask: Mask, size: int) -> Floats:
    total = np.bincount(docs, np.where(mask, values, 0), minlength=size)
    mean: Floats = total / np.maximum(np.bincount(docs, mask, minlength=size), 1)
    return mean
