"""restore.feed: paragraphs of other articles behind (or above) an article, without a heading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import log, log1p
from statistics import median

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.cuts import Lines, cut_ends, lines_of, opens_report
from cleaner.document import Keep, Piece, Put
from cleaner.kernels.pairs import BITS, pair_hashes, pair_mask
from cleaner.kernels.text import Class
from cleaner.models import leads, pages, topics
from cleaner.restore import strangers
from cleaner.restore.blocks import Kind, Unit, spans_of, units_of
from cleaner.restore.topics import words_of
from cleaner.rules import RuleBook

Reals = npt.NDArray[np.float64]

_LEAST, _OWN = 3, 2
"""Teasers that make a feed; paragraphs that an article has at least."""
_MOST = 200
_THRESHOLD = 5.0
"""Sum of ln odds from which paragraphs are left out."""
_CLOSED, _TIED, _LONG = 1.15, -1.05, -0.43
"""What a closing signature right before a border adds to it (nats), what the paragraphs on its
two sides share (ln of the weight of their pairs) and the length of the one before it (ln) take
off: a choice among the borders of one page, fitted on made feeds of the training split."""
_FLOOR, _CEILING = -6.0, 5.0
"""What one paragraph may add: no single one decides."""
_MARKS, _MARKED = 1, 0.15
"""Teasers, and their share, that begin as reports do or are cut off."""
_PARAGRAPH, _TEASER = 20, 30
"""Characters of a paragraph, and of the middle one (by size) of the teasers, at least."""
_DATE = 9
"""Characters in which the month or the day of a date stands."""
_CLAUSE = 8.5
"""Characters between two marks: fewer are verse."""
_REUSED, _REUSED_DATED, _REUSED_PLAIN = 0.22, 0.08, 0.35
"""Share (by weight) of the last lines that other lines have said: more is no feed; where only
dates speak for one; where three lines and more begin as reports do or are cut off."""
_LEADING, _UNLIKE, _UNLIKE_DATED, _FEW = -0.5, 0.05, 0.03, -1.5
"""ln odds (mean of the last lines) that they open reports; how much less may be said again for
each that is missing, and where only dates speak for a feed; how many may then be missing."""


class Feed:
    """The Restorer `restore.feed`."""

    name = "restore.feed"

    def __init__(self, book: RuleBook, threshold: float = _THRESHOLD) -> None:
        self._threshold = threshold

    def suspects(self, batch: Batch) -> Mask:
        batch.memo[self.name] = found = suspicious(batch)
        return found

    def arrange(self, view: View) -> list[list[Piece]]:
        whole: list[list[Piece]] = [[Keep(0, len(view.text))]]
        if not _LEAST + _OWN <= len(spans_of(view)) <= _MOST:
            return whole
        units = units_of(view)
        border = self._border(view, units)
        if border == len(units) or not view.under(self.name, suspicious):
            return whole
        cut = units[border - 1].end
        return [[Keep(0, cut), Put("", cut, len(view.text), "restore.feed.tail")]]

    def _border(self, view: View, units: Sequence[Unit]) -> int:
        """The first unit of the feed; the number of units where there is none."""
        n = len(units)
        borders = plausible(view, units)
        if not borders:
            return n
        totals = _totals(view, units, borders, self._threshold)
        likely = [at for at in borders if totals[at] >= self._threshold]
        if not likely or _in_verse(view):
            return n
        best = max(likely, key=lambda at: totals[at] + _parts_here(view, units, at))
        while best < n - _LEAST and strangers.closing_credit(view, units[best]):
            best += 1  # who wrote and edited the article stands at its end
        return best


def _totals(
    view: View, units: Sequence[Unit], borders: Sequence[int], least: float
) -> dict[int, float]:
    """The log-odds of a feed from each border on; where none can reach `least`, what they could
    reach at most."""
    weights = pages.load_strangers()
    table = strangers.evidence(view, units, words_of(view, units), borders)
    odds = table @ np.array([weights[name] for name in strangers.FEATURES])
    own = np.array([weights[name] for name in strangers.SAID])
    most = _summed(odds + np.maximum(own, 0).sum(), borders)
    if max(most.values()) < least:
        return most
    return _summed(odds + strangers.said(view, units) @ own, borders)


def _summed(odds: Reals, borders: Sequence[int]) -> dict[int, float]:
    odds = np.clip(odds, _FLOOR, _CEILING)
    return {at: float(row[at:].sum()) for at, row in zip(borders, odds, strict=True)}


def _parts_here(view: View, units: Sequence[Unit], border: int) -> float:
    """What speaks for this border of a page against its others."""
    words, unit = words_of(view, units), units[border - 1]
    both = np.intersect1d(words.of[border - 1], words.of[border], assume_unique=True)
    tied = log1p(float(words.weight[both].sum()))
    return _CLOSED * _closes(view, unit) + _TIED * tied + _LONG * log(unit.end - unit.start)


def _closes(view: View, unit: Unit) -> bool:
    """True for a unit with which articles end."""
    return unit.signed or strangers.credit(view, unit)


def _in_verse(view: View) -> bool:
    """True where clauses are as short as those of verse."""
    marks = sum(view.folded.count(mark) for mark in "，,。.;；!?！？、")
    return len(view.text) < _CLAUSE * marks


def plausible(view: View, units: Sequence[Unit]) -> list[int]:
    """The borders before which an article stands and behind which lines as long as paragraphs
    do, some of which begin as reports do or are cut off."""
    n = len(units)
    sizes = [unit.end - unit.start for unit in units]
    texts = [unit.kind is Kind.TEXT for unit in units]
    own = _before(text and size >= _PARAGRAPH for text, size in zip(texts, sizes, strict=True))
    long = _before(text and size >= 2 * _PARAGRAPH for text, size in zip(texts, sizes, strict=True))
    cut = _before(u.cut and u.kind is Kind.TEXT and u.end - u.start >= _PARAGRAPH for u in units)
    marks = _before(u.cut or u.opens or u.leads or strangers.dated(view, u) for u in units)
    titled = _before(map(_titles, units, units[1:]))
    return [
        border
        for border in range(_OWN, n - _LEAST + 1)
        if own[border] >= _OWN
        and long[border]
        and cut[border] <= 1  # else columns, which restore.page puts in order
        and marks[n] - marks[border] >= max(_MARKS, _MARKED * (n - border))
        and titled[n - 1] - titled[border] <= 2
        and median(sizes[border:]) >= _TEASER
    ]


def _before(values: Iterable[bool]) -> list[int]:
    """How many of some values before each place are true."""
    return [0, *accumulate(values)]


def _titles(one: Unit, two: Unit) -> bool:
    """True for a heading or a byline above a paragraph: few may be chance among teasers, more
    are articles. A teaser that was cut off may look like a long heading."""
    short = one.end - one.start < _TEASER
    return short and one.kind in (Kind.HEADING, Kind.BYLINE) and two.kind is Kind.TEXT


def suspicious(batch: Batch) -> Mask:
    """Which documents end with lines that say little that was said before, and have a line
    behind the first paragraphs that is cut off or begins as reports do: with a dateline, or,
    where next to nothing was said before, with a date."""
    found = np.zeros(len(batch), np.bool_)
    if not len(batch):
        return found
    lines = lines_of(batch)
    paragraphs = np.flatnonzero(lines.size >= _PARAGRAPH)
    docs = lines.doc[paragraphs]
    number = np.bincount(docs, minlength=len(batch))
    top = np.cumsum(number) - number
    later = np.arange(len(docs)) - top.take(docs) >= _OWN
    strong = cut_ends(batch, lines) | opens_report(batch, lines)
    marks = strong | _begins_dated(batch, lines)
    limit = np.zeros(len(batch))
    limit[docs[marks[paragraphs] & later]] = _REUSED_DATED
    plain = np.bincount(docs[strong[paragraphs] & later], minlength=len(batch))
    limit[plain > 0] = _REUSED
    limit[plain >= _LEAST] = _REUSED_PLAIN
    limit[number < _LEAST + _OWN] = 0.0
    limit[~_bordered(batch, lines, marks)] = 0.0
    chosen = np.flatnonzero(limit)
    if not len(chosen):
        return found
    first = top[chosen]
    last = paragraphs[(first + number[chosen])[:, None] - np.arange(_LEAST, 0, -1)]
    leading = leads.scores(batch.folded, lines.start[last.ravel()], lines.end[last.ravel()])
    leading = np.minimum(leading.reshape(last.shape).mean(axis=1) - _LEADING, 0)
    only_dated = limit[chosen] == _REUSED_DATED
    limit[chosen] += leading * np.where(only_dated, _UNLIKE_DATED, _UNLIKE)
    kept = ~only_dated | (leading > _FEW)
    chosen, first, last = chosen[kept], first[kept], last[kept]
    ranges = lines.start[paragraphs[first]], lines.start[last[:, 0]], lines.end[last[:, -1]]
    found[chosen] = _reused(batch, *ranges) < limit[chosen]
    return found


def _bordered(batch: Batch, lines: Lines, marks: Mask) -> Mask:
    """Documents with a border that is plausible by the sizes and the marks of their lines."""
    solid = np.flatnonzero(lines.size > 0)
    doc, size = lines.doc[solid], lines.size[solid]
    edges = np.append(0, np.cumsum(np.bincount(doc, minlength=len(batch))))
    first, last = edges.take(doc), edges.take(doc + 1)

    def before(values: Mask) -> Ints:
        total = np.append(0, np.cumsum(values)).astype(np.int64)
        return np.asarray(total[:-1] - total[first])

    def behind(values: Mask) -> Ints:
        total = np.append(0, np.cumsum(values)).astype(np.int64)
        return np.asarray(total[last] - total[:-1])

    rest = last - np.arange(len(solid))
    marked = behind(marks[solid])
    good = (rest >= _LEAST) & (marked >= _MARKS) & (marked >= _MARKED * rest)
    good &= 2 * behind(size >= _TEASER) >= rest
    good &= (before(size >= _PARAGRAPH) >= _OWN) & (before(size >= 2 * _PARAGRAPH) > 0)
    found = np.zeros(len(batch), np.bool_)
    found[doc[good]] = True
    return found


def _begins_dated(batch: Batch, lines: Lines) -> Mask:
    """Lines that begin with a date, near enough: 据, 近日, 日前, 今年, digits and soon 月 or 日."""
    folded = batch.folded
    first = folded.take(lines.start)
    found = first == ord("据")
    for one, two in ("近日", "日前", "今年"):
        at = np.flatnonzero(first == ord(one))
        found[at] = folded[lines.start[at] + 1] == ord(two)
    digit = np.flatnonzero(batch.classes.take(lines.start) == Class.DIGIT)
    reach = lines.start[digit][:, None] + np.arange(1, _DATE)
    near = folded.take(reach, mode="clip")
    found[digit] = ((near == ord("月")) | (near == ord("日"))).any(axis=1)
    return np.asarray(found)


def _reused(batch: Batch, start: Ints, border: Ints, end: Ints) -> Reals:
    """The share of the weight of the pairs in [border, end) that [start, border) holds too, for
    several ranges of a batch, shape (k,) each."""
    if not len(start):
        return np.zeros(0)
    size = end - start
    spans = [slice(*span) for span in zip(start.tolist(), end.tolist(), strict=True)]
    mask = pair_mask(np.concatenate([batch.classes[span] for span in spans]))
    first = np.cumsum(size) - size
    mask[first + size - 1] = False  # the last character of a range makes no pair with the next
    kept = np.flatnonzero(mask)
    hashes = pair_hashes(np.concatenate([batch.folded[span] for span in spans]))
    pairs = hashes.take(kept).astype(np.int64)  # as places are
    edges = np.searchsorted(kept, np.stack([first, first + border - start, first + size]))
    last = np.concatenate([pairs[two:three] for _, two, three in edges.T.tolist()])
    weight = topics.load().take(last)
    size = edges[2] - edges[1]
    said = _sums(weight * _seen_before(pairs, edges, last), size)
    return np.asarray(said / np.maximum(_sums(weight, size), 1))


def _sums(values: npt.NDArray[np.uint8], sizes: Ints) -> Ints:
    """Sums over ranges side by side, of these sizes."""
    total = np.append(0, np.cumsum(values, dtype=np.int64))
    ends = np.cumsum(sizes)
    return np.asarray(total[ends] - total[ends - sizes])


def _seen_before(pairs: Ints, edges: Ints, last: Ints) -> Mask:
    """Which pairs of each range [two, three), side by side in `last`, stand in its range
    [one, two) too; the rows of `edges` are one, two and three."""
    again = np.zeros(len(last), np.bool_)
    holder = np.zeros(1 << BITS, np.uint8)  # the number of the range that had a pair last
    at = 0
    for row, (one, two, three) in enumerate(edges.T.tolist()):
        number = row % 255 + 1
        if number == 1:
            holder[:] = 0
        holder[pairs[one:two]] = number
        end = at + three - two
        again[at:end] = holder.take(last[at:end]) == number
        at = end
    return again
