"""Blanks before marks of punctuation (昨天 ，今天 。), on a page that sets them throughout."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import regex

from cleaner.batch import Ints, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Codes, table_of

_TEXT = regex.compile(r"[\p{Han}”）》]")
_MARKS, _MORE_MARKS = ",。、;，；", ":!?：！？"
"""Marks that are counted, and those that lose their blanks as well."""
FEWEST = 4
"""So many marks with a blank before them make it the manner of a page."""


def blanks_before_marks(view: View) -> Iterator[Edit]:
    """The blanks of a page where half of all marks have one before them."""
    codes = np.append(view.codes, [10, 10])
    start, end = _blank_runs(codes)
    after = codes[end]
    apart = _behind_text(codes[start - 1]) & _marks(True).take(after) & (codes[end + 1] != 0x40)
    plain = np.count_nonzero(_marks(False).take(after[apart]))
    marks = np.flatnonzero(_marks(False).take(codes))
    if plain < FEWEST or not len(marks):
        return
    run = np.minimum(np.searchsorted(end, marks), len(end) - 1)
    before = np.where(end[run] == marks, start[run], marks) - 1
    if plain >= 0.5 * np.count_nonzero(_behind_text(codes[before])):
        for first, last in zip(start[apart].tolist(), end[apart].tolist(), strict=True):
            yield Edit(first, last, "", "repair.spacing.before_mark", 0.95)


def _blank_runs(codes: Codes) -> tuple[Ints, Ints]:
    """Where the runs of blanks behind the first character begin, and where they end."""
    blank = (codes == 0x20) | (codes == 0xA0)
    blank[0] = False
    edges = np.diff(blank.view(np.int8))
    return np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1) + 1


@cache
def _marks(every: bool) -> Mask:
    """Which code points are marks that have no blank before them, shape (0x110000,)."""
    return table_of(_MARKS + (_MORE_MARKS if every else ""))


def _behind_text(codes: Codes) -> Mask:
    """Which characters are Chinese, or close a quotation of it."""
    found: Mask = _text_table().take(codes)
    return found


@cache
def _text_table() -> Mask:
    """Which code points these are, shape (0x110000,)."""
    table = np.zeros(0x110000, np.bool_)
    table[[ord(char) for char in _TEXT.findall("".join(map(chr, range(len(table)))))]] = True
    return table
