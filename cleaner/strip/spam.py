"""Spam headers and tails: rows of search words of porn, gambling, loans, clinics and VPN sellers
that hijacked sites carry above, below and on the very line of sound text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Line, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Codes, fold_text, table_of
from cleaner.rules import RuleBook, line_around, line_deletion
from cleaner.strip.spam_items import (
    Items,
    Stretch,
    items_of,
    letters_before,
    rows_of,
    stretches_of,
    with_fillers,
)
from cleaner.strip.spam_words import Family, Floats, Vocabulary, Words, words_of
from cleaner.strip.spans import Span, any_of, hits_per_line

_WORD = regex.compile(r"[\p{L}\p{N}]")
_BARS = "_|丨"
_HARD = regex.compile(r"(?<=\s)i(?=\s)"), regex.compile(r"(?<=\w)-(?=\w)")
"""Separators that headlines and sentences have no use for."""
_OPENING = "【「《[("
_LONE = regex.compile(r"[\s?？]*[?？][\s?？]*")

_LEFT_OVER = 6
"""Fewer letters than this beside the spam of a line are no text of their own."""
_AROUND = 40
"""Words of news about vice speak for a line from so far."""
_INNOCENT = 0.15
"""A line of which no more than this lies outside of the spam goes as a whole."""
_BESIDE = 2.0
"""Beside sound text, spam that is no row must hold so many times the least number of words."""
_ENDLESS, _DENSE = 30, 0.25
"""In a line of so many items, this share of spam items is enough for all of it."""
_STATED = 100
"""A full stop for so many items makes a line a text, which stays whole."""
_OF_A_ROW = 0.6
"""That the items of a row are so evenly parted is evidence: less coverage will do."""
_ANY_LENGTH = 1 << 40
_LONG = 1000
"""Of so many characters arrays tell sooner what may be found than a pattern finds it."""
_PLAIN_SPAM = 1.2
"""What a stretch of everyday words on a line of sentences must weigh."""
_UNIT = 840
"""What a condemned line weighs; a multiple of every small `least`, so that shares are whole."""


class Spam:
    """Takes spam lines away, and spam that shares its line with sound text.

    A line is cut into items; items with spam words that follow each other make a stretch. It is
    judged by how many words of a family it holds (nested ones count once), by the share of its
    letters that these and common fillers cover, and by the words of news about vice on the line.
    """

    name = "strip.spam"

    def __init__(self, book: RuleBook) -> None:
        self._families = tuple(
            Family(rule, book.numbers([rule]), int(rule.option("least")), rule.option("share"))
            for rule in book.of(self.name)
        )
        self._weights = np.zeros(len(book.literals), np.int64)
        self._longest = np.zeros(len(book.literals), np.int64)
        for family in self._families:
            weight = _UNIT // family.least
            np.maximum.at(self._weights, family.literals, weight)
            longest = family.rule.longest or _ANY_LENGTH
            np.maximum.at(self._longest, family.literals, longest)
        self._vocabulary = Vocabulary(book.literals, self._families)
        self._reach = np.array([family.rule.longest or _ANY_LENGTH for family in self._families])
        self._common = any_of(book.words("spam_common"))
        self._vetoes = any_of(book.words("spam_vetoes"))
        words = [fold_text(word) for word in book.words("spam_vetoes")]
        first, second = ("".join(word[at : at + 1] for word in words) for at in (0, 1))
        self._opens = table_of(first)
        self._follows = table_of(second) | any(len(word) < 2 for word in words)

    def suspects(self, batch: Batch) -> Mask:
        lines, weights = hits_per_line(batch, self._weights, self._longest)
        return batch.with_line(lines[weights >= _UNIT])

    def edits(self, view: View) -> Iterator[Edit]:
        words = self._words(view)
        weights = words.weights(len(view.line_ends))
        numbers = np.flatnonzero(weights >= 1)
        places = (column[numbers].tolist() for column in (view.line_starts, view.line_ends))
        heavy = [
            line
            for at, line in zip(numbers.tolist(), map(Line, *places), strict=True)
            if not self._plainly_stated(view, line, words, weights, at)
        ]
        if not heavy:
            return
        edits = self._on_lines(view, items_of(view, words), words, heavy)
        for line in heavy:
            edit = edits[line]
            if edit is not None:
                yield edit
                yield from _lone_below(view, line)

    def _on_lines(
        self, view: View, items: Items, words: Words, lines: Sequence[Line]
    ) -> dict[Line, Edit | None]:
        """The edit of each of some lines. Of an endless row its words alone, without any filler,
        mostly say that it is spam."""
        whole = dict(zip(lines, items.on_lines(lines), strict=True))
        endless = [line for line in lines if _is_endless(items, whole[line])]
        rest = [line for line in lines if line not in endless]
        items = with_fillers(items, view, words, self._fillers(view, rest))
        edits = {line: self._judge(view, line, items, whole[line], True) for line in endless}
        unsure = [line for line in endless if edits[line] is None]
        if unsure:
            items = with_fillers(items, view, words, self._fillers(view, rest + unsure))
        for line in rest + unsure:
            edits[line] = self._on_line(view, line, items.within(whole[line]))
        return edits

    def _words(self, view: View) -> Words:
        """The words of the page that are near enough to an end of their line."""
        starts, ends = view.line_starts, view.line_ends
        hits = np.stack(view.hit_columns(self._weights > 0))
        words = words_of(hits, self._vocabulary, view.folded, ends)
        near = np.minimum(words.start - starts[words.line], ends[words.line] - words.start)
        return words.at(near <= self._reach[words.family])

    def _plainly_stated(
        self, view: View, line: Line, words: Words, weights: Floats, at: int
    ) -> bool:
        """True for sentences about everyday matters without a separator of rows: no stretch of
        such a line would be taken, so it need not be cut into items."""
        return (
            weights[at] < _PLAIN_SPAM
            and self._everyday(words.family[words.line == at].tolist())
            and _states(view.folded, line.start, line.end)
            and not _is_hard(view.folded, Span(line.start, line.end))
        )

    def _everyday(self, families: Iterable[int]) -> bool:
        return all(self._families[kind].rule.longest for kind in set(families))

    def _fillers(self, view: View, lines: Sequence[Line]) -> Ints:
        """The fillers of some lines: the rows start and end, shape (2, k)."""
        folded, found = view.folded, self._common.finditer
        spans = [match.span() for line in lines for match in found(folded, *line)]
        return np.array(spans, np.int64).reshape(-1, 2).T

    def _on_line(self, view: View, line: Line, items: Items) -> Edit | None:
        for stretch, in_a_row in _candidates(view.folded, items):
            edit = self._judge(view, line, items, stretch, in_a_row)
            if edit is not None:
                return edit
        return None

    def _judge(
        self, view: View, line: Line, items: Items, stretch: Stretch, in_a_row: bool
    ) -> Edit | None:
        """The edit for one stretch of items, if it is spam."""
        span = items.span(stretch)
        beside = _beside(view, line, span, in_a_row)
        if beside.within:
            return None
        first, last = items.words_of(stretch)
        families = items.words.family[first:last]
        counts = np.bincount(families)
        kinds = counts.nonzero()[0].tolist()
        asked = (_OF_A_ROW if in_a_row else 1) * min(self._families[kind].share for kind in kinds)
        if items.share(stretch) < asked:
            return None
        weight = items.words.weight(first, last)
        if weight < 1 or self._is_vetoed(view, line, span, families, in_a_row, weight):
            return None
        rule = self._families[int(families[counts.take(families).argmax()])].rule.id
        size = stretch[1] - stretch[0]
        if beside.few:
            stops = view.folded.count("。", line.start, line.end)
            stated = _STATED * stops > size and _states(view.folded, line.start, line.end)
            return None if stated else line_deletion(view, line, rule)
        if size >= 2 and (in_a_row or weight >= _BESIDE):
            return _cut(view.folded, line, span, rule, beside)
        return None

    def _is_vetoed(
        self,
        view: View,
        line: Line,
        span: Span,
        families: Ints,
        in_a_row: bool,
        weight: float,
    ) -> bool:
        """Whether the words around a stretch say that it is a report or an offer in sentences.

        Loans, clinics and VPNs are everyday matters: a line of theirs that states something is
        sound, unless its items are parted as no sentence is.
        """
        folded = view.folded
        hard = in_a_row and _is_hard(folded, span)
        stated = not hard and _states(folded, line.start, line.end)
        if stated and weight < _PLAIN_SPAM and self._everyday(families.tolist()):
            return True
        reach = 0 if hard else _AROUND
        first, last = max(line.start, span.start - reach), min(line.end, span.end + reach)
        long = last - first >= _LONG
        if long and 3 * self._most_vetoes(view.folded_codes[first:last]) <= len(families):
            return False
        return 3 * len(self._vetoes.findall(folded, first, last)) > len(families)

    def _most_vetoes(self, folded: Codes) -> int:
        """How many words of news about vice a text may hold at the most."""
        at = np.flatnonzero(self._opens.take(folded[:-1]))
        return int(np.count_nonzero(self._follows.take(folded.take(at + 1))))


def _candidates(folded: str, items: Items) -> Iterator[tuple[Stretch, bool]]:
    """What of a line may be spam, the likeliest first; and whether it is a row."""
    whole = (0, len(items.kind))
    if _is_endless(items, whole):
        yield whole, True
    for row in rows_of(folded, items):
        yield row, True
    for stretch in stretches_of(items):
        yield stretch, False


def _is_hard(folded: str, span: Span) -> bool:
    """Whether a range holds a separator that headlines and sentences have no use for."""
    return any(folded.find(bar, span.start, span.end) >= 0 for bar in _BARS) or any(
        hard.search(folded, span.start + 1, span.end) for hard in _HARD
    )


def _states(folded: str, start: int, end: int) -> bool:
    """Whether a range holds a full stop; one before a comma only parts the items of a row."""
    at = folded.find("。", start, end)
    while at >= 0 and folded.startswith(",", at + 1):
        at = folded.find("。", at + 1, end)
    return at >= 0


def _is_endless(items: Items, line: Stretch) -> bool:
    size = line[1] - line[0]
    return size >= _ENDLESS and items.spam(line) >= _DENSE * size


class _Beside(NamedTuple):
    """What stands on a line beside a stretch of it: letters and digits above and below, and
    whether these are so few that the line is nothing but the stretch."""

    above: int
    below: int
    few: bool

    @property
    def within(self) -> bool:
        """Text stands on both sides: no part of the line could go."""
        return not self.few and self.above >= _LEFT_OVER and self.below >= _LEFT_OVER


def _beside(view: View, line: Line, span: Span, in_a_row: bool) -> _Beside:
    """A row has its innocent items within it: what lies outside is text."""
    edges = [line.start, span.start, span.end, line.end]
    first, start, end, last = letters_before(view).take(edges).tolist()
    outside = start - first + last - end
    few = outside < (2 if in_a_row else _LEFT_OVER)
    few = few or (not in_a_row and outside <= _INNOCENT * (last - first))
    return _Beside(start - first, last - end, few)


def _cut(folded: str, line: Line, span: Span, rule: str, beside: _Beside) -> Edit | None:
    """The edit for spam that goes from the end of the line that it stands at, beside text."""
    start, end = span
    if beside.above < _LEFT_OVER:
        return Edit(line.start, _past_separator(folded, end, line.end), "", rule, 0.9)
    if beside.below < _LEFT_OVER and not _states(folded, end, line.end):
        return Edit(_before_separator(folded, start, line.start), line.end, "", rule, 0.9)
    return None


def _lone_below(view: View, line: Line) -> Iterator[Edit]:
    """A lone question mark on the first line below that is not blank: what is left of an
    ornament of the header."""
    while line.end < len(view.text):
        line = line_around(view, line.end + 1)
        text = view.text[line.start : line.end]
        if text.strip():
            if _LONE.fullmatch(text):
                yield line_deletion(view, line, "strip.spam.lone")
            return


def _past_separator(folded: str, at: int, end: int) -> int:
    """The first place from `at` on where text begins."""
    while at < end and not _WORD.match(folded[at]) and folded[at] not in _OPENING + "\"'":
        at += 1
    return at


def _before_separator(folded: str, at: int, start: int) -> int:
    """The last place before `at` where text ends, its closing mark included."""
    while at > start and folded[at - 1] in " _,|丨/、+-?~\t":
        at -= 1
    return at
