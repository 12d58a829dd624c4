"""restore.feed: paragraphs of other articles behind an article, without a heading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import log, log1p
from statistics import median

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Keep, Piece, Put
from cleaner.models import pages
from cleaner.restore import seams, strangers
from cleaner.restore.blocks import Kind, Unit, spans_of, units_of
from cleaner.restore.feed_screen import LEAST, MARKED, MARKS, OWN, PARAGRAPH, TEASER, suspicious
from cleaner.restore.topics import related, words_of
from cleaner.rules import RuleBook

Reals = npt.NDArray[np.float64]

_MOST = 200
_THRESHOLD = 5.0
"""Sum of ln odds from which paragraphs are left out."""
_CLOSED, _TIED, _LONG = 1.15, -1.05, -0.43
"""What a closing signature right before a border adds to it (nats), what the paragraphs on its
two sides share (ln of the weight of their pairs) and the length of the one before it (ln) take
off: a choice among the borders of one page, fitted on made feeds of the training split."""
_FLOOR, _CEILING = -6.0, 5.0
"""What one paragraph may add: no single one decides."""
_SAME = 0.0
"""Log-likelihood ratio from which two paragraphs are of one article."""
_CONTINUED = 4.0
"""From here (nats) a text plainly continues a cut end."""
_NUMBER = regex.compile(r"\(?(\d{1,3})[)、.](?!\d)")
"""The number of an item."""
_CLAUSE, _PARTING = 8.5, (*",。;!?、", "  ")
"""Characters between two marks: fewer are verse."""


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
        if not LEAST + OWN <= len(spans_of(view)) <= _MOST:
            return whole
        units = units_of(view)
        border = self._border(view, units)
        if border == len(units) or not view.under(self.name, suspicious):
            return whole
        if _goes_on(view, units, border):
            return whole
        cut, end = units[border - 1].end, _next_article(view, units, border)
        if end == len(units):
            return [[Keep(0, cut), Put("", cut, len(view.text), "restore.feed.tail")]]
        if end < border + LEAST:
            return whole
        rest = Keep(units[end].start, len(view.text))
        return [[Keep(0, cut), Put("\n\n", cut, rest.start, "restore.feed.between"), rest]]

    def _border(self, view: View, units: Sequence[Unit]) -> int:
        """The first unit of the feed; the number of units where there is none."""
        n = len(units)
        borders = plausible(view, units)
        if not borders:
            return n
        totals = _totals(view, units, borders, self._threshold)
        likely = [at for at in borders if totals[at] >= self._threshold]
        if not likely:
            return n
        best = max(likely, key=lambda at: totals[at] + _parts_here(view, units, at))
        if _is_verse(view.folded) or _is_verse(view.folded[: units[best].start]):
            return n
        while best < n - LEAST and strangers.closing_credit(view, units[best]):
            best += 1  # who wrote and edited the article stands at its end
        return best


def _goes_on(view: View, units: Sequence[Unit], border: int) -> bool:
    """True where a text behind a border begins in mid-sentence and plainly continues a cut
    paragraph: such are columns, not teasers."""
    texts = [unit for unit in units if unit.kind is Kind.TEXT]
    ends = [unit for unit in texts if unit.cut and unit.end - unit.start >= PARAGRAPH]
    starts = [unit for unit in texts if unit.start >= units[border].start]
    gain, abrupt = seams.measured(view, ends, starts)
    return bool((gain[:, abrupt > seams.ABRUPT] > _CONTINUED).any())


def _next_article(view: View, units: Sequence[Unit], border: int) -> int:
    """Where an article opens behind a border: headings or a byline above two paragraphs that
    speak of the same. The number of units where none does."""
    words = words_of(view, units)
    above = [unit.kind in (Kind.HEADING, Kind.BYLINE) and _is_short(unit) for unit in units]
    for at in range(border, len(units)):
        if above[at] and not above[at - 1]:
            first = next((n for n in range(at, len(units)) if not above[n]), len(units))
            texts = units[first : first + 2]
            whole = [unit.kind is Kind.TEXT and not unit.cut for unit in texts]
            if whole == [True, True] and related(words, first, first + 1) > _SAME:
                return at
    return len(units)


def _is_short(unit: Unit) -> bool:
    """True for a line as short as a title; a teaser that was cut off may look like a long one."""
    return unit.end - unit.start < TEASER


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


def _is_verse(folded: str) -> bool:
    """True where clauses are as short as those of verse, which blanks may part."""
    marks = sum(map(folded.count, _PARTING))
    return len(folded) < _CLAUSE * marks


def plausible(view: View, units: Sequence[Unit]) -> list[int]:
    """The borders before which an article stands and behind which lines as long as paragraphs
    do, some of which begin as reports do or are cut off; most have no title of their own, and no
    list of items goes on there."""
    n = len(units)
    sizes = [unit.end - unit.start for unit in units]
    texts = [unit.kind is Kind.TEXT for unit in units]
    own = _before(text and size >= PARAGRAPH for text, size in zip(texts, sizes, strict=True))
    body = _before(texts)
    long = _before(text and size >= 2 * PARAGRAPH for text, size in zip(texts, sizes, strict=True))
    cut = _before(u.cut and u.kind is Kind.TEXT and u.end - u.start >= PARAGRAPH for u in units)
    marks = _before(u.cut or u.opens or u.leads or strangers.dated(view, u) for u in units)
    titled = _before([False, *map(_titles, units, units[1:])])
    numbers = pairwise([_number(view, unit) for unit in units])
    listed = _before([False, *(0 <= one == two - 1 for one, two in numbers)])
    return [
        border
        for border in range(OWN, n - LEAST + 1)
        if own[border] >= OWN
        and long[border]
        and cut[border] <= 1  # else columns, which restore.page puts in order
        and marks[n] - marks[border] >= max(MARKS, MARKED * (n - border))
        and titled[n] - titled[border + 1] <= 2
        and 2 * (titled[n] - titled[border]) <= body[n] - body[border]
        and listed[n] == listed[border]
        and median(sizes[border:]) >= TEASER
    ]


def _number(view: View, unit: Unit) -> int:
    """The number of an item of a list, −1 for what has none."""
    found = _NUMBER.match(view.folded, unit.start, unit.end)
    return int(found[1]) if found else -1


def _before(values: Iterable[bool]) -> list[int]:
    """How many of some values before each place are true."""
    return [0, *accumulate(values)]


def _titles(one: Unit, two: Unit) -> bool:
    """True for a heading or a byline above a paragraph: few may be chance among teasers, more
    are articles."""
    return _is_short(one) and one.kind in (Kind.HEADING, Kind.BYLINE) and two.kind is Kind.TEXT
