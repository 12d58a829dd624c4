"""restore.wrap: lines broken at a fixed width become paragraphs again; verse and lists stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cleaner.batch import Batch, Mask, View
from cleaner.cuts import lines_of
from cleaner.document import Keep, Piece, Put
from cleaner.kernels.text import Class
from cleaner.restore import seams
from cleaner.restore.blocks import Unit, units_of
from cleaner.rules import RuleBook

_LEAST_LINES = 4
_NARROW, _WIDE = 24, 130
"""Half-widths of a wrapped line: a narrower one is verse, a wider one a paragraph."""
_SLACK = 4
"""A full line may lack as many half-widths: marks do not begin a line, words are not broken."""
_FULL, _OPEN = 0.6, 0.5
"""Share of full lines in a wrapped block, and of full lines that end within a sentence."""
_GAIN = 2.0
"""Mean seam gain (nats) of lines that belong together."""
_SOFT = frozenset("，,、；;")
_MARKS = frozenset("，,。、；;：:")


class Wrap:
    """The Restorer `restore.wrap`."""

    name = "restore.wrap"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        return wrapped(batch)

    def arrange(self, view: View) -> list[list[Piece]]:
        if not wrapped(Batch([view.doc]))[0]:
            return [[Keep(0, len(view.text))]]
        pieces: list[Piece] = []
        at = 0
        for start, end in (seam for block in _blocks(view) for seam in _seams(view, block)):
            pieces += [Keep(at, start), Put("", start, end, "restore.wrap.line")]
            at = end
        return [[*pieces, Keep(at, len(view.text))] if at < len(view.text) else pieces]


def wrapped(batch: Batch) -> Mask:
    """Which documents have three lines or more that end in mid-sentence and are about as long
    as the line before or behind."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    lines = lines_of(batch)
    alike = np.zeros(len(lines.doc), np.bool_)
    near = np.abs(np.diff(lines.size)) <= _SLACK
    alike[:-1] |= near
    alike[1:] |= near
    found = np.bincount(lines.doc[lines.open_end & alike], minlength=len(batch))
    return found >= _LEAST_LINES - 1


def _blocks(view: View) -> Iterator[list[Unit]]:
    """Runs of lines without a blank line between."""
    block: list[Unit] = []
    for unit in units_of(view):
        if block and view.text.count("\n", block[-1].end, unit.start) > 1:
            yield block
            block = []
        block.append(unit)
    if block:
        yield block


def _seams(view: View, block: Sequence[Unit]) -> list[tuple[int, int]]:
    """The newlines to take out of a block."""
    if len(block) < _LEAST_LINES:
        return []
    widths = [_width(view, unit) for unit in block]
    width = int(np.percentile(widths, 80))
    full = [width - _SLACK <= w <= width + _SLACK for w in widths]
    if not _NARROW <= width <= _WIDE or sum(full) < _FULL * len(block):
        return []
    pairs = [
        (one, two, wide >= width - 1)
        for one, two, whole, wide in zip(block, block[1:], full, widths, strict=False)
        if whole and not _indent(view, two)
    ]
    open_ = [(one, two) for one, two, _ in pairs if view.text[one.end - 1].isalnum()]
    # The last line of a paragraph is seldom as wide as the block: such a line goes on.
    soft = [(a, b) for a, b, wide in pairs if wide or view.text[a.end - 1] in _SOFT]
    marked = sum(any(c in _MARKS for c in view.text[u.start : u.end - 1]) for u in block)
    if len(open_) < max(_LEAST_LINES - 1, _OPEN * sum(full)) or marked < 0.5 * len(block):
        return []
    gains = [float(seams.gains(view, [one], [two])[0, 0]) for one, two in open_]
    if float(np.mean(gains)) < _GAIN:
        return []
    return sorted((one.end, two.start) for one, two in {*open_, *soft})


def _width(view: View, unit: Unit) -> int:
    classes = view.classes[unit.start : unit.end]
    narrow = (classes == Class.ASCII_LETTER) | (classes == Class.DIGIT) | (classes == Class.SPACE)
    return 2 * (unit.end - unit.start) - int(narrow.sum())


def _indent(view: View, unit: Unit) -> int:
    return unit.start - view.text.rfind("\n", 0, unit.start) - 1
