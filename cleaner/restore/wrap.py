"""restore.wrap: lines broken at a fixed width become paragraphs again; verse and lists stay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cleaner.batch import Batch, Mask, View
from cleaner.cuts import lines_of
from cleaner.document import Keep, Piece, Put
from cleaner.kernels.text import Class
from cleaner.restore import seams
from cleaner.restore.blocks import Kind, Unit, spans_of
from cleaner.rules import RuleBook

_LEAST_LINES = 4
_NARROW, _WIDE = 24, 130
"""Half-widths of a wrapped line: a narrower one is verse, a wider one a paragraph."""
_SLACK = 4
"""A full line may lack as many half-widths: marks do not begin a line, words are not broken."""
_UNEVEN = 10
"""Code points that a full line may lack where the longest has many narrow ones."""
_FULL, _OPEN = 0.6, 0.5
"""Share of full lines in a wrapped block, and of full lines that end within a sentence."""
_GAIN = 2.0
"""Mean seam gain (nats) of lines that belong together."""
_AT_ONCE = 16
"""Seams measured in one call, which measures each end before each beginning."""
_SOFT = frozenset("，,、；;")
_MARKS = frozenset("，,。、；;：:")


class Wrap:
    """The Restorer `restore.wrap`."""

    name = "restore.wrap"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        batch.memo[self.name] = found = wrapped(batch)
        return found

    def arrange(self, view: View) -> list[list[Piece]]:
        if not view.under(self.name, wrapped):
            return [[Keep(0, len(view.text))]]
        pieces: list[Piece] = []
        at = 0
        for start, end in _seams(view, [Unit(*span, Kind.TEXT) for span in spans_of(view)]):
            pieces += [Keep(at, start), Put("", start, end, "restore.wrap.line")]
            at = end
        return [[*pieces, Keep(at, len(view.text))] if at < len(view.text) else pieces]


def wrapped(batch: Batch) -> Mask:
    """Which documents have three lines or more that end in mid-sentence and are about as long
    as the longest."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    lines = lines_of(batch)
    first = np.searchsorted(lines.doc, np.arange(len(batch)))
    longest = np.maximum.reduceat(lines.size, first)
    full = lines.open_end & (lines.size >= longest[lines.doc] - _UNEVEN)
    return np.bincount(lines.doc[full], minlength=len(batch)) >= _LEAST_LINES - 1


class _Seam(NamedTuple):
    """A line, the next one right below it, and the width of the line in half-widths."""

    one: Unit
    two: Unit
    width: int


def _seams(view: View, units: Sequence[Unit]) -> list[tuple[int, int]]:
    """The newlines to take out; blank lines part paragraphs for good."""
    widths = _widths(view, units)
    below = [
        _Seam(one, two, width)
        for (one, two), width in zip(pairwise(units), widths, strict=False)
        if view.text.count("\n", one.end, two.start) == 1
    ]
    if len(below) < _LEAST_LINES - 1:
        return []
    width = int(np.percentile([seam.width for seam in below], 80))
    full = [seam for seam in below if abs(seam.width - width) <= _SLACK]
    if not _NARROW <= width <= _WIDE or len(full) < _FULL * len(below):
        return []
    free = [seam for seam in full if not _indent(view, seam.two)]
    open_ = [seam for seam in free if view.text[seam.one.end - 1].isalnum()]
    if len(open_) < max(_LEAST_LINES - 1, _OPEN * len(full)) or not _prose(view, full):
        return []
    if float(np.mean(_gains(view, open_))) < _GAIN:
        return []
    # The last line of a paragraph is seldom as wide as the block: such a line goes on.
    soft = [s for s in free if s.width >= width - 1 or view.text[s.one.end - 1] in _SOFT]
    return sorted((seam.one.end, seam.two.start) for seam in {*open_, *soft})


def _prose(view: View, full: Sequence[_Seam]) -> bool:
    """True where most full lines have a mark inside, as verse and tables have not."""
    lines = [view.text[seam.one.start : seam.one.end - 1] for seam in full]
    return sum(any(char in _MARKS for char in line) for line in lines) >= 0.5 * len(lines)


def _gains(view: View, chosen: Sequence[_Seam]) -> list[float]:
    """How well each of some seams goes on."""
    found: list[float] = []
    for at in range(0, len(chosen), _AT_ONCE):
        some = chosen[at : at + _AT_ONCE]
        gain = seams.gains(view, [seam.one for seam in some], [seam.two for seam in some])
        found += np.diagonal(gain).tolist()
    return found


def _widths(view: View, units: Sequence[Unit]) -> list[int]:
    """The width of each line in half-widths."""
    classes = view.classes
    narrow = (classes == Class.ASCII_LETTER) | (classes == Class.DIGIT) | (classes == Class.SPACE)
    total = np.append(0, np.cumsum(narrow))
    edges = np.array([(unit.start, unit.end) for unit in units]).reshape(-1, 2).T
    widths = 2 * (edges[1] - edges[0]) - (total[edges[1]] - total[edges[0]])
    return [int(width) for width in widths.tolist()]


def _indent(view: View, unit: Unit) -> int:
    return unit.start - view.text.rfind("\n", 0, unit.start) - 1
