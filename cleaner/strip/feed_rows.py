"""The lines of a page as feeds see them: bullets, cuts, paragraphs, and kinship to the text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import regex

MARKS = "•·●▪■□►▶▸◆◇★☆※○◦‣∙>»*+-–—|丨"
_BULLET = regex.compile(rf"([{regex.escape(MARKS)}])\s*(?=\S)")
_SENTENCE = regex.compile(r"[。!?;]")
_BODY = 50
"""A line of so many characters, with sentences in it, is a paragraph."""
_TOLD = 25
"""A line of so many characters that ends as a sentence is a short paragraph."""
_ENDS_IN_DOTS = ("..", "…")
_AGO = regex.compile(r".*(?:\d\s*(?:分钟|小时|天|周|个月|年)前.{0,16}|[・·]\s*.{0,10})")
"""What stands behind a lead: how old it is, or a dot before what is lost."""
_COUNTS = regex.compile(r"[\d\s\-:/.]+")
"""What stands between the items of a list: when one was written and how often it was read."""
_LEAD = 400
_LEADS = 2
"""So many pairs of a headline and a lead make a list."""
HEAD = 20
"""A subhead is no longer than this; within so many lines of the top stands the title."""


class Row(NamedTuple):
    """A line that is not blank: its number among the lines and its folded text."""

    number: int
    text: str

    @property
    def cut(self) -> bool:
        """Ends in dots."""
        return self.text.endswith(_ENDS_IN_DOTS)

    @property
    def width(self) -> float:
        """How wide a column it fills, in Han characters: Latin letters and digits are half as
        wide."""
        return (len(self.text) + sum(map("\u2e80".__lt__, self.text))) / 2

    @property
    def bullet(self) -> str:
        """The mark that it begins with."""
        found = _BULLET.match(self.text)
        in_table = self.text[-1] in "|丨"
        return found[1] if found and not in_table else ""


def is_body(row: Row) -> bool:
    """Whether a line is a paragraph."""
    return len(row.text) >= _BODY and _SENTENCE.search(row.text) is not None and not row.cut


def is_told(row: Row) -> bool:
    """Whether a line is a short paragraph of a report: a sentence to its end, and no item."""
    text = row.text
    return len(text) >= _TOLD and text[-1] in "。!?\"')" and "。" in text and not row.bullet


def leads_end(rows: Sequence[Row], first: int) -> int:
    """The end of the page if headlines and leads of reports take turns from `first` to there,
    the headline first, and one lead at least is cut off; else 0."""
    pairs = cut = at = 0
    items = [row for row in rows[first:] if not _COUNTS.fullmatch(row.text)]
    while at + 1 < len(items):
        headline, lead = items[at].text, items[at + 1]
        short = HEAD // 3 <= len(headline) <= _BODY and headline[-1] not in "。;,、:"
        if not short or not _BODY // 2 <= len(lead.text) <= _LEAD:
            return 0
        pairs += 1
        cut += lead.cut or _AGO.fullmatch(lead.text) is not None
        at += 2
    return len(rows) if pairs >= _LEADS and cut else 0


class Kin:
    """How akin a short line is to the paragraphs of its page; they are read when first asked."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.first_body = next((at for at, row in enumerate(rows) if is_body(row)), len(rows))

    @cached_property
    def _pairs(self) -> set[str]:
        """The pairs of neighbouring characters that the paragraphs are made of."""
        texts = (row.text for row in self._rows if is_body(row) and not row.bullet)
        return {text[at : at + 2] for text in texts for at in range(len(text) - 1)}

    def __call__(self, row: Row) -> float:
        """The share of a line's pairs of characters that stand in the paragraphs."""
        own = [row.text[at : at + 2] for at in range(len(row.text) - 1)]
        return sum(pair in self._pairs for pair in own) / max(1, len(own))


def is_prose(items: Sequence[Row]) -> bool:
    """Whether items are sentences, as those on a law that a column quotes, and no links."""
    closed = sum(item.text[-1] in "。;" and not item.cut for item in items)
    return 2 * closed > len(items)


def is_subhead(rows: Sequence[Row], at: int) -> bool:
    """Whether a line stands above a paragraph more than once (`the case`, `the judge's advice`)."""
    text = rows[at].text
    above = (row for row, below in pairwise(rows) if row.text == text and is_body(below))
    return len(text) <= HEAD and len(list(above)) > 1
