"""What may be done with the next unit of a page, and what speaks for each of these moves."""

from __future__ import annotations

from collections.abc import Mapping
from math import log1p

import numpy as np

from cleaner.restore.blocks import Kind
from cleaner.restore.kinship import Kinship
from cleaner.restore.states import Evidence, Move, State
from cleaner.restore.topics import along

Weights = Mapping[str, float]

PLAIN = 6.0
"""Seam gain (nats) from which a line that looks like a heading may well be a cut one."""


def worth(weights: Weights, move: Move) -> float:
    """The score of a move: its features, weighed."""
    return sum([weights[name] * value for name, value in move.features.items() if name in weights])


def moves(evidence: Evidence, state: State, unit: int, kinship: Kinship) -> list[Move]:
    """What may be done with a unit, each with its features; `kinship` is that of the unit."""
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
            found += _texts(evidence, state, maybe, kinship)
    else:
        found = _texts(evidence, state, {}, kinship)
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
    later = zip(evidence.gain[unit][unit + 1 :], evidence.flow[unit][unit + 1 :], strict=True)
    return min(max(max((gain + flow for gain, flow in later), default=0.0), 0.0), 12.0)


def may_be_text(evidence: Evidence, unit: int) -> bool:
    """Whether what looks like a heading may be a cut paragraph: anywhere on a page of columns,
    else only where a later line plainly continues it."""
    plain = evidence.columns or _hope(evidence, unit) > PLAIN
    return evidence.units[unit].cut and plain


def _texts(
    evidence: Evidence, state: State, base: dict[str, float], kinship: Kinship
) -> list[Move]:
    """The unit as text of each article; on a page that is not cut, of the present one."""
    waiting = [
        (a.touched, at)
        for at, a in enumerate(state.articles)
        if a.last >= 0 and evidence.units[a.last].cut and not a.headed and at != state.current
    ]
    oldest = min(waiting)[1] if waiting else -1
    homes = range(len(state.articles)) if evidence.columns else (state.current,)
    last = state.articles[state.current].last
    sound = last >= 0 and not evidence.units[last].cut
    found = []
    for at in homes:
        away = at != state.current
        place = {"back": away, "back.sound": away and sound, "oldest": at == oldest}
        found.append(Move(at, True, {**base, **kinship.of(state)[at], **place}))
    return found


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
    own, vector = words.of[unit], words.vectors[unit]
    following = unit + 1
    if following < len(evidence.units) and evidence.units[following].kind is Kind.TEXT:
        own = np.union1d(own, words.of[following])
        vector = vector + words.vectors[following]
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
        "new.along": float(along(state.articles[state.current].topic, vector)),
    }
