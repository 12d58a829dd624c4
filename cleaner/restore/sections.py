"""restore.sections: parts a page at the lines that its site set between articles.

Archives of newspapers write the number of the page above each article, galleries a mark for the
next picture, hijackers their brand. strip takes such lines away by rules that say `border = true`;
where they stood, an article begins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Document, Keep, Piece, Put
from cleaner.rules import RuleBook

_TEXT, _SENTENCE, _STOPS = 30, 12, "。!?…”"
"""The longest line of an article has so many characters at least, or as many as the second and
ends as a sentence does; what has neither is a title, and goes with what follows."""


class Sections:
    """The Restorer `restore.sections`."""

    name = "restore.sections"

    def __init__(self, book: RuleBook) -> None:
        self._rules = {rule.id for rule in book.rules.values() if rule.options.get("border")}

    def suspects(self, batch: Batch) -> Mask:
        """Documents from which a border was taken away."""
        found = [any(True for _ in self._borders(doc)) for doc in batch.docs]
        return np.array(found, np.bool_)

    def arrange(self, view: View) -> list[list[Piece]]:
        borders = sorted(self._borders(view.doc))
        starts = _starts(view, borders)
        if len(starts) < 2:
            return [[Keep(0, len(view.text))]]
        return [_part(view.text, *edge) for edge in pairwise([0, *starts[1:], len(view.text)])]

    def _borders(self, doc: Document) -> Iterator[int]:
        """Where borders stood in the text as it came in."""
        for number, change in enumerate(doc.changes):
            for piece in change.pieces:
                if isinstance(piece, Put) and piece.rule in self._rules:
                    start, end = piece.start, piece.end
                    for earlier in reversed(doc.changes[:number]):
                        start, end = earlier.to_source(start, end)
                    yield start


def _starts(view: View, borders: list[int]) -> list[int]:
    """Where articles begin: below a border, each with a text before the next one; at the line
    above the border, if it says what the one below says."""
    found: list[int] = []
    texts = True  # whether the last article has a text
    above, below = Line(0, 0), 0  # the last line, and where it ended in the text as it came in
    for line in view.lines:
        text = _stripped(view, line)
        if not text:
            continue
        first, last = view.doc.source_range(line.start, line.end)
        behind = bisect_left(borders, below) < bisect_left(borders, first)
        if behind or not found:
            if texts:
                twice = bool(found) and _stripped(view, above) == text
                found.append(above.start if twice else line.start)
            texts = False
        texts = texts or len(text) >= (_SENTENCE if text[-1] in _STOPS else _TEXT)
        above, below = line, last
    if not texts and len(found) > 1:
        found.pop()
    return found


def _stripped(view: View, line: Line) -> str:
    return view.folded[line.start : line.end].strip()


def _part(text: str, start: int, end: int) -> list[Piece]:
    """An article without the blanks behind it."""
    last = start + len(text[start:end].rstrip())
    return [Keep(start, last), Put("", last, end, "restore.sections.border")]
