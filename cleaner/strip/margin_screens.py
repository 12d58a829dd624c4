"""Which documents may have margins to take away: lines at the edges of a page, told by arrays."""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch, Ints, Mask

EDGES = "strip.margin.edges"
"""The fact of a batch that `at_edges` is."""
LONG = 60
"""Below a line of so many characters there is no head of a page."""
ITEM, FEW = 16, 2
"""An item of a menu has so many characters; so many of them may be a menu."""
NAME = 8
"""The name of a site or a column has at most so many characters."""
ENDS = "闻讯道报音条台网窗线时际内会岸经育乐活化合方论评康技版点端"
"""What such a name ends with."""
_ENDS = np.array(list(map(ord, ENDS)))
_SIGNED = 40
"""A line that names the editor is no longer."""
_EDIT = (ord("编"), ord("辑"))


def edited_above(batch: Batch) -> Mask:
    """Which documents name their editor on a short line below all long ones, and go on."""
    places = np.flatnonzero((batch.folded[:-1] == _EDIT[0]) & (batch.folded[1:] == _EDIT[1]))
    lines = np.unique(np.searchsorted(batch.line_ends, places))
    short = (batch.line_ends - batch.line_starts).take(lines) <= _SIGNED
    lines = lines[short & batch.once(EDGES, at_edges).take(lines)]
    goes_on = np.searchsorted(batch.line_docs, batch.line_docs.take(lines), "right") - 1 > lines
    return batch.with_line(lines[goes_on])


def at_edges(batch: Batch) -> Mask:
    """Which lines of a batch have no long line above them in their document, or none below."""
    long = (batch.line_ends - batch.line_starts) >= LONG
    upto: Ints = np.cumsum(long)
    first = np.searchsorted(batch.line_docs, np.arange(len(batch)))
    last = np.searchsorted(batch.line_docs, np.arange(len(batch)), "right") - 1
    none_above = upto - long == (upto - long)[first].take(batch.line_docs)
    none_below = upto == upto[last].take(batch.line_docs)
    mask: Mask = none_above | none_below
    return mask


def short_at_head(batch: Batch) -> Mask:
    """Which documents have short lines before their first long one, as many as a menu has."""
    sizes = batch.line_ends - batch.line_starts
    long: Ints = np.cumsum(sizes >= LONG) - (sizes >= LONG)
    base: Ints = long.take(np.searchsorted(batch.line_ends, batch.starts))
    short = (sizes > 0) & (sizes <= ITEM) & (long == base.take(batch.line_docs))
    mask: Mask = np.bincount(batch.line_docs[short], minlength=len(batch)) >= FEW
    return mask


def named_at_head(batch: Batch) -> Mask:
    """Which documents have a line above their first long one that may be such a name."""
    sizes = batch.line_ends - batch.line_starts
    lines = np.flatnonzero((sizes >= 2) & (sizes <= NAME))
    ends = batch.folded.take(batch.line_ends.take(lines) - 1)
    lines = lines[np.isin(ends, _ENDS)]
    long: Ints = np.cumsum(sizes >= LONG)
    first = np.searchsorted(batch.line_docs, np.arange(len(batch)))
    before: Ints = (long - (sizes >= LONG)).take(first).take(batch.line_docs.take(lines))
    return batch.with_line(lines[long.take(lines) == before])
