"""Runs of lines around and between the paragraphs of a page: which of them are frame."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from typing import NamedTuple

import regex

from cleaner.strip.frame_kinds import Kind, Kinds, Page
from cleaner.strip.told import Told
from cleaner.structure import Label, label_of, signs_report

FEWEST = 3
"""So many known lines make a frame; fewer say nothing."""
_REACH = 12
"""Between paragraphs: how many unknown lines may stand between two known ones."""
_ISLAND, _PARAGRAPH = 150, 100
"""Prose below the text and framed by known lines is a text of its own if it has so many
characters and a paragraph of so many; else it is a teaser or a comment …"""
_LIKE, _POST = 0.7, 50
"""… but on a page of short texts: a post has this share of the characters of the longest one, and
so many."""
_NEAR = 6
"""Byline, source and editor may stand this many lines below the text, or above it."""
_NAMES = 3
"""So many names of who wrote and published may stand between a title and its date."""
_KIN = 0.4
"""A line among the menus above a text is its title if this share of its pairs of characters
stands in the text too."""
_THREAD = "[复制链接]"
"""What the software of forums writes right below the title of a thread."""
_DESK = regex.compile(
    r"(?:新华社|中新社|中央社|本报|法新社|路透社?|美联社)\p{Han}{0,8}(?:\d{1,2}月)?\d{1,2}日"
    r"(?:\p{Han}{0,2}(?:电|讯|消息)|\p{Han}{0,6}报导)|[\p{Han}·\s、]{2,16}[/╱]\s?\p{Han}{2,8}报导"
)
"""Who reports from where, alone on a line as a byline is (编译中心/综合报导)."""


class Cluster(NamedTuple):
    """Paragraphs [first, last) with no more than a stray known line among them."""

    first: int
    last: int
    size: int
    longest: int  # paragraph of them


def frame_lines(page: Page, kinds: Kinds) -> list[int]:
    """The places in `page` of the lines that belong to the frame."""
    clusters = _clusters(page, kinds)
    if not clusters:
        return _chained(page, kinds, 0, len(kinds), _REACH // 3)
    text = max(clusters, key=lambda cluster: cluster.size)
    size = min(_ISLAND, max(_LIKE * text.size, _POST))
    longest = min(_PARAGRAPH, _LIKE * text.longest)
    clusters = [
        c for c in clusters if c.first <= text.first or (c.size >= size and c.longest >= longest)
    ]
    found: list[int] = []
    found += _above(page, kinds, clusters[0].first)
    for upper, lower in pairwise(clusters):
        found += _chained(page, kinds, upper.last, lower.first, _REACH)
    found += _below(page, kinds, clusters[-1].last)
    return found


def _clusters(page: Page, kinds: Kinds) -> list[Cluster]:
    """Prose, grouped: two known lines part one group from the next."""
    clusters: list[Cluster] = []
    behind = 0
    for at in (at for at in page.prose if kinds[at] is Kind.PROSE):
        size = page.size(at)
        if clusters and kinds[behind:at].count(Kind.KNOWN) < 2:
            first, _, total, longest = clusters[-1]
            clusters[-1] = Cluster(first, at + 1, total + size, max(longest, size))
        else:
            clusters.append(Cluster(at, at + 1, size, size))
        behind = at + 1
    return clusters


def _known(kinds: Kinds, first: int, last: int) -> list[int]:
    """The known lines of [first, last)."""
    known = Kind.KNOWN
    return [at for at, kind in enumerate(kinds[first:last], first) if kind is known]


def _chained(page: Page, kinds: Kinds, first: int, last: int, reach: int) -> list[int]:
    """Between `first` and `last`: the stretches from known line to known line with no more than
    `reach` unknown ones between, if enough of their lines are known."""
    known = _known(kinds, first, last)
    if len(known) < FEWEST:
        return []
    pairs = enumerate(pairwise(known), 1)
    far = (at for at, pair in pairs if _is_far(page, kinds, pair, reach))
    found: list[int] = []
    for start, end in pairwise([0, *far, len(known)]):
        low, high = known[start], known[end - 1]
        if end - start >= FEWEST and 4 * (end - start) >= high - low + 1:
            found += range(low, high + 1)
    return found


def _is_far(page: Page, kinds: Kinds, known: tuple[int, int], reach: int) -> bool:
    """Whether more than `reach` lines that are not weak stand between two known ones."""
    between = range(known[0] + 1, known[1])
    if len(between) <= reach:
        return False
    strong = (at for at in between if kinds[at] is not Kind.UNKNOWN or not page.is_weak(at))
    return next(islice(strong, reach, None), None) is not None


def _below(page: Page, kinds: Kinds, first: int) -> list[int]:
    """Below the text: all from the first known line on, but for signature and editor."""
    known = _known(kinds, first, len(kinds))
    if len(known) < FEWEST:
        return []
    signed = (Label.EDITOR, Label.BYLINE, Label.SOURCE)
    near = range(known[0], min(first + _NEAR, len(kinds)))
    kept = {at for at in near if label_of(page.texts[at]) in signed}
    return [at for at in range(known[0], len(kinds)) if at not in kept]


def _above(page: Page, kinds: Kinds, last: int) -> list[int]:
    """Above the text: all from the first known line to the last, but for title and source."""
    known = _known(kinds, 0, last)
    if len(known) < FEWEST:
        return []
    kept = _title_lines(page, kinds, last) | _akin_lines(page, kinds, last)
    return [at for at in range(known[0], known[-1] + 1) if at not in kept]


def _title_lines(page: Page, kinds: Kinds, last: int) -> set[int]:
    """The title above a text: the first line of the page unless it is known, what repeats it or
    what it begins with, and what stands right above a line of date or source, with these, or above
    the button of a thread."""
    texts = page.texts[:last]
    first = texts[0] if texts and kinds[0] is not Kind.KNOWN else ""
    kept = {0} if first else set()
    for at, text in enumerate(texts[1:], 1):
        if len(text) < _NEAR:
            continue
        if first and (first.startswith(text) or text.startswith(first)):
            kept.add(at)
        if text == _THREAD:
            kept |= {_title_above(texts, kinds, at)} - {-1}
        elif _says_who(text):
            title = _title_above(texts, kinds, at)
            kept |= {at, title} - {-1}
    return kept


def _title_above(texts: Sequence[str], kinds: Kinds, dated: int) -> int:
    """The unknown line above one of date or source, or above names right above it, or -1."""
    for at in range(dated - 1, max(-1, dated - 2 - _NAMES), -1):
        if kinds[at] is Kind.KNOWN:
            return -1
        if len(texts[at]) >= _NEAR and not texts[at].isascii():
            return at
    return -1


def _says_who(text: str) -> bool:
    """Whether a line says who wrote a text, when and where."""
    signed = (Label.SOURCE, Label.BYLINE, Label.CAPTION)
    if signs_report(text) and label_of(text) in signed:
        return True
    return ("日" in text or "报导" in text) and _DESK.fullmatch(text) is not None


def _akin_lines(page: Page, kinds: Kinds, last: int) -> set[int]:
    """The line above a text that is most akin to it, if it is enough so, and the unknown one right
    below it, which says who wrote from where."""
    prose = "\n".join(
        [
            text
            for text, kind in zip(page.texts[last:], kinds[last:], strict=True)
            if kind is Kind.PROSE
        ]
    )
    best = _most_akin(page, kinds, last, prose)
    below = best + 1
    if best < 0 or below >= last or kinds[below] is not Kind.UNKNOWN or page.is_weak(below):
        return {best} - {-1}
    return {best, below}


def _most_akin(page: Page, kinds: Kinds, last: int, prose: str) -> int:
    """The line above a text most of whose pairs of characters stand in `prose`, the last of some,
    or -1. Hashes of pairs tell how many at most: those lines are looked at that have the most."""
    rows = [
        at
        for at, kind in enumerate(kinds[:last])
        if kind is Kind.UNKNOWN and len(page.texts[at]) >= _NEAR
    ]
    if not rows:
        return -1
    told = Told(prose)
    texts = [page.texts[at] for at in rows]
    likely = told.likely(texts)
    shares = [len(pairs) / (len(text) - 1) for pairs, text in zip(likely, texts, strict=True)]
    best, most = -1, _KIN
    for row in sorted(range(len(rows)), key=shares.__getitem__)[::-1]:
        if shares[row] < most:
            break
        at, text = rows[row], texts[row]
        share = told.count(text, likely[row]) / (len(text) - 1)
        if (share, at) > (most, best) and not page.is_weak(at):
            best, most = at, share
    return best
