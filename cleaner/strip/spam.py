"""Spam headers and tails: rows of search words of porn, gambling, loans, clinics and VPN sellers
that hijacked sites carry above, below and on the very line of sound text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.rules import RuleBook, line_around, line_deletion
from cleaner.strip.spam_items import Family, Item, Kind, rows_of, stretches_of, weight_of
from cleaner.strip.spans import Span, any_of, hits_per_line

_WORD = regex.compile(r"[\p{L}\p{N}]")
_ITEM = regex.compile(r"(?:[^_,|丨/、+\s\-?~。;])+")
_HARD = regex.compile(r"[_|丨]|\si\s|\w-\w")
"""Separators that headlines and sentences have no use for."""
_OPENING = "【「《[("
_LONE = regex.compile(r"[\s?？]*[?？][\s?？]*")

_FILLED = 0.5
"""An item of which fillers cover this share belongs to the items beside it."""
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
_OF_A_ROW = 0.6
"""That the items of a row are so evenly parted is evidence: less coverage will do."""
_ANY_LENGTH = 1 << 40
_PLAIN_SPAM = 1.2
"""What a stretch of everyday words on a line of sentences must weigh."""
_FRESH = 2
"""A word that begins within another counts if so many of its characters lie beyond."""
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
            Family(rule, book.numbers([rule]), rule.options["least"], rule.options["share"])
            for rule in book.of(self.name)
        )
        self._weights = np.zeros(len(book.literals), np.int64)
        self._longest = np.zeros(len(book.literals), np.int64)
        for family in self._families:
            weight = _UNIT // family.least
            np.maximum.at(self._weights, family.literals, weight)
            longest = family.rule.longest or _ANY_LENGTH
            np.maximum.at(self._longest, family.literals, longest)
        self._family_of = {
            literal: family for family in self._families for literal in family.literals.tolist()
        }
        self._common = any_of(book.words("spam_common"))
        self._vetoes = any_of(book.words("spam_vetoes"))

    def suspects(self, batch: Batch) -> Mask:
        lines, weights = hits_per_line(batch, self._weights, self._longest)
        found = np.zeros(len(batch), np.bool_)
        found[batch.line_docs[lines[weights >= _UNIT]]] = True
        return found

    def edits(self, view: View) -> Iterator[Edit]:
        by_line: dict[Line, dict[Span, Family]] = defaultdict(dict)
        line = Line(0, -1)
        for span, family in self._words(view).items():  # in order
            if span.start > line.end:
                line = line_around(view, span.start)
            by_line[line][span] = family
        for line, words in by_line.items():
            edit = self._on_line(view, line, words)
            if edit is not None:
                yield edit
                yield from _lone_below(view, line)

    def _words(self, view: View) -> dict[Span, Family]:
        """The words of all families: where several overlap, the longest with its family."""
        found = {
            Span(hit.start, hit.end): self._family_of[hit.literal]
            for hit in view.hits_among(self._weights > 0)
        }
        words: dict[Span, Family] = {}
        end = 0
        for span in sorted(found, key=lambda span: (span.start, -span.end)):
            start = max(span.start, end)
            if span.end - start >= _FRESH:
                words[Span(start, span.end)] = found[span]
                end = span.end
        return words

    def _on_line(self, view: View, line: Line, words: dict[Span, Family]) -> Edit | None:
        words = {
            span: family
            for span, family in words.items()
            if min(span.start - line.start, line.end - span.start)
            <= (family.rule.longest or _ANY_LENGTH)
        }
        weight = weight_of((view.folded[s.start : s.end], family) for s, family in words.items())
        if weight < 1 or _plainly_stated(view, line, words.values(), weight):
            return None
        items = self._items(view, line, words)
        spam = sum(item.kind is Kind.SPAM for item in items)
        candidates = [(row, True) for row in rows_of(view.folded, items)]
        candidates += [(stretch, False) for stretch in stretches_of(items)]
        if len(items) >= _ENDLESS and spam >= _DENSE * len(items):
            candidates.insert(0, (items, True))
        for stretch, in_a_row in candidates:
            edit = self._judge(view, line, stretch, in_a_row)
            if edit is not None:
                return edit
        return None

    def _items(self, view: View, line: Line, words: dict[Span, Family]) -> list[Item]:
        folded = view.folded
        spans = list(words)  # in order, disjoint
        fillers = [m.span() for m in self._common.finditer(folded, line.start, line.end)]
        filled_before = _covered_before(line, [*spans, *fillers])
        items = []
        at = 0
        for match in _ITEM.finditer(folded, line.start, line.end):
            start, end = match.span()
            first = at
            while at < len(spans) and spans[at].start < end:
                at += 1
            if end - start == 1 and folded[start] == "i":
                continue  # a spaced capital I is a separator
            filled = filled_before[end - line.start] - filled_before[start - line.start]
            if at > first:
                ours = spans[first:at]
                families = tuple([words[span] for span in ours])
                texts = tuple([folded[span.start : span.end] for span in ours])
                items.append(Item(start, end, Kind.SPAM, families, texts, filled))
            else:
                common = filled >= _FILLED * _letters(view, start, end)
                items.append(
                    Item(start, end, Kind.FILLER if common else Kind.PLAIN, (), (), filled)
                )
        return items

    def _judge(self, view: View, line: Line, items: Sequence[Item], in_a_row: bool) -> Edit | None:
        """The edit for one stretch of items, if it is spam."""
        families = [family for item in items for family in item.families]
        weight = weight_of(
            pair for item in items for pair in zip(item.words, item.families, strict=True)
        )
        letters = sum(_letters(view, item.start, item.end) for item in items)
        share = sum(item.filled for item in items) / max(1, letters)
        asked = (_OF_A_ROW if in_a_row else 1) * min(family.share for family in set(families))
        if weight < 1 or share < asked or self._is_vetoed(view, line, items, in_a_row, weight):
            return None
        rule = Counter(families).most_common(1)[0][0].rule.id
        return _cut(view, line, items, rule, in_a_row=in_a_row, sure=weight >= _BESIDE)

    def _is_vetoed(
        self, view: View, line: Line, items: Sequence[Item], in_a_row: bool, weight: float
    ) -> bool:
        """Whether the words around a stretch say that it is a report or an offer in sentences.

        Loans, clinics and VPNs are everyday matters: a line of theirs that states something is
        sound, unless its items are parted as no sentence is.
        """
        start, end = items[0].start, items[-1].end
        hard = in_a_row and _HARD.search(view.folded, start, end) is not None
        families = [family for item in items for family in item.families]
        everyday = all(family.rule.longest for family in set(families))
        stated = not hard and "。" in view.folded[line.start : line.end]
        if everyday and stated and weight < _PLAIN_SPAM:
            return True
        reach = 0 if hard else _AROUND
        around = view.folded[max(line.start, start - reach) : min(line.end, end + reach)]
        return 3 * len(self._vetoes.findall(around)) > len(families)


def _cut(
    view: View, line: Line, items: Sequence[Item], rule: str, *, in_a_row: bool, sure: bool
) -> Edit | None:
    """Spam goes with its whole line, or from the end of the line that it stands at. A row has
    its innocent items within it: what lies outside is text."""
    folded = view.folded
    start, end = items[0].start, items[-1].end
    above, below = _letters(view, line.start, start), _letters(view, end, line.end)
    inside = _letters(view, start, end)
    few = above + below < (2 if in_a_row else _LEFT_OVER)
    if few or (not in_a_row and above + below <= _INNOCENT * (above + below + inside)):
        return None if "。" in folded[line.start : line.end] else line_deletion(view, line, rule)
    if len(items) < 2 or not (sure or in_a_row):
        return None
    if above < _LEFT_OVER:
        return Edit(line.start, _past_separator(folded, end, line.end), "", rule, 0.9)
    if below < _LEFT_OVER and "。" not in folded[end : line.end]:
        return Edit(_before_separator(folded, start, line.start), line.end, "", rule, 0.9)
    return None


def _plainly_stated(view: View, line: Line, families: Iterable[Family], weight: float) -> bool:
    """True for sentences about everyday matters without a separator of rows: no stretch of such
    a line would be taken, so it need not be cut into items."""
    return (
        weight < _PLAIN_SPAM
        and all(family.rule.longest for family in set(families))
        and view.folded.find("。", line.start, line.end) >= 0
        and _HARD.search(view.folded, line.start, line.end) is None
    )


def _covered_before(line: Line, spans: Sequence[tuple[int, int]]) -> list[int]:
    """How many characters of a line before each place any of these spans covers."""
    size = line.end - line.start
    depth = np.zeros(size + 1, np.int64)
    for edge, step in ((0, 1), (1, -1)):
        np.add.at(depth, [min(span[edge] - line.start, size) for span in spans], step)
    before: list[int] = np.append(0, np.cumsum(np.cumsum(depth[:-1]) > 0)).tolist()
    return before


def _letters(view: View, start: int, end: int) -> int:
    """How many letters and digits stand in [start, end)."""
    if "letters" not in view.memo:
        known, places = np.unique(view.folded_codes, return_inverse=True)
        wordy = np.array([_WORD.match(chr(code)) is not None for code in known.tolist()], np.int64)
        view.memo["letters"] = np.append(0, np.cumsum(wordy[places])).tolist()
    before: list[int] = view.memo["letters"]
    return before[end] - before[start]


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
