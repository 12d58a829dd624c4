"""Lines of a narrow column that were joined with blanks: 全区各个社 区的网格员走上街头,挨 家挨户.

The blanks stand at even distances and now and then inside of a word. Lists of names are shorter,
verse breaks between words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.document import Edit
from cleaner.kernels.segments import places_of
from cleaner.kernels.text import Class, Classes, Codes
from cleaner.models.lm import load
from cleaner.repair.screen import Look, positions

Floats = npt.NDArray[np.float64]

_RUNS = "repair.spacing.runs"
_NARROWEST, _WIDEST, _EVEN = 9, 40, 3
"""Characters from one blank to the next, and how much they differ from their median."""
_OTHER_LINE = 1 << 20
_FEWEST = 4
"""So many even distances in a row make a column."""
_CUT, _CUTS, _SHARE = 3.0, 3, 0.4
"""ln p of a character behind a blank over that of it anywhere, where a word was cut; how many
words must have been cut, and which share of all that stand between two Han characters."""


class _Runs(NamedTuple):
    """Blanks before Han characters in a batch, and those with four more behind on their line, at
    even distances."""

    at: Ints  # shape (n,)
    steps: Ints  # from each to the next, shape (n - 1,)
    first: Ints  # which of them begin a run, shape (k,)
    middle: Floats  # the median of the distances there, shape (k,)


def even(batch: Batch) -> Ints:
    """Blanks before Han characters with four more of them behind on their line, at even distances:
    the first of each."""
    runs = batch.once(_RUNS, _runs)
    found: Ints = runs.at[runs.first]
    return found


def _runs(batch: Batch) -> _Runs:
    at = _before_han(batch.codes, batch.classes, positions(batch, Look.BLANK))
    steps = _steps(at, batch.line_ends)
    return _Runs(at, steps, *_first_of_even(steps))


def wraps(view: View) -> Iterator[Edit]:
    """The blanks of columns."""
    runs = view.of_batch(_RUNS, _runs)
    own = view.within(runs.at)
    columns = _columns(runs, own)
    if not columns:
        return
    at = runs.at[own] - view.span.start
    starts, sizes = np.array(columns).T
    for column in np.flatnonzero(_cut_words(view, at, starts, sizes)).tolist():
        start, size = columns[column]
        for blank in at[start : start + size].tolist():
            yield Edit(blank, blank + 1, "", "repair.spacing.wrap", 0.9)


def _columns(runs: _Runs, own: slice) -> list[tuple[int, int]]:
    """Every run at even distances on a line of a page, of whose blanks a slice tells: its first
    blank among them, and how many they are."""
    distances = runs.steps[own][: own.stop - own.start - 1].tolist()
    first, last = np.searchsorted(runs.first, [own.start, own.stop]).tolist()
    end = 0
    starts, middles = runs.first[first:last] - own.start, runs.middle[first:last]
    columns: list[tuple[int, int]] = []
    for start, middle in zip(starts.tolist(), middles.tolist(), strict=True):
        if start >= end:
            end = start + _FEWEST
            while end < len(distances) and abs(distances[end] - middle) <= _EVEN:
                end += 1
            columns.append((start, end + 1 - start))
    return columns


def _before_han(codes: Codes, classes: Classes, at: Ints) -> Ints:
    """Those of some places that hold a blank by itself before a Han character."""
    at = at[(at > 0) & (at < len(codes) - 1)]
    after, before, own = classes.take(at + 1), classes.take(at - 1), codes.take(at)
    fit = (after == int(Class.HAN)) | (after == int(Class.RARE_HAN))
    fit &= (before != int(Class.SPACE)) & (before != int(Class.NEWLINE))
    fit &= (own == 0x20) | (own == 0xA0) | (own == 0x3000)
    found: Ints = at[fit]
    return found


def _steps(at: Ints, line_ends: Ints) -> Ints:
    """The distances between places that follow each other; far too wide from line to line."""
    steps = np.diff(at)
    steps[np.diff(np.searchsorted(line_ends, at)) > 0] = _OTHER_LINE
    return steps


def _first_of_even(steps: Ints) -> tuple[Ints, Floats]:
    """Those of some distances that begin a run: they and the next three are even, and of the width
    of a column; with the medians of the four."""
    if len(steps) < _FEWEST:
        return np.zeros(0, np.int64), np.zeros(0)
    four = np.stack([steps[at : len(steps) - _FEWEST + 1 + at] for at in range(_FEWEST)])
    low, high = four.min(axis=0), four.max(axis=0)
    middle = (four.sum(axis=0) - low - high) / 2
    even = (high - middle <= _EVEN) & (middle - low <= _EVEN)
    first = np.flatnonzero(even & (middle >= _NARROWEST) & (middle <= _WIDEST))
    return first, middle[first]


def _cut_words(view: View, blanks: Ints, starts: Ints, sizes: Ints) -> Mask:
    """Of each column, which has so many blanks from one on, whether words go on across enough of
    them."""
    model = load()
    folded = view.folded_codes
    at = blanks.take(places_of(starts, sizes)[0])
    inside: Mask = folded[at - 1] >= 0x3400
    at = at[inside]
    around = np.stack([np.maximum(at - 2, 0), at - 1, at + 1])
    numbers = model.numbers.take(folded.take(around)).T
    gains = model.rows(numbers)[:, -1] - model.unigram.take(numbers[:, -1])
    own = np.repeat(np.arange(len(starts)), sizes)[inside]
    cut = np.bincount(own[gains >= _CUT], minlength=len(starts))
    size = np.bincount(own, minlength=len(starts))
    found: Mask = (cut >= _CUTS) & (cut >= _SHARE * size)
    return found
