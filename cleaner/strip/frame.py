"""The frame of a page: menus, bars, link lists and foot lines around and between its paragraphs.

The idea is that of boilerplate removal by context (Pomikálek, 2011): a short line says little by
itself and is judged by the lines around it. Here the lines that speak for themselves are known
ones: words of menus, and whatever the rules of `strip.chrome` and `strip.boilerplate` match.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit, deletions
from cleaner.kernels.text import fold_text
from cleaner.rules import RuleBook, RuleEditor
from cleaner.strip.frame_items import Items, lines_of_items, vocabulary_of
from cleaner.strip.frame_kinds import Kind, Kinds, Page, page_of
from cleaner.strip.frame_runs import FEWEST, frame_lines

_SPLIT = re.compile(r"[\s|丨/>»›·•*,、:()\[\]]+")
_BAR = "丨"
"""The one separator that is a letter."""
_MARKS = "|丨-–—·•"
_BETWEEN = re.compile(r"[|丨]|\s[-–—·•]\s")
"""What parts the pieces of a bar: a bar, or a mark with blanks around it."""
_RIM = "| 　:："
"""What may stand around the heading of a feed."""
_ITEMS = "strip.frame.items"
_WIDE = 400
"""A line of several menu words may be this long."""
_BARS, _PIECE, _WORD_SIZE = 7, 6, 4
"""Bars in a line whose pieces are no longer than this make it the bar of a site; between blanks
pieces are words, and shorter."""
_COVERED = 0.4
"""Words of menus make up at least this share of a line of a menu."""


class _Said(NamedTuple):
    """What words of menus say of a line by themselves."""

    words: int  # of menus
    bar: bool  # three words of menus and nothing else: it needs no company
    known: bool  # hardly anything but words of menus


_WORD = _Said(1, False, True)
"""What is said of a line that is one word of menus."""


class Frame:
    """Takes the lines of the frame away, and keeps title, date, source, byline and editor.

    Beside the text (the paragraphs, and all that stands between them without known lines) a
    run of lines must hold three known ones. Above the text it goes from its first known line to
    its last, below the text from the first to the end of the page, between paragraphs only as
    far as known lines follow each other closely. Lines that follow each other go in one Edit.
    """

    name = "strip.frame"

    def __init__(self, book: RuleBook) -> None:
        (rule,) = book.of(self.name)
        self._rule = rule.id
        self._words = frozenset(map(fold_text, rule.words))
        self._vocabulary = vocabulary_of(self._words)
        self._headings = {fold_text(word) for word in rule.literals}
        self._plain = {word for word in self._words if _parts(word) == [word] and "。" not in word}
        self._ruled = RuleEditor(self.name, book, ["strip.chrome", "strip.boilerplate"])
        self._of_headings = book.mask([rule])

    def suspects(self, batch: Batch) -> Mask:
        if not len(batch):
            return np.zeros(0, np.bool_)
        items = self._items(batch)
        batch.memo[_ITEMS] = items.lines(batch, FEWEST)
        return items.per_document(batch) >= FEWEST

    def edits(self, view: View) -> Iterator[Edit]:
        page = page_of(view)
        menus = self._menus(view, page)
        if sum(line.words for line in menus.values()) < FEWEST:
            return
        found = {at for at, line in menus.items() if line.bar and page.size(at) <= _WIDE}
        kinds = self._kinds(view, page, menus)
        if kinds.count(Kind.KNOWN) >= FEWEST:
            found.update(frame_lines(page, kinds))
        lines = sorted(found)
        runs = page.runs(lines)
        starts = [page.starts[lines[first]] for first, _ in runs]
        ends = [min(page.ends[lines[last - 1]] + 1, len(view.text)) for _, last in runs]
        yield from deletions(starts, ends, self._rule)

    def _menus(self, view: View, page: Page) -> dict[int, _Said]:
        """What the words of menus say of the lines that hold enough of them."""
        held = view.of_lines(_ITEMS, self._with_items).tolist()
        plain, words = self._plain, self._words
        rows = zip(page.numbers, page.texts, strict=True)
        return {
            at: _WORD if text in plain else _read(text, words)
            for at, (number, text) in enumerate(rows)
            if held[number] and len(text) <= _WIDE
        }

    def _items(self, batch: Batch) -> Items:
        """The lines of a batch that hold items of words of menus."""
        # Half of it, since what stands inside of a word (`更多>>`) belongs to no item.
        return lines_of_items(batch, self._vocabulary, _COVERED / 2)

    def _with_items(self, batch: Batch) -> Mask:
        """Which lines of a batch may be those of menus: covered by their words, or a bar with a few
        of them."""
        return self._items(batch).lines(batch, FEWEST)

    def _kinds(self, view: View, page: Page, menus: Mapping[int, _Said]) -> Kinds:
        """What each line is, by itself and by the rules of frames."""
        kinds = [Kind.UNKNOWN] * len(page.texts)
        for at in page.prose:
            kinds[at] = Kind.PROSE
        known = {at for at, line in menus.items() if line.known}
        known.update(self._heading_lines(view, page))
        rest = [number for at, number in enumerate(page.numbers) if at not in known]
        known.update(page.places(self._ruled.taken(view, rest)))
        for at in known:
            kinds[at] = Kind.KNOWN
        return kinds

    def _heading_lines(self, view: View, page: Page) -> list[int]:
        """The lines that are headings of feeds: the literals of the rule."""
        starts = set(view.hit_columns(self._of_headings)[1].tolist())
        lines = {bisect_right(page.starts, start) - 1 for start in starts}
        return [at for at in lines if page.texts[at].strip(_RIM) in self._headings]


@lru_cache(maxsize=1 << 13)  # pages of a site have the same lines
def _read(text: str, words: frozenset[str]) -> _Said:
    """What words of menus say of a line of at most `_WIDE` characters, from its folded text."""
    parts = _parts(text)
    inside = [part for part in parts if part in words]
    alone = _alone(text, inside, words)
    bar = len(parts) >= FEWEST and (len(inside) == len(parts) or _is_bar(text, words))
    whole = text in words or len(alone) >= min(2, len(parts))
    return _Said(len(inside if bar else alone), bar, bar or (bool(alone) and whole))


def _alone(text: str, inside: Sequence[str], words: AbstractSet[str]) -> Sequence[str]:
    """The words of menus that stand by themselves in a line and cover enough of it; a line with a
    full stop is none of a menu."""
    if "。" in text:
        return []
    if text in words:
        inside = max([text], inside, key=lambda own: sum(map(len, own)))
    return inside if sum(map(len, inside)) >= _COVERED * len(text) else []


def _is_bar(text: str, words: AbstractSet[str]) -> bool:
    """Whether a line is many short pieces between bars, a third of them words of menus, or many
    words between blanks, half of them."""
    if _menu(text.split(), words, 2, _WORD_SIZE):
        return True
    if sum(map(text.count, _MARKS)) < _BARS:
        return False
    pieces = [piece for piece in map(str.strip, _BETWEEN.split(text)) if piece]
    return _menu(pieces, words, 3, _PIECE)


def _menu(pieces: Sequence[str], words: AbstractSet[str], share: int, longest: int) -> bool:
    """Whether pieces are many, one in `share` of them a word of menus, and none too long."""
    if len(pieces) <= _BARS or max(map(len, pieces)) > longest:
        return False
    return share * sum(piece in words for piece in pieces) >= len(pieces)


def _parts(text: str) -> list[str]:
    """The pieces of a line between separators."""
    if text.isalnum() and _BAR not in text:  # as most lines of menus
        return [text]
    return [part for part in _SPLIT.split(text) if part.strip("-–—")]
