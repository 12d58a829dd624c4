"""What closes a page: headlines with their dates, or rows cut off, without a heading above them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

from cleaner.strip.feed_rows import Row
from cleaner.structure import Label, closes_signed, label_of

FEWEST = 3
"""Fewer items are no list."""
DATE = (
    r"[\[(]?(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?[\])]?"
)
ONLY_DATE = regex.compile(rf"{DATE}|{DATE}\s*\S{{0,10}}")
HEADLINES = 4
"""So many headlines below the signature of a report are links to others."""
LEAST, MOST = 7, 45
"""A headline has so many characters."""
NO_HEADLINE = "。;,、:"
"""What closes no headline."""
_HEADLINE = regex.compile(rf"(?=.*\p{{Han}}{{4}})[^。;]{{{LEAST - 1},{MOST - 1}}}[^{NO_HEADLINE}]")
_CREDIT = regex.compile(
    r".{0,8}(?:摄影?|摄像|编辑|监制|制片人?|制作|剪辑|策划|统筹|设计|校对|审核|来源|记者|文字|数据)\s*[:|丨/].*"
    r"|.*(?:出品|制作|摄|电|讯)[)）]?|[(（【\[].*[)）】\]]|附.{0,4}[:：].*"
)
"""What stands below a report as well: who made it, when, and where it comes from."""
_GLUED = regex.compile(r"(?:19|20)\d\d-\d\d-\d\d(?=\p{L})")
"""A date right before the next item: the break between them is lost."""


def closes(rows: Sequence[Row], first: int, end: int) -> bool:
    """Whether rows cut off close the page, a date at most behind them: six of them, or half as
    many where dates stand right before them."""
    behind = rows[end:]
    if len(behind) > 1 or any(not ONLY_DATE.fullmatch(row.text) for row in behind):
        return False
    glued = sum(_GLUED.match(row.text) is not None for row in rows[first:end])
    return end - first >= (FEWEST if glued > 1 else 2 * FEWEST)


def below_signed(rows: Sequence[Row], first: int, kin: Callable[[Row], float]) -> int:
    """Where the headlines below the signature, the editor or the source of a report begin, if
    the page has nothing else from `first` to its end; else the number of rows."""
    none = len(rows)
    if none - first < HEADLINES or not first:
        return none
    above = rows[first - 1].text
    ended = label_of(above) is Label.EDITOR or closes_signed(above)
    if not ended and label_of(rows[first].text) is Label.SOURCE:
        ended, first = True, first + 1
    items = rows[first:]
    if not ended or len(items) < HEADLINES or not all(map(_is_headline, items)):
        return none
    return first if sum(map(kin, items)) < len(items) / 2 else none


def _is_headline(row: Row) -> bool:
    headline = _HEADLINE.fullmatch(row.text) and not row.cut
    return bool(headline) and not _CREDIT.fullmatch(row.text)


class Closing(NamedTuple):
    """The teasers at the end of a page: the first of them, and those that are dates."""

    first: int
    dates: Sequence[int]

    @classmethod
    def of(cls, rows: Sequence[Row], first: int) -> Closing:
        dates = range(first, len(rows))
        return cls(first, [at for at in dates if ONLY_DATE.fullmatch(rows[at].text)])

    def may_begin(self, at: int) -> bool:
        """False where `dated` is."""
        return at >= self.first and len(self.dates) >= FEWEST

    def dated(self, first: int, end: int) -> bool:
        """Whether headlines and dates, or headlines, leads and dates, take turns from `first` to
        `end`, that of the page."""
        if first < self.first:
            return False
        at = bisect_left(self.dates, first)
        count = len(self.dates) - at
        leads = all(later - date == 3 for date, later in pairwise(self.dates[at:]))
        near = count >= FEWEST and self.dates[at] <= first + (2 if leads else 1)
        return near and 3 * count >= end - first
