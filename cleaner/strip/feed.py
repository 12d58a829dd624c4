"""Marked feed lists: teasers under a heading, behind bullets, or cut off one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterator, Sequence

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.rules import RuleBook, line_deletion, lines_with_literal
from cleaner.strip.feed_ends import (
    DATE,
    FEWEST,
    ONLY_DATE,
    Closing,
    below_signed,
    closes,
)
from cleaner.strip.feed_rows import (
    HEAD,
    MARKS,
    Kin,
    Row,
    is_body,
    is_prose,
    is_subhead,
    is_told,
    leads_end,
)
from cleaner.strip.feed_screen import CLOSING, WIDE, may_hold
from cleaner.strip.spans import any_of
from cleaner.structure import Label, label_of

_EDGE = r"[^\p{L}\p{N}]*"
_DASHES = "—–"
"""A long dash opens paragraphs of speeches too: no bullet without a heading."""
_NUMBER = regex.compile(r"[\[(【]?(\d{1,2})[\])】.、:/\s]\s*(?=\S)")
_DATED = regex.compile(rf".*[^\d\s]\s*{DATE}|[\[(]{DATE}.*|(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\s.*")
_COUNTED = regex.compile(
    r".*\S\s*\(?\d[\d,.]*\s*[万亿wk]?\s*(?:阅读|评论|浏览|人气|点击|次|赞|跟贴|热度)\)?"
)
_IMAGE = regex.compile(r"https?://\S+\.(?:jpe?g|png|gif|webp|bmp)\S*")
_STATED = "。;；，,：:"
"""What closes a sentence or a clause, but no headline."""
_CLOSED = regex.compile(rf".*[{CLOSING}]")

_TEASER = 60
_SHORT = 12
_REPORT = 100
"""One paragraph of so many characters above a list is a report."""
_EVEN = 3
"""Teasers cut at one width differ by no more than this."""
_TICKER = "快讯"
"""Papers of Taiwan have it above the headlines of the hour, and below these the title."""
_KIN, _KIN_OF_TITLE = 0.5, 0.3
"""A short line of which this share of character pairs stands in the paragraphs is a subhead of
theirs, and no teaser; above the text, within the first lines of a page, less makes it the title."""


class Feeds:
    """Takes marked feed lists away, heading and all.

    A feed has the heading of one, or bullets on items most of which are cut off, or three
    lines in dots one after the other. It goes only from a page that has paragraphs beside it:
    where the list is all there is, the page is a digest. Measures, awards and attendees stay,
    since their items are whole and no heading calls them links.
    """

    name = "strip.feed"

    def __init__(self, book: RuleBook) -> None:
        rules = {rule.id.rpartition(".")[2]: rule for rule in book.of(self.name)}
        heading = rules["heading"]
        self._limits = np.zeros(len(book.literals), np.int64)
        self._limits[book.numbers([heading])] = heading.longest
        words = any_of(heading.literals).pattern
        more = r"(?:更多|more|换一换|\s|>|»|[|丨]|排行榜?|:)*(?:\s[a-z]{4,12}){0,2}"
        self._heading = regex.compile(rf"{_EDGE}(?:更多[\s>»]+)?{words}{more}{_EDGE}")
        self._named = heading.pattern
        self._longest = heading.longest

    def suspects(self, batch: Batch) -> Mask:
        return lines_with_literal(batch, self._limits) | may_hold(batch)

    def edits(self, view: View) -> Iterator[Edit]:
        texts = map(str.strip, view.folded_lines)
        rows = [Row(number, text) for number, text in enumerate(texts) if text]
        feeds = self._feeds(rows, self._named_lines(view))
        taken = {at: rule for first, last, rule in feeds for at in range(first, last)}
        if taken and _has_body(rows, taken):
            for at in sorted(taken):
                yield line_deletion(view, view.lines[rows[at].number], taken[at])

    def _named_lines(self, view: View) -> set[int]:
        """The numbers of the lines that hold a word of headings."""
        starts = view.hit_columns(self._limits > 0)[1]
        return set(np.searchsorted(view.line_ends, starts).tolist())

    def _feeds(self, rows: Sequence[Row], named: Container[int]) -> Iterator[tuple[int, int, str]]:
        """(first, last, rule) of every feed. A run that is none is passed over whole, and most
        rows can begin none."""
        kin, closing = Kin(rows), Closing.of(rows, _first_of_the_last(rows))
        below = below_signed(rows, closing.first, kin)
        teasers = closing.first if closing.may_begin(closing.first) else len(rows)
        end = 0
        for at, row in enumerate(rows):
            if at < end:
                continue
            if at == below:
                found, end, rule = True, len(rows), "strip.feed.below"
            elif row.number in named and self._is_heading(row):
                found, end = self._headed(rows, at, kin)
                rule = "strip.feed.heading"
            elif row.text[0] in MARKS or (row.text[-1] in ".…" and row.cut) or at >= teasers:
                found, end = _unheaded(rows, at, closing)
                rule = "strip.feed.cut"
            else:
                continue
            if found:
                yield at, end, rule

    def _is_heading(self, row: Row) -> bool:
        if len(row.text) > self._longest:
            return False
        named = self._named is not None and self._named.fullmatch(row.text) is not None
        return named or self._heading.fullmatch(row.text) is not None

    def _headed(self, rows: Sequence[Row], at: int, kin: Kin) -> tuple[bool, int]:
        """Whether a list stands under the heading at `at`, and where it ends."""
        first = at + 1
        while first < len(rows) and self._is_heading(rows[first]):
            first += 1
        if first == len(rows) or label_of(rows[first].text) is Label.EDITOR:
            return True, first
        if end := _same_marks(rows, first):
            return not is_prose(rows[first:end]), end
        end = leads_end(rows, first)
        return (True, end) if end else _plain(rows, first, kin)


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


def _plain(rows: Sequence[Row], first: int, kin: Kin) -> tuple[bool, int]:
    """Whether teasers without bullets stand at `first`, and where they end."""
    run = _teasers(rows, first)
    if is_subhead(rows, run - 1):
        return False, run
    least = _KIN_OF_TITLE if run <= min(HEAD, kin.first_body) else _KIN
    end = run
    if rows[0].text == _TICKER and first == 1 and run == kin.first_body:
        end -= 1  # the title
    while first < end < len(rows) and not rows[end - 1].cut and kin(rows[end - 1]) >= least:
        end -= 1  # the title or subhead of what follows
    end = _marked_end(rows, first, end)
    items = rows[first:end]
    whole = end == len(rows) or all(item.cut and len(item.text) >= WIDE for item in items)
    if len(items) < (1 if whole else FEWEST):
        return False, run
    akin = sum(kin(item) for item in items if not item.cut)
    return akin < _KIN * len(items), end


def _teasers(rows: Sequence[Row], first: int) -> int:
    """The end of a run of lines that can be teasers, evenly spaced."""
    end, gap = first, 1
    while end < len(rows) and _is_teaser(rows[end]):
        space = rows[end].number - rows[end - 1].number
        if end > first + 1 and space > gap:
            break
        gap = max(gap, space)
        end += 1
    return end


def _marked_end(rows: Sequence[Row], first: int, end: int) -> int:
    """The end of a list of which most items carry a date or a count: with the last that does."""
    marked = [
        at
        for at in range(first, end)
        if _DATED.fullmatch(rows[at].text) or _COUNTED.fullmatch(rows[at].text)
    ]
    return marked[-1] + 1 if len(marked) >= FEWEST and 2 * len(marked) >= end - first else end


def _first_of_the_last(rows: Sequence[Row]) -> int:
    """Where the teasers at the end of a page begin."""
    first = len(rows)
    while first and _is_teaser(rows[first - 1]):
        first -= 1
    return first


def _is_teaser(row: Row) -> bool:
    if row.cut or ONLY_DATE.fullmatch(row.text) or _IMAGE.fullmatch(row.text):
        return True
    if row.text.startswith(("http://", "https://", "www.")):
        return False  # what a report refers to
    if len(row.text) > _TEASER or label_of(row.text) in (Label.EDITOR, Label.BYLINE):
        return False
    if "编辑:" in row.text or "。" in row.text[:-1]:
        return False
    return row.text[-1] not in _STATED or bool(_DATED.fullmatch(row.text))


def _unheaded(rows: Sequence[Row], first: int, closing: Closing) -> tuple[bool, int]:
    """Whether a list without a heading whose items are cut off stands at `first`, and where the
    run ends that was looked at.

    Bulleted items are cut at dots or at one width, others must all end in dots at one width, or
    close the page, six at least: titles and what stands under them take turns.
    """
    if rows[first].bullet and rows[first].bullet not in _DASHES:
        end = _same_marks(rows, first)
        items = rows[first:end]
        cut = max(sum(item.cut for item in items), _sliced(items))
        return len(items) >= FEWEST and cut > 1 and 2 * cut >= len(items), end
    if closing.dated(first, len(rows)):
        return True, len(rows)
    end = first
    while end < len(rows) and rows[end].cut and len(rows[end].text) >= _SHORT:
        end += 1
    if closes(rows, first, end):
        return True, len(rows)
    end = first
    while end < len(rows) and rows[end].cut and _even(rows[first], rows[end]):
        end += 1
    return end - first >= FEWEST and len(rows[first].text) >= WIDE, end


def _even(one: Row, two: Row) -> bool:
    """Whether two rows are cut at one width, by characters or by columns."""
    return min(abs(len(one.text) - len(two.text)), abs(one.width - two.width)) <= _EVEN


def _sliced(items: Sequence[Row]) -> int:
    """How many items end in mid-sentence at the width at which several do; wider ones count
    too, since NFKC makes three dots of one."""
    widths = Counter(len(item.text) for item in items if not _CLOSED.fullmatch(item.text))
    width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    if times < FEWEST or width < WIDE:
        return 0
    return sum(count for size, count in widths.items() if size >= width)


def _has_body(rows: Sequence[Row], taken: Collection[int]) -> bool:
    """Whether paragraphs remain: two, one that outweighs the list or is a report above it, or
    several short ones."""
    left = [row for at, row in enumerate(rows) if at not in taken]
    sizes = [len(row.text) for row in left if is_body(row)]
    gone = sum(len(row.text) for at, row in enumerate(rows) if at in taken)
    above = max((len(row.text) for row in rows[: min(taken)] if is_body(row)), default=0)
    told = sum(map(is_told, left)) >= FEWEST
    return len(sizes) >= 2 or sum(sizes) > gone or above >= _REPORT or told
