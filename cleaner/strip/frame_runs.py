"""Runs of lines around and between the paragraphs of a page: which of them are frame."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from cleaner.batch import View
from cleaner.structure import Block, Label

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


class Cluster(NamedTuple):
    """Paragraphs [first, last) with no more than a stray known line among them."""

    first: int
    last: int
    size: int
    longest: int  # paragraph of them


def frame_lines(view: View, blocks: Sequence[Block], kinds: list[Kind]) -> list[int]:
    """The numbers of the blocks that belong to the frame."""
    clusters = _clusters(blocks, kinds)
    if not clusters:
        return _chained(kinds, 0, len(kinds), _REACH // 3)
    text = max(clusters, key=lambda cluster: cluster.size)
    clusters = [
        c
        for c in clusters
        if c.first <= text.first or (c.size >= _ISLAND and c.longest >= _PARAGRAPH)
    ]
    found: list[int] = []
    found += _above(view, blocks, kinds, clusters[0].first)
    for upper, lower in pairwise(clusters):
        found += _chained(kinds, upper.last, lower.first, _REACH)
    found += _below(blocks, kinds, clusters[-1].last)
    return found


def _clusters(blocks: Sequence[Block], kinds: Sequence[Kind]) -> list[Cluster]:
    """Prose, grouped: two known lines part one group from the next."""
    clusters: list[Cluster] = []
    known = 2
    for at, kind in enumerate(kinds):
        if kind is Kind.KNOWN:
            known += 1
        elif kind is Kind.PROSE:
            size = blocks[at].end - blocks[at].start
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


def _below(blocks: Sequence[Block], kinds: Sequence[Kind], first: int) -> list[int]:
    """Below the text: all from the first known line on, but for signature and editor."""
    known = [at for at in range(first, len(kinds)) if kinds[at] is Kind.KNOWN]
    if len(known) < FEWEST:
        return []
    signed = (Label.EDITOR, Label.BYLINE, Label.SOURCE)
    return [
        at
        for at in range(known[0], len(kinds))
        if not (at < first + _NEAR and blocks[at].label in signed)
    ]


def _above(view: View, blocks: Sequence[Block], kinds: Sequence[Kind], last: int) -> list[int]:
    """Above the text: all from the first known line to the last, but for title and source."""
    known = [at for at in range(last) if kinds[at] is Kind.KNOWN]
    if len(known) < FEWEST:
        return []
    kept = _title_lines(view, blocks, kinds, last) | _akin_lines(view, blocks, kinds, last)
    return [at for at in range(known[0], known[-1] + 1) if at not in kept]


def _title_lines(view: View, blocks: Sequence[Block], kinds: Sequence[Kind], last: int) -> set[int]:
    """The title above a text: the first line of the page unless it is known, what repeats it or
    what it begins with, and what stands right above a line of date or source; with these."""
    texts = [view.folded[block.start : block.end].strip() for block in blocks[:last]]
    first = texts[0] if texts and kinds[0] is not Kind.KNOWN else ""
    kept = {0} if first else set()
    for at, text in enumerate(texts[1:], 1):
        if first and len(text) >= _NEAR and (first.startswith(text) or text.startswith(first)):
            kept.add(at)
        if blocks[at].label in (Label.SOURCE, Label.BYLINE, Label.CAPTION) and len(text) >= _NEAR:
            kept.add(at)
            if len(texts[at - 1]) >= _NEAR and kinds[at - 1] is not Kind.KNOWN:
                kept.add(at - 1)
    return kept


def _akin_lines(view: View, blocks: Sequence[Block], kinds: Sequence[Kind], last: int) -> set[int]:
    """The line above a text that is most akin to it, if it is enough so, and the unknown one right
    below it, which says who wrote from where."""
    prose = "\n".join(
        view.folded[block.start : block.end]
        for block, kind in zip(blocks[last:], kinds[last:], strict=True)
        if kind is Kind.PROSE
    )
    best, most = -1, _KIN
    for at in range(last):
        text = view.folded[blocks[at].start : blocks[at].end].strip()
        if kinds[at] is Kind.UNKNOWN and len(text) >= _NEAR:
            pairs = [text[start : start + 2] for start in range(len(text) - 1)]
            share = sum(pair in prose for pair in pairs) / len(pairs)
            if share >= most:
                best, most = at, share
    below = best + 1
    if best < 0 or below >= last or kinds[below] is not Kind.UNKNOWN:
        return {best} - {-1}
    return {best, below}
