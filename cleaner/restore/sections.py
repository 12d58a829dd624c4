"""restore.sections: parts a page at the lines that its site set between articles.

Archives of newspapers write the number of the page above each article, galleries a mark for the
next picture, hijackers their brand. strip takes such lines away by rules that say `border = true`;
where they stood, an article begins.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.document import Change, Keep, Piece, Put
from cleaner.restore.parts import parts_of
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
        borders = np.zeros(0, np.int64)
        for change in reversed(view.doc.changes):
            own = np.fromiter(self._in(change), np.int64)
            borders = np.append(_before(change, borders), own)
        starts = _starts(view, np.sort(borders))
        if not 2 <= len(starts) <= _MOST:
            return [[Keep(0, len(view.text))]]
        edges = [0, *starts[1:], len(view.text)]
        return parts_of(view.text, edges, "restore.sections.border")

    def _bordered(self, change: Change) -> bool:
        return next(self._in(change), None) is not None

    def _in(self, change: Change) -> Iterator[int]:
        """Where borders stood that a change took away."""
        for piece in change.pieces:
            if isinstance(piece, Put) and piece.rule in self._rules:
                yield piece.start


def _before(change: Change, at: Ints) -> Ints:
    """Where characters at some places stood before a change; of the shape of `at`."""
    kept = np.array([isinstance(piece, Keep) for piece in change.pieces], np.bool_)
    sizes = [p.end - p.start if isinstance(p, Keep) else len(p.text) for p in change.pieces]
    begin = np.cumsum([0, *sizes[:-1]])
    number = np.searchsorted(begin, at, "right") - 1
    source = np.array([piece.start for piece in change.pieces], np.int64)
    return np.asarray(source[number] + np.where(kept[number], at - begin[number], 0))


def _starts(view: View, borders: Ints) -> list[int]:
    """Where articles begin: below a border, each with a text before the next one; at the line
    above the border, if it says what the one below says."""
    every = [(line, view.folded[slice(*line)].strip()) for line in view.lines]
    lines = [(line, text) for line, text in every if text]
    edges = np.array([(line.start, line.end - 1) for line, _ in lines], np.int64).reshape(-1, 2)
    for change in reversed(view.doc.changes):
        edges = _before(change, edges)
    first, last = edges.T
    above = np.searchsorted(borders, np.append(-1, last[:-1]))
    behind = np.searchsorted(borders, first) > above
    found: list[int] = []
    texts = True  # whether the last article has a text
    for number, (line, text) in enumerate(lines):
        if behind[number] or not number:
            if texts:
                before, said = lines[number - 1] if number else (line, text)
                found.append((before if said == text else line).start)
            texts = False
        texts = texts or len(text) >= (_SENTENCE if text[-1] in _STOPS else _TEXT)
    if not texts and len(found) > 1:
        found.pop()
    return found
