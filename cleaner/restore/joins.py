"""Which cut ends of a page of columns go on in what follows them in their articles.

A seam may be right and whole, right with words lost at it (then its halves stand in order, but
apart), or wrong. How much is believed depends on the page: where some seams plainly lost words,
others did; where none did, an unlikely seam is whole too. The share of both kinds of page is part
of the answer: p = p(page whole) · p(seam | whole page) + p(page torn) · p(seam | torn page), a
mixture of two logistic models, fitted by `benchmarks.train_joins`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp, log, log1p
from typing import NamedTuple

import numpy as np

from cleaner.batch import View
from cleaner.kernels.pairs import pair_hashes
from cleaner.models import pages, topics
from cleaner.restore.blocks import Kind
from cleaner.restore.evidence import Evidence, Ints, Link, Reals
from cleaner.restore.seams import ABRUPT, NEVER

_LEAST_NEAR, _LEAST_APART = 0.5, 0.65
"""Probability from which halves are joined that stand one below the other, and halves that one
would have to move: of pages of newspapers never seen, those that lost no words keep a wrong join
in a hundred, those that did, one in eight."""

_DOUBT = 0.05
"""The share of the seams of a whole page that are wrong, near enough."""

_PLAINLY, _USUAL = 4.0, 2.5
"""From here (nats) a text plainly begins in mid-sentence; the gain of such where a page has
none."""

_OPENS = frozenset("，、,；;：:。.！？!?”’）》)\"'")


class Seam(NamedTuple):
    """A cut end and the text that follows it in its article, by number of the unit."""

    one: int
    two: int

    @property
    def near(self) -> bool:
        """Whether the halves stand one below the other on the page."""
        return self.two == self.one + 1


def seams_of(evidence: Evidence, chains: Sequence[Sequence[Link]]) -> list[Seam]:
    """The seams of the articles of a page; a caption or a byline may stand between two halves."""
    return [
        Seam(one.unit, two.unit)
        for chain in chains
        for one, two in pairwise(link for link in chain if not aside(evidence, link))
        if one.text and two.text and evidence.units[one.unit].cut
    ]


def aside(evidence: Evidence, link: Link) -> bool:
    """True for what stands in a column without being part of its text, such as a caption."""
    return not link.text and evidence.units[link.unit].kind in (Kind.NEUTRAL, Kind.BYLINE)


def joins_of(view: View, evidence: Evidence, seams: Sequence[Seam]) -> set[Seam]:
    """Those of the seams of a page that are right and lost nothing."""
    rows = [features(view, evidence, seam) for seam in seams]
    whole, torn = ([odds(pages.load_joins(kind), row) for row in rows] for kind in _KINDS)
    share = logistic(odds(pages.load_joins("page"), page_features(evidence, seams, torn)))
    found = set()
    for seam, if_whole, if_torn in zip(seams, whole, torn, strict=True):
        # Words are lost where a column ends: of neighbours in the text that says little.
        sure, least = (1.0, _LEAST_NEAR) if seam.near else (share, _LEAST_APART)
        if sure * logistic(if_whole) + (1 - sure) * logistic(if_torn) > least:
            found.add(seam)
    return found


_KINDS: tuple[pages.Joins, ...] = ("whole", "torn")


def page_features(
    evidence: Evidence, seams: Sequence[Seam], torn: Sequence[float]
) -> dict[str, float]:
    """What says that a page lost no words: how likely its seams between halves that stand apart
    are on a torn page (`torn`, log-odds), and how many cut ends and plain beginnings in
    mid-sentence have no other half; how well all such beginnings follow their best end."""
    cuts = np.flatnonzero(evidence.cut)
    apart = [value for seam, value in zip(seams, torn, strict=True) if not seam.near]
    # On a torn page each seam is whole as often as not, on a whole one all are.
    ratios = [log(2 * (_DOUBT + (1 - _DOUBT) * logistic(value))) for value in apart]
    starts = [
        at
        for at, unit in enumerate(evidence.units)
        if at and unit.kind is Kind.TEXT and evidence.abrupt[at] > ABRUPT
    ]
    best, flows = (
        [_best_end(table, cuts, at) for at in starts] for table in (evidence.gain, evidence.flow)
    )
    followed = {two for _, two in seams}
    return {
        "bias": 1.0,
        "ratio": sum(ratios),
        "mean": sum(ratios) / max(1, len(ratios)),
        "ends": float(len(cuts) - len(seams)),
        "orphans": float(sum(evidence.abrupt[at] > _PLAINLY for at in {*starts} - followed)),
        "starts": sum(best) / len(best) if best else _USUAL,
        "flows": sum(flows) / len(flows) if flows else _USUAL,
        "flows.low": sum(flow < 0 for flow in flows) / len(flows) if flows else 0.0,
    }


def _best_end(table: Reals, cuts: Ints, start: int) -> float:
    """How well a beginning follows the cut end before it that it follows best."""
    return _bounded(float(table[cuts[cuts < start], start].max(initial=NEVER)))


def features(view: View, evidence: Evidence, seam: Seam) -> dict[str, float]:
    """What speaks for a seam: how well the words fit, whether another half would fit better, and
    what the two share."""
    one, two = (evidence.units[at] for at in seam)
    gain = float(evidence.gain[seam])
    fit = min(max(gain - evidence.abrupt[seam.two], -6.0), 8.0)
    last, first = view.folded[one.end - 1], view.folded[two.start]
    word, near = _is_han(last), seam.near
    size = min(one.end - one.start, 40) / 40
    ahead, alone = _others(evidence, seam, evidence.gain)
    flow = float(evidence.flow[seam])
    flow_ahead, flow_alone = _others(evidence, seam, evidence.flow)
    han = word and _is_han(first)
    found = {
        "bias": 1.0,
        "gain": min(max(gain, -6.0), 10.0),
        "fit": fit,
        "word.fit": fit * word,
        "near": float(near),
        "near.gain": min(max(gain, -6.0), 10.0) * near,
        "mark": float(first in _OPENS),
        "quote": float(first in '"“'),
        "first": size,
        "second": min(two.end - two.start, 60) / 60,
        "cut": float(two.cut),
        "ahead.not": max(0.0, -_bounded(gain - ahead)),
        "alone": _bounded(gain - alone),
        "flow": _bounded(flow),
        "flow.high": max(0.0, _bounded(flow)),
        "flow.ahead": _bounded(flow - flow_ahead),
        "flow.alone": _bounded(flow - flow_alone),
        "flow.near": _bounded(flow) * near,
        "both": _bounded(gain) * _bounded(flow),
        "known": _idf(view, one.end - 1, two.start) if han else 0.0,
        "echo": float(han and last + first in view.folded),
    }
    return found | _shared(evidence, seam)


def odds(weights: Mapping[str, float], row: Mapping[str, float]) -> float:
    """The log-odds of a row of features."""
    return sum(weights[name] * value for name, value in row.items())


def logistic(value: float) -> float:
    """The probability of log-odds."""
    return 1.0 / (1.0 + exp(-min(max(value, -30.0), 30.0)))


def _others(evidence: Evidence, seam: Seam, table: Reals) -> tuple[float, float]:
    """What a table says at best of another text behind the end, and of another end before."""
    units = np.arange(len(table))
    later = (units > seam.one) & (units != seam.two) & evidence.text
    earlier = (units < seam.two) & (units != seam.one) & evidence.cut
    ahead = table[seam.one, later].max(initial=NEVER)
    return float(ahead), float(table[earlier, seam.two].max(initial=NEVER))


def _shared(evidence: Evidence, seam: Seam) -> dict[str, float]:
    """What both sides of a seam speak of."""
    words = evidence.words
    both = np.intersect1d(words.of[seam.one], words.of[seam.two], assume_unique=True)
    return {
        "shared": log1p(float(words.weight[both].sum())),
        "names": log1p(float(words.rare[both].sum())),
    }


def _idf(view: View, last: int, first: int) -> float:
    """How rare the two characters across a seam are side by side."""
    across = pair_hashes(view.folded_codes[[last, first]])[:1]
    return float(topics.load()[across][0]) / topics.SCALE


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _bounded(value: float) -> float:
    return min(max(value, -8.0), 8.0)
