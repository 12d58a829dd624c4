"""What may be done with the next unit of a page, and what speaks for each of these moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log1p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.restore.blocks import Kind
from cleaner.restore.states import Article, Evidence, Move, State
from cleaner.restore.topics import likeness

Weights = Mapping[str, float]

PLAIN = 6.0
"""Seam gain (nats) from which a line that looks like a heading may well be a cut one."""


class Overlap(NamedTuple):
    """What a unit shares with one article: which of its words (bool), their weight, and the
    log-likelihood ratio that it is of the article."""

    said: npt.NDArray[np.bool_]
    shared: float
    related: float


Overlaps = dict[int, Overlap]
"""By identity of the article, for one unit: the states of a beam share most of their articles."""


def worth(weights: Weights, move: Move) -> float:
    """The score of a move: its features, weighed."""
    return sum([weights[name] * value for name, value in move.features.items() if name in weights])


def moves(evidence: Evidence, state: State, unit: int, overlaps: Overlaps) -> list[Move]:
    """What may be done with a unit, each with its features; `overlaps` of the unit are added
    to as they are needed."""
    item = evidence.units[unit]
    number = len(state.articles)
    if not number or item.kind is Kind.NEUTRAL:
        return [Move(max(state.current, 0), item.kind is Kind.TEXT, {})]
    if (certain := _certain(evidence, state, unit)) is not None:
        return [certain]
    if item.kind is not Kind.TEXT:
        homes = range(number) if evidence.columns else [state.current]
        found = [Move(at, False, _heading(evidence, state, unit, at)) for at in homes]
        if may_be_text(evidence, unit):
            maybe = {"maybe": 1.0, "maybe.hope": _hope(evidence, unit)}
            found += _texts(evidence, state, unit, maybe, overlaps)
    else:
        found = _texts(evidence, state, unit, {}, overlaps)
    if state.articles[state.current].last >= 0 and may_open(evidence, unit):
        found.append(Move(number, item.kind is Kind.TEXT, _opening(evidence, state, unit)))
    return found


def _certain(evidence: Evidence, state: State, unit: int) -> Move | None:
    """What needs no weighing: a heading above a report opens an article, and writers between a
    paragraph and a heading close the article of the paragraph."""
    units = evidence.units
    article = state.articles[state.current]
    if article.last < 0 or units[unit].kind is Kind.TEXT:
        return None
    following = units[unit + 1].kind if unit + 1 < len(units) else Kind.NEUTRAL
    if units[unit].kind is Kind.BYLINE:
        closes = following is Kind.HEADING and not (article.closed or article.headed)
        return Move(state.current, False, {}) if closes else None
    cut = evidence.columns and units[unit].cut and _hope(evidence, unit) > PLAIN
    if cut and following is Kind.HEADING:
        return None  # it may be the end of a column
    run = unit
    while run < len(units) and units[run].kind in (Kind.HEADING, Kind.BYLINE):
        run += 1
    report = run < len(units) and units[run].opens
    return Move(len(state.articles), False, {}) if report else None


def may_open(evidence: Evidence, unit: int) -> bool:
    """A heading or byline may open an article; on a page that is not cut, only where a report
    or a byline follows."""
    units = evidence.units
    if units[unit].kind is Kind.TEXT:
        return units[unit].opens or units[unit].leads
    if evidence.columns:
        return True
    run = unit
    while run < len(units) and units[run].kind is not Kind.TEXT:
        run += 1
    named = any(units[at].kind is Kind.BYLINE for at in range(unit + 1, run))
    return run < len(units) and (named or units[run].opens)


def _hope(evidence: Evidence, unit: int) -> float:
    """The best seam that a later text of the page offers to a line that may be cut."""
    later = evidence.gain[unit][unit + 1 :]
    return min(max(max(later, default=0.0), 0.0), 12.0)


def may_be_text(evidence: Evidence, unit: int) -> bool:
    """Whether what looks like a heading may be a cut paragraph: anywhere on a page of columns,
    else only where a later line plainly continues it."""
    plain = evidence.columns or _hope(evidence, unit) > PLAIN
    return evidence.units[unit].cut and plain


def _texts(
    evidence: Evidence, state: State, unit: int, base: dict[str, float], overlaps: Overlaps
) -> list[Move]:
    """The unit as text of each article; on a page that is not cut, of the present one."""
    waiting = [
        (a.touched, at)
        for at, a in enumerate(state.articles)
        if a.last >= 0 and evidence.units[a.last].cut and not a.headed and at != state.current
    ]
    oldest = min(waiting)[1] if waiting else -1
    homes = range(len(state.articles)) if evidence.columns else (state.current,)
    topics = _topics(evidence, state, unit, homes, overlaps)
    links = (_link(evidence, state, unit, at) for at in homes)
    return [
        Move(at, True, {**base, **topic, **link, "oldest": float(at == oldest)})
        for at, topic, link in zip(homes, topics, links, strict=True)
    ]


def _link(evidence: Evidence, state: State, unit: int, at: int) -> dict[str, float]:
    """That the unit follows the last text of an article."""
    article = state.articles[at]
    away = at != state.current
    last = state.articles[state.current].last
    sound = last >= 0 and not evidence.units[last].cut
    found = {"back": float(away), "back.sound": float(away and sound)}
    abrupt = min(max(evidence.abrupt[unit] + 1.0, -2.0), 8.0)
    lead = evidence.leads[unit]
    if article.last < 0:
        return {**found, "first.abrupt": abrupt, "first.lead": lead}
    if article.closed:
        found["closed"] = 1.0
    if not evidence.units[article.last].cut:
        return {**found, "after_end": 1.0, "after_end.abrupt": abrupt, "after_end.lead": lead}
    if article.headed:
        return {**found, "after_heading": 1.0, "after_end.abrupt": abrupt, "after_end.lead": lead}
    gain = min(max(evidence.gain[article.last][unit], -8.0), 12.0)
    return {**found, "gain": gain, "gain.low": max(0.0, -gain), "gain.high": max(0.0, gain - 6)}


def _topics(
    evidence: Evidence, state: State, unit: int, homes: Sequence[int], overlaps: Overlaps
) -> list[dict[str, float]]:
    """How much the unit speaks of what each of some articles speaks of."""
    found = [_overlap(evidence, article, unit, overlaps) for article in state.articles]
    said = np.array([overlap.said for overlap in found])
    count = said.sum(axis=0)
    weight = evidence.words.weights[unit]
    covered = float(weight @ (count > 0)) + 1.0
    alone = said & (count == 1)
    several = len(found) > 1
    unique = (alone @ weight / covered).tolist() if several else [1.0]
    names = (alone @ evidence.words.rares[unit]).tolist()
    return [
        {
            "share": found[at].shared / covered if several else 1.0,
            "unique": unique[at],
            "names": log1p(names[at]),
            "size": log1p(state.articles[at].texts),
            "related": found[at].related,
        }
        for at in homes
    ]


def _overlap(evidence: Evidence, article: Article, unit: int, overlaps: Overlaps) -> Overlap:
    """What a unit shares with an article, computed once for all states."""
    key = id(article)
    if key not in overlaps:
        words = evidence.words
        said = article.used[words.of[unit]]
        shared, rare = float(said @ words.weights[unit]), float(said @ words.rares[unit])
        related = likeness(shared, rare, words.masses[unit], article.mass)
        overlaps[key] = Overlap(said, shared, related)
    return overlaps[key]


def _heading(evidence: Evidence, state: State, unit: int, at: int) -> dict[str, float]:
    """That a heading or byline belongs to an article that is there."""
    article = state.articles[at]
    item = evidence.units[unit]
    kind = "byline" if item.kind is Kind.BYLINE else "heading"
    found = {f"{kind}.back": float(at != state.current)}
    if article.last < 0:
        return {**found, f"{kind}.above": 1.0}
    if evidence.units[article.last].cut and not article.headed:
        found[f"{kind}.in_cut"] = 1.0
    if article.closed:
        found[f"{kind}.closed"] = 1.0
    if kind == "byline" and not _text_follows(evidence, unit):
        found["byline.closes"] = 1.0
    return found


def _text_follows(evidence: Evidence, unit: int) -> bool:
    units = evidence.units
    return unit + 1 < len(units) and units[unit + 1].kind is Kind.TEXT


def _opening(evidence: Evidence, state: State, unit: int) -> dict[str, float]:
    """That an article opens here."""
    units = evidence.units
    found = {"new": 1.0, "new.closed": float(state.articles[state.current].closed)}
    run = unit
    while run < len(units) and units[run].kind is not Kind.TEXT:
        if units[run].kind is Kind.BYLINE:
            found["new.byline"] = 1.0
        run += 1
    if run - unit > 1:
        found["new.run"] = 1.0
    if run == unit:
        found["new.bare"] = 1.0
    elif units[unit].kind is Kind.BYLINE:
        found["new.names"] = 1.0
        found["new.closes"] = float(not _text_follows(evidence, unit))
    if run < len(units):
        found["new.opens"] = float(units[run].opens or units[run].leads)
        found["new.lead"] = evidence.leads[run]
        found["new.abrupt"] = min(max(evidence.abrupt[run] + 1.0, -2.0), 8.0)
        found |= _novelty(evidence, state, run)
    return found


def _novelty(evidence: Evidence, state: State, unit: int) -> dict[str, float]:
    """How little of the next texts the article at hand has spoken of."""
    words = evidence.words
    own = words.of[unit]
    following = unit + 1
    if following < len(evidence.units) and evidence.units[following].kind is Kind.TEXT:
        own = np.union1d(own, words.of[following])
    used = state.articles[state.current].used
    shared = float(words.weight[own] @ used[own])
    mass = float(words.weight[own].sum())
    other = state.articles[state.current].mass
    names = float(words.rare[own] @ used[own])
    return {
        "new.shared": log1p(shared),
        "new.mass": log1p(mass),
        "new.other": log1p(other),
        "new.rare": log1p(names),
        "new.share": shared / (mass + 1),
    }
