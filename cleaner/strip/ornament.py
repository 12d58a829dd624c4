"""Lines of nothing but ornaments: rows of squares, stars and dots, and lone question marks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.rules import RuleBook, line_deletion

_MARKS = "■□▪▫●○•◆◇★☆▲△▼▽◎※❖✦✧✪❤♥♠♣♦►▶◄◀◢◣◤◥▌▎▍▊█▓▒░▬▭"
_LOST = "?？�"
_BLANKS = " \t\r\u3000\u00a0\u200b\ufeff"
_ROW = regex.compile(rf"[{_MARKS}{_BLANKS}]*[{_MARKS}][{_MARKS}{_BLANKS}]*")
_QUESTIONS = regex.compile(rf"[{_LOST}{_BLANKS}]*[{_LOST}][{_LOST}{_BLANKS}]*")

_OTHER, _BLANK, _MARK = 1 << 16, 0, 1


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
        found = np.zeros(len(batch), np.bool_)
        if len(batch):
            kinds = _kinds().take(batch.codes)
            sums = np.add.reduceat(kinds, batch.line_starts, dtype=np.int64)
            found[batch.line_docs[(sums > 0) & (sums < _OTHER)]] = True
        return found

    def edits(self, view: View) -> Iterator[Edit]:
        for line in view.lines:
            text = view.text[line.start : line.end]
            if len(text) >= _OTHER:
                continue  # a row of marks as long as a book: left alone, as `suspects` does
            if _ROW.fullmatch(text):
                yield line_deletion(view, line, "strip.ornament.row")
            elif _QUESTIONS.fullmatch(text):
                yield line_deletion(view, line, "strip.ornament.lost")


@cache
def _kinds() -> npt.NDArray[np.int32]:
    """What each code point adds to the sum of its line: marks are counted up to `_OTHER`,
    blanks count nothing, and a single other character lifts the sum beyond."""
    table = np.full(0x110000, _OTHER, np.int32)
    table[[ord(c) for c in _BLANKS + "\n"]] = _BLANK
    table[[ord(c) for c in _MARKS + _LOST]] = _MARK
    return table
