"""Damaged pages made of sound articles, with the truth about every piece.

`interleave` lays articles out in newspaper columns and reads them back column by column, as
page extractors do; `with_teasers` puts unmarked paragraphs of other articles behind one.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

_CLOSERS = '。！？!?…”’"）)；;：:'


_REPORT = re.compile(
    r"(?:本报|新华社|据新华社).{0,16}电|(?:本报)?(?:记者|通讯员)\s?[^，。]{2,20}$"
    r"|[（(]本报.{2,60}[)）]$|——编\s*者"
)


@dataclass(frozen=True)
class Source:
    """A sound article to make pages of."""

    titles: tuple[str, ...]
    byline: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Fragment:
    """A line of a page: `article` (-1: of none) and its `rank` in reading order of that
    article; `joins` says that the next fragment of the article continues its paragraph."""

    text: str
    article: int
    rank: int
    kind: str
    joins: bool = False


@dataclass(frozen=True)
class Page:
    """A page as extracted, and its fragments with their ranges in `text`."""

    text: str
    fragments: tuple[Fragment, ...]
    spans: tuple[tuple[int, int], ...] = field(default=())


def source(record: dict[str, object], most: int = 24) -> Source | None:
    """A record of a newspaper corpus as a Source; None where it has too little body.

    Short lines without an end mark behind the body are titles that the page sets above it.
    """
    lines = [line.strip() for line in str(record["text"]).split("\n") if line.strip()]
    titles = [str(record.get("title") or "").strip()]
    while len(lines) > 1 and len(lines[-1]) <= 40 and lines[-1][-1] not in _CLOSERS:
        titles.append(lines.pop())
    lines = lines[:most]
    if sum(map(len, lines)) < 120 or len(lines) < 2 or not titles[0] or compiled(lines):
        return None
    author = "  ".join(str(record.get("author") or "").split())
    return Source(tuple(titles), author, tuple(lines))


def compiled(lines: Sequence[str]) -> bool:
    """True for a record that is several reports in one: a dateline, a byline or a closing
    credit stands in the middle of it."""
    middle = lines[2:-2]
    return any(_REPORT.match(line) for line in middle)


def interleave(
    sources: Sequence[Source],
    rng: random.Random,
    *,
    lost: bool = False,
    pictures: bool = False,
    extras: Sequence[str] = (),
) -> Page:
    """The articles set in columns, one to three stacked, and read column by column.

    With `lost` some columns lose their first characters; with `pictures` they are of uneven
    height; `extras` (captions, bylines) are dropped in between as lines of their own.
    """
    fragments: list[Fragment] = []
    at = 0
    while at < len(sources):
        size = min(rng.choice((1, 2, 2, 3, 3)), len(sources) - at)
        fragments += _stack(sources[at : at + size], at, rng, lost, pictures)
        at += size
    for extra in extras:
        place = rng.randrange(1, len(fragments) + 1)
        fragments.insert(place, Fragment(extra, -1, 0, "extra"))
    return laid_out(fragments, rng.choice(("\n", "\n\n")))


def posts(sources: Sequence[Source], rng: random.Random) -> Page:
    """Articles one after the other, whole; each with its title in brackets on its first
    paragraph, or above it."""
    fragments: list[Fragment] = []
    for number, item in enumerate(sources):
        lines = list(item.paragraphs)
        kinds = ["body"] * len(lines)
        if rng.random() < 0.6:
            lines[0] = f"【{item.titles[0]}】{lines[0]}"
        else:
            head = [*item.titles, *([item.byline] if item.byline else [])]
            lines, kinds = [*head, *lines], ["title"] * len(head) + kinds
        if rng.random() < 0.6:
            lines[-1] += rng.choice(("（完）", "（记者 林一舟）", "来源：青川日报", "（周启明）"))
        fragments += [
            Fragment(text, number, rank, kind)
            for rank, (text, kind) in enumerate(zip(lines, kinds, strict=True))
        ]
    return laid_out(fragments, rng.choice(("\n", "\n\n")))


def signed(item: Source, rng: random.Random) -> Source:
    """The article as local papers have it: signed at its end, with no byline above."""
    name = rng.choice("王李张刘陈杨赵黄周吴") + rng.choice(("建国", "晓燕", "一舟", "明", "启明"))
    if rng.random() < 0.5:
        last = f"{item.paragraphs[-1]}（{name}）"
        return Source(item.titles, "", (*item.paragraphs[:-1], last))
    return Source(item.titles, "", (*item.paragraphs, rng.choice((f"（{name}）", name))))


def with_teasers(own: Sequence[str], teasers: Sequence[str], rng: random.Random) -> Page:
    """An article with paragraphs of others behind it; about a third of these are cut off."""
    fragments = [Fragment(text, 0, rank, "body") for rank, text in enumerate(own)]
    for text in teasers:
        if rng.random() < 0.35 and len(text) > 40:
            text = text[: rng.randrange(30, len(text) - 5)]
        fragments.append(Fragment(text, -1, 0, "feed"))
    return laid_out(fragments, rng.choice(("\n", "\n\n")))


def _stack(
    sources: Sequence[Source], first: int, rng: random.Random, lost: bool, pictures: bool
) -> list[Fragment]:
    """Articles one above the other over the same columns, as fragments column by column."""
    columns = rng.choice((2, 3, 3, 4, 5)) if len(sources) > 1 else rng.choice((1, 1, 2, 3))
    width = rng.randrange(12, 24)
    shares = [_with_picture(columns, rng) if pictures else [1.0] * columns for _ in sources]
    pieces = [_columns(item, share, width) for item, share in zip(sources, shares, strict=True)]
    fragments: list[Fragment] = []
    ranks = [0] * len(sources)
    for column in range(columns):
        for number, item in enumerate(sources):
            heading = [] if column else [*item.titles, *([item.byline] if item.byline else [])]
            for text in heading:
                kind = "title" if text in item.titles else "byline"
                fragments.append(Fragment(text, first + number, ranks[number], kind))
                ranks[number] += 1
            for place, (text, joins) in enumerate(pieces[number][column]):
                if lost and column and not place and rng.random() < 0.5:
                    rest = text[rng.randrange(1, 40) :]
                    if rest:
                        text = rest
                        _unjoin(fragments, first + number)
                fragments.append(Fragment(text, first + number, ranks[number], "body", joins))
                ranks[number] += 1
    return fragments


def _unjoin(fragments: list[Fragment], article: int) -> None:
    """Characters were lost at the seam behind the last fragment of the article."""
    for at in range(len(fragments) - 1, -1, -1):
        old = fragments[at]
        if old.article == article and old.kind == "body":
            fragments[at] = Fragment(old.text, old.article, old.rank, old.kind)
            return


def _with_picture(columns: int, rng: random.Random) -> list[float]:
    """What share of its height each column of an article has: in every second article a picture
    stands in some neighbouring columns."""
    shares = [rng.uniform(0.95, 1.0) for _ in range(columns)]
    if rng.random() < 0.5:
        first = rng.randrange(columns)
        for column in range(first, rng.randrange(first, columns) + 1):
            shares[column] *= rng.uniform(0.3, 0.7)
    return shares


def _columns(item: Source, shares: Sequence[float], width: int) -> list[list[tuple[str, bool]]]:
    """The paragraphs of an article cut at the heights of its columns."""
    lines = [
        (number, text[at : at + width])
        for number, text in enumerate(item.paragraphs)
        for at in range(0, len(text), width)
    ]
    result: list[list[tuple[str, bool]]] = []
    rest = lines
    for share in shares:
        height = ceil(len(lines) * share / sum(shares))
        part, rest = rest[:height], rest[height:]
        merged: list[tuple[int, str]] = []
        for number, text in part:
            if merged and merged[-1][0] == number:
                merged[-1] = number, merged[-1][1] + text
            else:
                merged.append((number, text))
        open_ = bool(merged and rest and rest[0][0] == merged[-1][0])
        last = len(merged) - 1
        result.append([(text, open_ and at == last) for at, (_, text) in enumerate(merged)])
    return result


def laid_out(fragments: Sequence[Fragment], gap: str) -> Page:
    """The page that fragments make, with a gap between two of them."""
    spans: list[tuple[int, int]] = []
    at = 0
    for fragment in fragments:
        spans.append((at, at + len(fragment.text)))
        at += len(fragment.text) + len(gap)
    return Page(gap.join(f.text for f in fragments), tuple(fragments), tuple(spans))


def joins_of(page: Page) -> list[tuple[int, int]]:
    """True joins as pairs of fragment numbers."""
    chains: dict[int, list[int]] = {}
    for number, fragment in enumerate(page.fragments):
        if fragment.article >= 0:
            chains.setdefault(fragment.article, []).append(number)
    return [
        (a, b) for chain in chains.values() for a, b in pairwise(chain) if page.fragments[a].joins
    ]


def fragments_at(page: Page, places: Sequence[int]) -> list[int]:
    """The number of the fragment that stands at each place of the text."""
    starts = [start for start, _ in page.spans]
    return [bisect_right(starts, place) - 1 for place in places]
