"""The frame of a page: menus, bars, link lists and foot lines around and between its paragraphs.

The idea is that of boilerplate removal by context (Pomikálek, 2011): a short line says little by
itself and is judged by the lines around it. Here the lines that speak for themselves are known
ones: words of menus, and whatever the rules of `strip.chrome` and `strip.boilerplate` match.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import fold_text
from cleaner.rules import RuleBook, RuleEditor, line_deletion
from cleaner.strip.frame_items import lines_of_items, vocabulary_of
from cleaner.strip.frame_runs import FEWEST, Kind, Page, frame_lines, page_of

_SPLIT = regex.compile(r"[\s|丨/>»›·•,、:()\[\]]+")
_BAR = "丨"
"""The one separator that is a letter."""
_CUT = ("..", "…")
_COUNT = regex.compile(
    r"[\d\s:./\-年月日,+×x<>|()%]+|(?:\d+\s*)?(?:小时|分钟|天|昨天|刚刚|今天).{0,8}|https?://\S+|www\.\S+"
    r"|.{0,6}\d+\s*(?:跟贴|评论|浏览|阅读|回复|图|人参与|赞).{0,10}"
)
_COUNT_FIRST = frozenset("0123456789:./-年月日,+×x<>|()%小分天昨刚今hw")
_DIGIT = regex.compile(r"\d")
_FIRST_DIGIT = 7
"""How a line begins that may be a count, or within how many characters it has a digit."""

_RIM = "| 　:："
"""What may stand around the heading of a feed."""
_ITEMS = "strip.frame.items"
_SHORT = 24
_WIDE = 400
"""A line of several menu words may be this long."""
_PROSE = 30
_TEASER = 140
"""A line that ends in dots and is no longer than this is a teaser."""
_COVERED = 0.4
"""Words of menus make up at least this share of a line of a menu."""


class _Said(NamedTuple):
    """What words of menus say of a line by themselves."""

    words: int  # of menus
    bar: bool  # three words of menus and nothing else: it needs no company
    known: bool  # hardly anything but words of menus


class Frame:
    """Takes the lines of the frame away, and keeps title, date, source, byline and editor.

    Beside the text (the paragraphs, and all that stands between them without known lines) a
    run of lines must hold three known ones. Above the text it goes from its first known line to
    its last, below the text from the first to the end of the page, between paragraphs only as
    far as known lines follow each other closely.
    """

    name = "strip.frame"

    def __init__(self, book: RuleBook) -> None:
        (rule,) = book.of(self.name)
        self._rule = rule.id
        self._words = {fold_text(word) for word in rule.words}
        self._vocabulary = vocabulary_of(self._words)
        self._headings = {fold_text(word) for word in book.words("feed_headings")}
        # Pages of a site have the same lines.
        self._said = lru_cache(maxsize=1 << 13)(self._read)
        self._rules = [RuleEditor(n, book) for n in ("strip.chrome", "strip.boilerplate")]

    def suspects(self, batch: Batch) -> Mask:
        if not len(batch):
            return np.zeros(0, np.bool_)
        items = lines_of_items(batch, self._vocabulary)
        batch.memo[_ITEMS] = items.on_line(len(batch.line_ends))
        # Half of it, since what stands inside of a word (`更多>>`) belongs to no item.
        return items.per_document(batch, _COVERED / 2) >= FEWEST

    def edits(self, view: View) -> Iterator[Edit]:
        page = page_of(view)
        menus = self._menus(view, page)
        if sum(line.words for line in menus.values()) < FEWEST:
            return
        found = {at for at, line in menus.items() if line.bar and page.sizes[at] <= _WIDE}
        kinds = self._kinds(view, page, menus)
        if kinds.count(Kind.KNOWN) >= FEWEST:
            found.update(frame_lines(page, kinds))
        starts, ends = view.line_starts.tolist(), view.line_ends.tolist()
        for number in (page.numbers[at] for at in sorted(found)):
            yield line_deletion(view, Line(starts[number], ends[number]), self._rule)

    def _menus(self, view: View, page: Page) -> dict[int, _Said]:
        """What the words of menus say of the lines that hold any."""
        held = view.of_lines(_ITEMS, self._with_items)[page.numbers]
        return {
            at: self._said(page.texts[at])
            for at in np.flatnonzero(held).tolist()
            if len(page.texts[at]) <= _WIDE
        }

    def _with_items(self, batch: Batch) -> Mask:
        """Which lines of a batch hold an item of a word of menus."""
        return lines_of_items(batch, self._vocabulary).on_line(len(batch.line_ends))

    def _kinds(self, view: View, page: Page, menus: Mapping[int, _Said]) -> list[Kind]:
        """What each line is, by itself and by what the page has besides."""
        known = {at for at, line in menus.items() if line.known}
        known |= {at for at, text in enumerate(page.texts) if text.strip(_RIM) in self._headings}
        starts = view.line_starts[page.numbers].tolist()
        ruled = {edit.start for rules in self._rules for edit in rules.edits(view) if not edit.new}
        known |= {at for at, start in enumerate(starts) if start in ruled}
        often = Counter(text for text in page.texts if len(text) <= _SHORT)
        return [
            Kind.KNOWN if at in known else _kind(text, often[text] >= FEWEST)
            for at, text in enumerate(page.texts)
        ]

    def _read(self, text: str) -> _Said:
        """What words of menus say of a line of at most `_WIDE` characters, from its folded text."""
        parts = _parts(text)
        words = self._menu_words(text, parts)
        bar = len(parts) >= FEWEST and all(part in self._words for part in parts)
        alone = text in self._words or len(words) >= min(2, len(parts))
        return _Said(len(words), bar, bool(words) and alone)

    def _menu_words(self, text: str, parts: Sequence[str]) -> list[str]:
        """The words of menus that stand by themselves in a line and cover enough of it; a line
        with a full stop is none of a menu."""
        if "。" in text:
            return []
        inside = [part for part in parts if part in self._words]
        if text in self._words:
            inside = max([text], inside, key=lambda words: sum(map(len, words)))
        return inside if sum(map(len, inside)) >= _COVERED * len(text) else []


def _parts(text: str) -> list[str]:
    """The pieces of a line between separators."""
    if text.isalnum() and _BAR not in text:  # as most lines of menus
        return [text]
    return [part for part in _SPLIT.split(text) if part]


def _kind(text: str, often: bool) -> Kind:
    """What a line without words of menus is; `often` says that the page repeats it."""
    if _is_prose(text):
        return Kind.PROSE
    return Kind.WEAK if often or _is_count(text) else Kind.UNKNOWN


def _is_count(text: str) -> bool:
    may_be = text[0] in _COUNT_FIRST or _DIGIT.search(text, 0, _FIRST_DIGIT) is not None
    return may_be and _COUNT.fullmatch(text) is not None


def _is_prose(text: str) -> bool:
    if len(text) < _PROSE // 2:
        return False
    if text.endswith(_CUT) and len(text) <= _TEASER:
        return False
    if text.endswith("。"):
        return len(text) >= _PROSE // 2
    return len(text) >= _PROSE and (("," in text and len(text) >= 2 * _PROSE) or "。" in text)
