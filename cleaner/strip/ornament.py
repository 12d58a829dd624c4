"""Lines of nothing but ornaments: rows of squares, stars and dots, and lone question marks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import table_of
from cleaner.rules import RuleBook, line_deletion
from cleaner.strip.spans import blank_table, inner_ends

_MARKS = "■□▪▫●○•◆◇★☆▲△▼▽◎※❖✦✧✪❤♥♠♣♦►▶◄◀◢◣◤◥▌▎▍▊█▓▒░▬▭"
_LOST = "?？�"
_ALL = _MARKS + _LOST
_BLANKS = " \t\r\u3000\u00a0"
_ROW = regex.compile(rf"[{_MARKS}{_BLANKS}]*[{_MARKS}][{_MARKS}{_BLANKS}]*")
_QUESTIONS = regex.compile(rf"[{_LOST}{_BLANKS}]*[{_LOST}][{_LOST}{_BLANKS}]*")


class Ornaments:
    """Takes ornament lines away.

    ASCII rows (`---`, `***`, `===`) stay: Markdown, code and tables are made of them, and so do
    box-drawing rows. A line of question marks is what is left of characters that some encoding
    had no place for.
    """

    name = "strip.ornament"

    def __init__(self, book: RuleBook) -> None:
        del book  # no words: the marks themselves are the rule

    def suspects(self, batch: Batch) -> Mask:
        """A row of marks begins and ends with one, but for blanks."""
        found = np.zeros(len(batch), np.bool_)
        lines = np.flatnonzero(_edge_table().take(batch.codes.take(batch.line_starts)))
        lines = lines[_edge_table().take(batch.codes.take(batch.line_ends[lines] - 1))]
        first, last = inner_ends(batch, lines)
        rows = table_of(_ALL).take(batch.codes[first]) & table_of(_ALL).take(batch.codes[last])
        found[batch.line_docs[lines[rows]]] = True
        return found

    def edits(self, view: View) -> Iterator[Edit]:
        for line in view.lines:
            text = view.text[line.start : line.end]
            if _ROW.fullmatch(text):
                yield line_deletion(view, line, "strip.ornament.row")
            elif _QUESTIONS.fullmatch(text):
                yield line_deletion(view, line, "strip.ornament.lost")


@cache
def _edge_table() -> npt.NDArray[np.bool_]:
    """Marks, and what `str.strip` takes off."""
    return table_of(_ALL) | blank_table()
