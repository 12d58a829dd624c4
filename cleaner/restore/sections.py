"""restore.sections: parts a page at the lines that its site set between articles.

Archives of newspapers write the number of the page above each article, galleries a mark for the
next picture, hijackers their brand. strip takes such lines away by rules that say `border = true`;
where they stood, an article begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from cleaner.batch import Batch, Ints, Line, Mask, View
from cleaner.document import Change, Keep, Piece, Put
from cleaner.rules import RuleBook

_TEXT, _SENTENCE, _STOPS = 30, 12, "。!?…”"
"""The longest line of an article has so many characters at least, or as many as the second and
ends as a sentence does; what has neither is a title, and goes with what follows."""

_MOST = 400
"""So many articles no day of a newspaper has; the history of each part is told from that of all."""


class Sections:
    """The Restorer `restore.sections`."""

    name = "restore.sections"

    def __init__(self, book: RuleBook) -> None:
        self._rules = {rule.id for rule in book.rules.values() if rule.options.get("border")}

    def suspects(self, batch: Batch) -> Mask:
        """Documents from which a border was taken away."""
        found = [any(map(self._bordered, doc.changes)) for doc in batch.docs]
        return np.array(found, np.bool_)

    def arrange(self, view: View) -> list[list[Piece]]:
        changes = view.doc.changes
        borders: list[int] = []
        for number, change in enumerate(changes):
            own = np.fromiter(self._in(change), np.int64)
            borders += _traced(changes[:number], own).tolist()
        starts = _starts(view, np.array(sorted(borders), np.int64))
        if not 2 <= len(starts) <= _MOST:
            return [[Keep(0, len(view.text))]]
        return [_part(view.text, *edge) for edge in pairwise([0, *starts[1:], len(view.text)])]

    def _bordered(self, change: Change) -> bool:
        return next(self._in(change), None) is not None

    def _in(self, change: Change) -> Iterator[int]:
        """Where borders stood that a change took away."""
        for piece in change.pieces:
            if isinstance(piece, Put) and piece.rule in self._rules:
                yield piece.start


def _traced(changes: Sequence[Change], at: Ints) -> Ints:
    """Where characters at some places stood before these changes; shape (k,)."""
    for change in reversed(changes):
        kept = np.array([isinstance(piece, Keep) for piece in change.pieces], np.bool_)
        sizes = [p.end - p.start if isinstance(p, Keep) else len(p.text) for p in change.pieces]
        begin = np.cumsum([0, *sizes[:-1]])
        number = np.searchsorted(begin, at, "right") - 1
        source = np.array([piece.start for piece in change.pieces], np.int64)
        at = source[number] + np.where(kept[number], at - begin[number], 0)
    return at


def _starts(view: View, borders: Ints) -> list[int]:
    """Where articles begin: below a border, each with a text before the next one; at the line
    above the border, if it says what the one below says."""
    lines = [line for line in view.lines if _stripped(view, line)]
    edges = np.array([(line.start, line.end - 1) for line in lines], np.int64).reshape(-1, 2)
    first, last = (_traced(view.doc.changes, column) for column in edges.T)
    above = np.searchsorted(borders, np.append(-1, last[:-1]))
    behind = np.searchsorted(borders, first) > above
    found: list[int] = []
    texts = True  # whether the last article has a text
    for number, line in enumerate(lines):
        text = _stripped(view, line)
        if behind[number] or not number:
            if texts:
                before = lines[number - 1] if number else line
                found.append((before if _stripped(view, before) == text else line).start)
            texts = False
        texts = texts or len(text) >= (_SENTENCE if text[-1] in _STOPS else _TEXT)
    if not texts and len(found) > 1:
        found.pop()
    return found


def _stripped(view: View, line: Line) -> str:
    return view.folded[line.start : line.end].strip()


def _part(text: str, start: int, end: int) -> list[Piece]:
    """An article without the blanks behind it."""
    last = start + len(text[start:end].rstrip())
    return [Keep(start, last), Put("", last, end, "restore.sections.border")]
