"""Which documents may hold a list of teasers without a heading, from the ends of their lines."""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch, Ints, Mask
from cleaner.kernels.text import table_of
from cleaner.strip.feed_ends import FEWEST, HEADLINES, LEAST, MOST, NO_HEADLINE
from cleaner.strip.feed_rows import MARKS
from cleaner.strip.spans import inner_ends

CLOSING = "。;；!?！？,\"')）:"
WIDE = 30
"""Cut lists are recognised by their width only if they are at least this wide."""
_DIGITS = "0123456789"
"""A date ends with one of them, or with the last letter of a time zone (HKT)."""
_DATE_LINE = 24
"""A line that is a date is no longer."""


def may_hold(batch: Batch) -> Mask:
    """Which documents can hold a list without a heading: two lines that open with a bullet and
    are cut off, or three that end in dots, or several at the end that close no sentence."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    codes = batch.folded
    first, last = inner_ends(batch, np.arange(len(batch.line_ends)))
    ends, size = codes[last], last - first + 1
    dotted = table_of(".…").take(ends)
    wide = (size >= WIDE) & ~table_of(CLOSING).take(ends)
    cut = table_of(MARKS).take(codes[first]) & (dotted | wide)
    dated = table_of(_DIGITS).take(codes[first]) & table_of(f"{_DIGITS}t").take(ends)
    dated &= size <= _DATE_LINE
    marks = (cut, dotted, dated)
    counts = (np.bincount(batch.line_docs[mask], minlength=len(batch)) for mask in marks)
    in_list, in_dots, in_dates = counts
    headline = ~table_of(NO_HEADLINE).take(ends) & (size >= LEAST) & (size <= MOST)
    open_end = _all_open(batch, np.flatnonzero(size > 0), headline)
    return (in_list >= 2) | (in_dots >= FEWEST) | (in_dates >= FEWEST) | open_end


def _all_open(batch: Batch, lines: Ints, is_open: Mask) -> Mask:
    """Which documents end with `HEADLINES` of these lines, in order, that are open."""
    docs = batch.line_docs[lines]
    last = np.flatnonzero(np.diff(docs, append=-1) != 0)
    last = last[last >= HEADLINES - 1]
    back = last[:, None] - np.arange(HEADLINES)
    same = (docs[back] == docs[last][:, None]).all(axis=1)
    found = np.zeros(len(batch), np.bool_)
    found[docs[last[same & is_open[lines[back]].all(axis=1)]]] = True
    return found
