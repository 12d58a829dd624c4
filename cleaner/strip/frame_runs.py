"""Runs of lines around and between the paragraphs of a page: which of them are frame."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from operator import add
from typing import NamedTuple

from cleaner.batch import View
from cleaner.structure import Label, label_of

FEWEST = 3
"""So many known lines make a frame; fewer say nothing."""
_REACH = 12
"""Between paragraphs: how many unknown lines may stand between two known ones."""
_ISLAND, _PARAGRAPH = 150, 100
"""Prose below the text and framed by known lines is a text of its own if it has so many
characters and a paragraph of so many; else it is a teaser or a comment."""
_NEAR = 6
"""Byline, source and editor may stand this many lines below the text, or above it."""
_KIN = 0.4
"""A line among the menus above a text is its title if this share of its pairs of characters
stands in the text too."""


class Kind(IntEnum):
    """What a line says by itself."""

    UNKNOWN = 0
    WEAK = 1  # a count, a date, or repeated down the page: known only beside known lines
    KNOWN = 2
    PROSE = 3


class Page(NamedTuple):
    """The lines of a page that are not blank; three lists of one length."""

    texts: list[str]  # folded, blanks at the ends aside
    sizes: list[int]  # in characters, with these blanks
    numbers: list[int]  # among the lines of the view


def page_of(view: View) -> Page:
    """The lines of a document."""
    lines = view.folded_lines
    bare = list(map(str.strip, lines))
    numbers = [at for at, text in enumerate(bare) if text]
    return Page([bare[at] for at in numbers], [len(lines[at]) for at in numbers], numbers)


class Cluster(NamedTuple):
    """Paragraphs [first, last) with no more than a stray known line among them."""

    first: int
    last: int
    size: int
    longest: int  # paragraph of them


def frame_lines(page: Page, kinds: list[Kind]) -> list[int]:
    """The places in `page` of the lines that belong to the frame."""
    clusters = _clusters(page.sizes, kinds)
    if not clusters:
        return _chained(kinds, 0, len(kinds), _REACH // 3)
    text = max(clusters, key=lambda cluster: cluster.size)
    clusters = [
        c
        for c in clusters
        if c.first <= text.first or (c.size >= _ISLAND and c.longest >= _PARAGRAPH)
    ]
    found: list[int] = []
    found += _above(page, kinds, clusters[0].first)
    for upper, lower in pairwise(clusters):
        found += _chained(kinds, upper.last, lower.first, _REACH)
    found += _below(page, kinds, clusters[-1].last)
    return found


def _clusters(sizes: Sequence[int], kinds: Sequence[Kind]) -> list[Cluster]:
    """Prose, grouped: two known lines part one group from the next."""
    clusters: list[Cluster] = []
    known = 2
    for at, kind in enumerate(kinds):
        if kind is Kind.KNOWN:
            known += 1
        elif kind is Kind.PROSE:
            size = sizes[at]
            if known < 2:
                last = clusters.pop()
                longest = max(last.longest, size)
                clusters.append(Cluster(last.first, at + 1, last.size + size, longest))
            else:
                clusters.append(Cluster(at, at + 1, size, size))
            known = 0
    return clusters


def _chained(kinds: Sequence[Kind], first: int, last: int, reach: int) -> list[int]:
    """Between `first` and `last`: the stretches from known line to known line with no more than
    `reach` unknown ones between, if enough of their lines are known."""
    known = [at for at in range(first, last) if kinds[at] is Kind.KNOWN]
    found: list[int] = []
    run = known[:1]
    for at in [*known[1:], last + len(kinds)]:
        gap = sum(kind in (Kind.UNKNOWN, Kind.PROSE) for kind in kinds[run[-1] : at]) if run else 0
        if run and (gap > reach or at >= last):
            if len(run) >= FEWEST and 4 * len(run) >= run[-1] - run[0] + 1:
                found += range(run[0], run[-1] + 1)
            run = []
        run.append(at)
    return found


def _below(page: Page, kinds: Sequence[Kind], first: int) -> list[int]:
    """Below the text: all from the first known line on, but for signature and editor."""
    known = [at for at in range(first, len(kinds)) if kinds[at] is Kind.KNOWN]
    if len(known) < FEWEST:
        return []
    signed = (Label.EDITOR, Label.BYLINE, Label.SOURCE)
    return [
        at
        for at in range(known[0], len(kinds))
        if not (at < first + _NEAR and label_of(page.texts[at]) in signed)
    ]


def _above(page: Page, kinds: Sequence[Kind], last: int) -> list[int]:
    """Above the text: all from the first known line to the last, but for title and source."""
    known = [at for at in range(last) if kinds[at] is Kind.KNOWN]
    if len(known) < FEWEST:
        return []
    kept = _title_lines(page, kinds, last) | _akin_lines(page, kinds, last)
    return [at for at in range(known[0], known[-1] + 1) if at not in kept]


def _title_lines(page: Page, kinds: Sequence[Kind], last: int) -> set[int]:
    """The title above a text: the first line of the page unless it is known, what repeats it or
    what it begins with, and what stands right above a line of date or source; with these."""
    texts = page.texts[:last]
    first = texts[0] if texts and kinds[0] is not Kind.KNOWN else ""
    kept = {0} if first else set()
    for at, text in enumerate(texts[1:], 1):
        if len(text) < _NEAR:
            continue
        if first and (first.startswith(text) or text.startswith(first)):
            kept.add(at)
        if label_of(text) in (Label.SOURCE, Label.BYLINE, Label.CAPTION):
            kept.add(at)
            if len(texts[at - 1]) >= _NEAR and kinds[at - 1] is not Kind.KNOWN:
                kept.add(at - 1)
    return kept


def _akin_lines(page: Page, kinds: Sequence[Kind], last: int) -> set[int]:
    """The line above a text that is most akin to it, if it is enough so, and the unknown one right
    below it, which says who wrote from where."""
    prose = {
        pair
        for text, kind in zip(page.texts[last:], kinds[last:], strict=True)
        if kind is Kind.PROSE
        for pair in map(add, text, text[1:])
    }
    best, most = -1, _KIN
    for at, text in enumerate(page.texts[:last]):
        if kinds[at] is Kind.UNKNOWN and len(text) >= _NEAR:
            pairs = list(map(add, text, text[1:]))
            share = sum(map(prose.__contains__, pairs)) / len(pairs)
            if share >= most:
                best, most = at, share
    below = best + 1
    if best < 0 or below >= last or kinds[below] is not Kind.UNKNOWN:
        return {best} - {-1}
    return {best, below}
