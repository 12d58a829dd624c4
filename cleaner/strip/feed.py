"""Marked feed lists: teasers under a heading, behind bullets, or cut at one width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.rules import RuleBook, line_deletion, lines_with_literal
from cleaner.strip.spans import any_of, table_of

_EDGE = r"[^\p{L}\p{N}]*"
_MARKS = "•·●▪■□►▶▸◆◇★☆※○◦‣∙>»*+-–—|丨"
_BULLET = regex.compile(rf"[ \t\r]*([{regex.escape(_MARKS)}])\s*(?=\S)")
_NUMBER = regex.compile(r"\s*[\[(【]?(\d{1,2})[\])】.、:\s]\s*(?=\S)")
_DATE = (
    r"[\[(]?(?:(?:19|20)?\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?[\])]?"
)
_DATED = regex.compile(rf"\s*{_DATE}\s*\p{{L}}.*|.*[^\d]\s*{_DATE}\s*")
_COUNTED = regex.compile(
    r".*\S\s*\(?\d[\d,.]*\s*(?:万|w|k)?\s*(?:阅读|评论|浏览|人气|点击|次|赞|跟贴|热度)?\)?"
)
_CUT = regex.compile(r".*(?:\.{2,}|…+|。{2,})\s*")
_CLOSED = regex.compile(r".*[。;；!?！？”\"')）]\s*")
_SENTENCE = regex.compile(r"[。!?;]")

_BODY = 60
"""A line of this many characters, with sentences in it, is a paragraph and no teaser."""
_TEASER = 60
_FEWEST = 3
_WIDE = 30
"""Cut lists are recognised by their width only if they are at least this wide."""


class Row(NamedTuple):
    """A line that is not blank, with the marks of a list item."""

    line: Line
    number: int
    text: str
    bullet: str

    @property
    def cut(self) -> bool:
        """Ends in dots."""
        return _CUT.fullmatch(self.text) is not None


class Feeds:
    """Takes marked feed lists away, heading and all.

    A feed needs a heading of the list, or bullets (or numbers) on items most of which are cut
    off. It goes only from a page that has paragraphs beside it: where the list is all there is,
    the page is a digest. Measures, awards and attendees stay, since their items are whole.
    """

    name = "strip.feed"

    def __init__(self, book: RuleBook) -> None:
        (rule,) = book.of(self.name)
        self._rule = rule.id
        longest = rule.longest
        self._limits = np.zeros(len(book.literals), np.int64)
        self._limits[book.numbers([rule])] = longest
        words = any_of(rule.literals).pattern
        more = r"(?:更多|more|换一换|\s|>|»|排行榜?|:)*"
        self._heading = regex.compile(rf"{_EDGE}{words}{more}{_EDGE}")
        self._longest = longest

    def suspects(self, batch: Batch) -> Mask:
        return lines_with_literal(batch, self._limits) | _bulleted(batch)

    def edits(self, view: View) -> Iterator[Edit]:
        rows = rows_of(view)
        taken: set[int] = set()
        for first, last in self._feeds(rows):
            taken.update(range(first, last))
        if not _has_body([row for at, row in enumerate(rows) if at not in taken]):
            return
        for at in sorted(taken):
            yield line_deletion(view, rows[at].line, self._rule)

    def _feeds(self, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
        at = 0
        while at < len(rows):
            end = self._headed(rows, at) if self._is_heading(rows[at]) else _unheaded(rows, at)
            if end > at:
                yield at, end
            at = max(end, at + 1)

    def _is_heading(self, row: Row) -> bool:
        return (
            row.line.end - row.line.start <= self._longest
            and self._heading.fullmatch(row.text) is not None
        )

    def _headed(self, rows: Sequence[Row], at: int) -> int:
        """The end of the list under the heading at `at`, or `at` where there is none."""
        first = at + 1
        while first < len(rows) and self._is_heading(rows[first]):
            first += 1
        if first == len(rows):
            return first
        end = _same_marks(rows, first) or _plain(rows, first)
        return end if end > first else at


def rows_of(view: View) -> list[Row]:
    """The lines of a document that are not blank."""
    rows = []
    for number, line in enumerate(view.lines):
        text = view.folded[line.start : line.end]
        if text.strip():
            bullet = _BULLET.match(text)
            rows.append(Row(line, number, text.strip(), bullet[1] if bullet else ""))
    return rows


def _same_marks(rows: Sequence[Row], first: int) -> int:
    """The end of the run of items with one bullet, or with rising numbers; 0 if there is none."""
    end = first
    if rows[first].bullet:
        while end < len(rows) and rows[end].bullet == rows[first].bullet:
            end += 1
        return end
    number = _NUMBER.match(rows[first].text)
    expected = int(number[1]) if number else -1
    while number and int(number[1]) == expected:
        end, expected = end + 1, expected + 1
        number = _NUMBER.match(rows[end].text) if end < len(rows) else None
    return end if end - first >= 2 else 0


def _plain(rows: Sequence[Row], first: int) -> int:
    """The end of a run of teasers without bullets."""
    end = first
    gap = _gap(rows, first)
    while end < len(rows) and _is_teaser(rows[end]) and (end == first or _gap(rows, end) <= gap):
        end += 1
        if end == first + 1 and end < len(rows):
            gap = max(gap, _gap(rows, end))
    if first <= 4 and first < end < len(rows) and not rows[end - 1].cut:
        end -= 1  # at the head of a page the last short line is the title of what follows
    return end


def _gap(rows: Sequence[Row], at: int) -> int:
    return rows[at].number - rows[at - 1].number if at else 1


def _is_teaser(row: Row) -> bool:
    if row.cut:
        return True
    if len(row.text) > _TEASER:
        return False
    return not _CLOSED.fullmatch(row.text) or bool(_DATED.fullmatch(row.text))


def _unheaded(rows: Sequence[Row], first: int) -> int:
    """The end of a bulleted list whose items are cut off, at the dots or at one width."""
    if not rows[first].bullet:
        return first
    end = _same_marks(rows, first)
    items = rows[first:end]
    if len(items) < _FEWEST:
        return first
    dotted = sum(item.cut for item in items)
    width = max(len(item.text) for item in items)
    at_width = [item for item in items if len(item.text) >= width - 1]
    sliced = sum(not _CLOSED.fullmatch(item.text) for item in at_width) if width >= _WIDE else 0
    return end if 2 * max(dotted, sliced) >= len(items) and max(dotted, sliced) > 1 else first


def _has_body(rows: Sequence[Row]) -> bool:
    """Whether paragraphs remain: two, or a long one."""
    bodies = [len(r.text) for r in rows if len(r.text) >= _BODY and _SENTENCE.search(r.text)]
    return len(bodies) >= 2 or sum(bodies) >= 3 * _BODY


def _bulleted(batch: Batch) -> Mask:
    """Which documents have a few lines that open with a bullet, blanks aside."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    at = batch.line_starts.copy()
    open_lines = np.arange(len(at))
    while len(open_lines):
        open_lines = open_lines[_blank_table().take(batch.folded[at[open_lines]])]
        at[open_lines] += 1
    bullets = _bullet_table().take(batch.folded[at])
    return np.bincount(batch.line_docs[bullets], minlength=len(batch)) >= _FEWEST


@cache
def _bullet_table() -> npt.NDArray[np.bool_]:
    return table_of(_MARKS)


@cache
def _blank_table() -> npt.NDArray[np.bool_]:
    return table_of(" \t\r")
