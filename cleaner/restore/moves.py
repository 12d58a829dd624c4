"""What may be done with the next unit of a page, and what speaks for each of these moves."""

from __future__ import annotations

from collections.abc import Container, Sequence
from math import log1p

import numpy as np

from cleaner.restore.blocks import Kind, Unit
from cleaner.restore.kinship import Common, Weights, abruptness, common, ties
from cleaner.restore.states import Beam, Evidence, Moves, Page, Reals, said
from cleaner.restore.topics import along

PLAIN = 6.0
"""Seam gain (nats) from which a line that looks like a heading may well be a cut one."""

_SHORT = 8
"""Characters that a title has at least, as a rule."""

_NEVER = -np.inf


def moves(page: Page, weights: Weights, beam: Beam, unit: int) -> Moves:
    """All moves of a unit, the best first."""
    item = page.evidence.units[unit]
    count, most = beam.last.shape
    worth = np.full((count, 2 * most + 1), _NEVER)  # as text, as heading, in a new article
    new = np.full(worth.shape, page.evidence.words.masses[unit])
    if item.kind is Kind.NEUTRAL:
        worth[np.arange(count), most + beam.current] = 0.0
    else:
        both = common(page, beam, unit)
        new[:, :most] = new[:, most:-1] = both.new
        if item.kind is Kind.TEXT or may_be_text(page, unit):
            worth[:, :most] = ties(page, weights, beam, unit, both)
            worth[:, :most] += _places(page, weights, beam, unit)
        if item.kind is not Kind.TEXT:
            worth[:, most:-1] = _headings(page, weights, beam, unit, both)
        worth[:, -1] = _openings(page, weights, beam, unit)
        _make_certain(page, beam, unit, worth)
    score = (worth + beam.score[:, None]).ravel()
    order = np.argsort(-score, kind="stable")[: np.count_nonzero(score > _NEVER)]
    state, move = np.divmod(order, 2 * most + 1)
    opening = move == 2 * most
    text = (move < most) | (opening & (item.kind is Kind.TEXT))
    to = np.where(opening, beam.number[state], move % most)
    return Moves(state, to, text, new.ravel()[order], score[order])


def _places(page: Page, weights: Weights, beam: Beam, unit: int) -> Reals:
    """What the place of a unit on the page says of it as text of each article, shape (s, a); on a
    page that is not cut, it goes to the present one."""
    articles = np.arange(beam.last.shape[1])
    away = articles != beam.current[:, None]
    there = articles < beam.number[:, None]
    cut = page.evidence.cut.take(beam.last) & ~beam.headed & (beam.last >= 0)
    rows = np.arange(len(away))
    last, headed = beam.of_current(beam.last), beam.of_current(beam.headed)
    sound = (last >= 0) & ~page.evidence.cut.take(last)
    leaving = np.full(len(rows), weights["back"])
    leaving += weights["back.sound"] * sound + weights["back.headed"] * ((last < 0) | headed)
    found: Reals = away * leaving[:, None]
    waiting = there & away & cut
    oldest = np.where(waiting, beam.touched, len(page.hope)).argmin(axis=1)
    found[rows, oldest] += weights["oldest"] * waiting[rows, oldest]
    if page.evidence.units[unit].kind is not Kind.TEXT:
        found += weights["maybe"] + weights["maybe.hope"] * page.hope[unit]
    found[~there if page.evidence.columns else away] = _NEVER
    return found


def _headings(page: Page, weights: Weights, beam: Beam, unit: int, both: Common) -> Reals:
    """That a heading or byline belongs to each article that is there, shape (s, a)."""
    kind = page.evidence.units[unit].kind.value
    articles = np.arange(beam.last.shape[1])
    away = articles != beam.current[:, None]
    behind = weights[f"{kind}.closed"] * beam.closed
    behind += weights[f"{kind}.in_cut"] * (page.evidence.cut.take(beam.last) & ~beam.headed)
    if kind == Kind.HEADING:
        behind += weights["heading.related"] * both.related + weights["heading.along"] * both.along
    elif not _text_follows(page, unit):
        behind += weights["byline.closes"]
    found: Reals = np.where(beam.last < 0, weights[f"{kind}.above"], behind)
    found += weights[f"{kind}.back"] * away
    there = articles < beam.number[:, None]
    found[~there if page.evidence.columns else away] = _NEVER
    return found


def _make_certain(page: Page, beam: Beam, unit: int, worth: Reals) -> None:
    """Leave one move where nothing needs weighing: a heading above a report opens an article, and
    writers between a paragraph and a heading close the article of the paragraph."""
    units = page.evidence.units
    last = beam.of_current(beam.last)
    headed, closed = beam.of_current(beam.headed), beam.of_current(beam.closed)
    following = units[unit + 1].kind if unit + 1 < len(units) else Kind.NEUTRAL
    if units[unit].kind is Kind.BYLINE:
        sure = (last >= 0) & ~closed & ~headed & (following is Kind.HEADING)
        move = worth.shape[1] // 2 + beam.current
    else:
        # A heading above a heading may be the end of a column.
        maybe = following is Kind.HEADING and may_be_text(page, unit)
        heading = units[unit].kind is Kind.HEADING and not maybe
        sure = (last >= 0) & (heading and _above_report(page, unit))
        move = np.full(len(worth), worth.shape[1] - 1)
    others = np.arange(worth.shape[1]) != move[:, None]
    worth[sure[:, None] & others] = _NEVER


def _above_report(page: Page, unit: int) -> bool:
    """True for a heading or byline with a report below it."""
    units = page.evidence.units
    run = _run(units, unit, (Kind.HEADING, Kind.BYLINE))
    return run < len(units) and units[run].opens


def _run(units: Sequence[Unit], unit: int, kinds: Container[Kind]) -> int:
    """The first unit from here on that is of none of some kinds."""
    while unit < len(units) and units[unit].kind in kinds:
        unit += 1
    return unit


def may_open(evidence: Evidence, unit: int) -> bool:
    """Whether an article may open here: where a text begins as reports do, and at a heading; on a
    page that is not cut, only above a report or writers."""
    units = evidence.units
    if units[unit].kind is Kind.TEXT:
        return units[unit].opens or units[unit].leads
    run = _title_end(units, unit)
    named = any(units[at].kind is Kind.BYLINE for at in range(unit + 1, run))
    return evidence.columns or (run < len(units) and (named or units[run].opens))


def may_be_text(page: Page, unit: int) -> bool:
    """Whether what looks like a heading may be a cut paragraph: on a page that is not cut, only
    where a later line plainly continues it."""
    plain = page.evidence.columns or page.hope[unit] > PLAIN
    return bool(page.evidence.cut[unit] and plain)


def _title_end(units: Sequence[Unit], unit: int) -> int:
    """The first text from here on."""
    return _run(units, unit, (Kind.HEADING, Kind.BYLINE, Kind.NEUTRAL))


def _text_follows(page: Page, unit: int) -> bool:
    units = page.evidence.units
    return unit + 1 < len(units) and units[unit + 1].kind is Kind.TEXT


def _openings(page: Page, weights: Weights, beam: Beam, unit: int) -> Reals:
    """That an article opens here, shape (s,)."""
    if not may_open(page.evidence, unit):
        return np.full(len(beam.number), _NEVER)
    units = page.evidence.units
    run = _title_end(units, unit)
    found: Reals = np.full(len(beam.number), weights["new"])
    found += weights["new.closed"] * beam.of_current(beam.closed)
    above = [units[at].kind for at in range(unit, run)]
    found += weights["new.byline"] * (Kind.BYLINE in above)
    found += weights["new.run"] * (len(above) > 1)
    size = units[unit].end - units[unit].start
    found += weights["new.short"] * max(0.0, 1 - size / _SHORT)
    if not above:
        found += weights["new.bare"]
    elif above[0] is Kind.BYLINE:
        found += weights["new.names"] + weights["new.closes"] * (not _text_follows(page, unit))
    if run < len(units):
        found += _fresh(page, weights, run) + _novelty(page, weights, beam, run)
    found[beam.of_current(beam.last) < 0] = _NEVER
    return found


def _fresh(page: Page, weights: Weights, unit: int) -> float:
    """How much a text looks like the first of an article."""
    evidence = page.evidence
    opens = evidence.units[unit].opens or evidence.units[unit].leads
    found = weights["new.opens"] * opens + weights["new.lead"] * evidence.leads[unit]
    return float(found + weights["new.abrupt"] * abruptness(evidence, unit))


def _novelty(page: Page, weights: Weights, beam: Beam, unit: int) -> Reals:
    """How little of the next texts the articles at hand have spoken of, shape (s,)."""
    words, topics = page.evidence.words, page.evidence.topics
    own, vector = words.of[unit], topics[unit]
    if _text_follows(page, unit):
        own = np.union1d(own, words.of[unit + 1])
        vector = vector + topics[unit + 1]
    known = said(page, beam.of_current(beam.texts), own)
    weight, mass = words.weight[own], float(words.weight[own].sum())
    shared = known @ weight
    found = weights["new.mass"] * log1p(mass) + weights["new.shared"] * np.log1p(shared)
    found += weights["new.other"] * np.log1p(beam.of_current(beam.mass))
    found += weights["new.rare"] * np.log1p(known @ words.rare[own])
    found += weights["new.share"] * shared / (mass + 1)
    found += weights["new.along"] * along(beam.of_current(beam.topic), vector)
    return np.asarray(found)
