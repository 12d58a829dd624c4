"""What may be done with the next unit of a page, and what speaks for each of these moves."""

from __future__ import annotations

from collections.abc import Container, Sequence
from math import log1p

import numpy as np

from cleaner.restore.blocks import Kind, Unit
from cleaner.restore.ends import CLOSED, STEP
from cleaner.restore.evidence import Evidence, Mask, Reals
from cleaner.restore.kinship import Common, common, ties
from cleaner.restore.states import Beam, Moves, Page, ended, said, uneven
from cleaner.restore.topics import along

PLAIN = 6.0
"""Seam gain (nats) from which a line that looks like a heading may well be a cut one."""

_SHORT = 8
"""Characters that a title has at least, as a rule."""

_WORST = 8.0
"""How many times as much as columns of one height do two of an article differ that differ most."""

_NEVER = -np.inf


def moves(page: Page, beam: Beam, unit: int) -> Moves:
    """All moves of a unit, the best first."""
    item = page.evidence.units[unit]
    count, most = beam.end.shape
    worth = np.full((count, 2 * most + 1), _NEVER)  # as text, as heading, in a new article
    fresh = np.full((count, most + 1), page.evidence.words.masses[unit])
    if item.kind is Kind.NEUTRAL:
        worth[np.arange(count), most + beam.current] = 0.0
    else:
        both = common(page, beam, unit)
        fresh[:, :most] = both.new
        away = np.arange(most) != beam.current[:, None]
        barred = np.arange(most) >= beam.number[:, None] if page.evidence.columns else away
        if item.kind is Kind.TEXT or may_be_text(page, unit):
            found = ties(page, beam, unit, both) + _places(page, beam, unit, away)
            worth[:, :most] = np.where(barred, _NEVER, found)
        if item.kind is not Kind.TEXT:
            found = _headings(page, beam, unit, both) + page.weights[f"{item.kind}.back"] * away
            worth[:, most:-1] = np.where(barred, _NEVER, found)
        if may_open(page.evidence, unit):
            worth[:, -1] = _openings(page, beam, unit)
        if page.evidence.columns:
            _add_heights(page, beam, unit, worth)
        _make_certain(page, beam, unit, worth)
    score = (worth + beam.score[:, None]).ravel()
    order = (-score).argsort(kind="stable")[: np.count_nonzero(score > _NEVER)]
    state, move = np.divmod(order, 2 * most + 1)
    opening = move == 2 * most
    text = (move < most) | (opening & (item.kind is Kind.TEXT))
    to = np.where(opening, beam.number.take(state), move % most)
    new = fresh[state, np.where(opening, most, to)]
    end, key = ended(page, beam, unit, state, to, text)
    return Moves(state, to, text, new, score.take(order), end, key)


def _places(page: Page, beam: Beam, unit: int, away: Mask) -> Reals:
    """What the place of a unit on the page says of it as text of each article, shape (s, a)."""
    weights, ends = page.weights, page.ends
    found: Reals = away * ends.leaving.take(beam.of_current(beam.end))[:, None]
    waiting = away & ends.waits.take(beam.end)
    if waiting.any():
        oldest = np.where(waiting, beam.touched, len(page.hope)).argmin(axis=1)
        rows = np.arange(len(away))
        found[rows, oldest] += weights["oldest"] * waiting[rows, oldest]
    found += weights["turn"] * (away & (np.arange(away.shape[1]) == beam.turn[:, None]))
    if page.evidence.units[unit].kind is not Kind.TEXT:
        found += weights["maybe"] + weights["maybe.hope"] * page.hope[unit]
    return found


def _add_heights(page: Page, beam: Beam, unit: int, worth: Reals) -> None:
    """Columns of an article are of one height: count that the page leaves the current one early,
    or goes on in it for too long."""
    weights, most = page.weights, beam.end.shape[1]
    rows, here = np.arange(len(worth)), np.array([[0], [most]]) + beam.current
    columns = beam.of_current(beam.columns)
    usual = beam.of_current(beam.filled) / np.maximum(columns, 1)
    scale = (columns > 0) / uneven(usual)
    now = (beam.column - usual) * scale
    then = now + page.heights[unit] * scale
    early, late, over = np.clip([-now, now, then], 0.0, _WORST)
    worth[rows, here] -= weights["column.early"] * early
    worth[:, :-1] += (weights["column.early"] * early)[:, None]
    worth[:, -1] += weights["new.early"] * early
    worth[rows, beam.current] += weights["column.late"] * (over - late)


def _headings(page: Page, beam: Beam, unit: int, both: Common) -> Reals:
    """That a heading or byline belongs to each article, shape (s, a)."""
    weights, begun = page.weights, beam.end >= STEP
    if page.evidence.units[unit].kind is Kind.HEADING:
        same = weights["heading.related"] * both.related + weights["heading.along"] * both.along
        return page.ends.heading.take(beam.end) + begun * same
    found: Reals = page.ends.byline.take(beam.end)
    return found if _text_follows(page, unit) else found + begun * weights["byline.closes"]


def _make_certain(page: Page, beam: Beam, unit: int, worth: Reals) -> None:
    """Leave one move where nothing needs weighing: a heading above a report opens an article, and
    writers between a paragraph and a heading close the article of the paragraph."""
    units, end = page.evidence.units, beam.of_current(beam.end)
    kind = units[unit].kind
    following = units[unit + 1].kind if unit + 1 < len(units) else Kind.NEUTRAL
    maybe = following is Kind.HEADING and may_be_text(page, unit)  # the end of a column
    if kind is Kind.BYLINE and following is Kind.HEADING:
        sure, move = (end >= STEP) & (end % STEP == 0), worth.shape[1] // 2 + beam.current
    elif kind is Kind.HEADING and not maybe and _above_report(page, unit):
        sure, move = end >= STEP, np.full(len(end), worth.shape[1] - 1)
    else:
        return
    worth[sure[:, None] & (np.arange(worth.shape[1]) != move[:, None])] = _NEVER


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


def _openings(page: Page, beam: Beam, unit: int) -> Reals:
    """That an article opens here, shape (s,)."""
    units, weights = page.evidence.units, page.weights
    run = _title_end(units, unit)
    end = beam.of_current(beam.end)
    found: Reals = np.full(len(beam.number), weights["new"])
    found += weights["new.closed"] * (end & CLOSED)
    found += weights["new.turn"] * (beam.again & (beam.turn > beam.current))
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
        found += page.ends.fresh[run] + _novelty(page, beam, run)
    found[end < STEP] = _NEVER
    return found


def _novelty(page: Page, beam: Beam, unit: int) -> Reals:
    """How little of the next texts the articles at hand have spoken of, shape (s,)."""
    words, topics, weights = page.evidence.words, page.evidence.topics, page.weights
    own, vector = words.of[unit], topics[unit]
    if _text_follows(page, unit):
        own = np.union1d(own, words.of[unit + 1])
        vector = vector + topics[unit + 1]
    known = said(page, beam.of_current(beam.units), own)
    weight, mass = words.weight[own], float(words.weight[own].sum())
    shared = known @ weight
    found = weights["new.mass"] * log1p(mass) + weights["new.shared"] * np.log1p(shared)
    found += weights["new.other"] * np.log1p(beam.of_current(beam.mass))
    found += weights["new.rare"] * np.log1p(known @ words.rare[own])
    found += weights["new.share"] * shared / (mass + 1)
    found += weights["new.along"] * along(beam.of_current(beam.topic), vector)
    return np.asarray(found)
