"""A page under construction: the best ways to part its first units into articles, as arrays."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from cleaner.restore.blocks import Kind
from cleaner.restore.ends import Ends, Weights, after, ends_of
from cleaner.restore.evidence import Evidence, Ints, Mask, Reals

Bits = npt.NDArray[np.uint64]
S = TypeVar("S", bound=np.generic)


class Page(NamedTuple):
    """The evidence on a page of n units, and what follows from it for the search: what the best
    later continuation of each unit is worth (`hope`, nats, shape (n,)), in which units each of
    w words stands (`places`, sets of bits, shape (k, w) with 64 k ≥ n), what each end of an
    article says of the next unit, and how much of a column each unit takes (`heights`, in
    characters, shape (n,))."""

    evidence: Evidence
    weights: Weights
    hope: Reals
    places: Bits
    ends: Ends
    heights: Reals


def page_of(evidence: Evidence, weights: Weights) -> Page:
    """What the search asks of a page again and again."""
    n, words = len(evidence.units), evidence.words
    has = np.zeros((-(-n // _BITS) * _BITS, len(words.weight)), np.bool_)
    for row, own in zip(has, words.of, strict=False):
        row[own] = True
    packed = np.packbits(has, axis=0, bitorder="little")
    places = packed.reshape(-1, _BITS // 8, has.shape[1]).swapaxes(1, 2).copy().view("<u8")
    later = np.triu(evidence.gain + evidence.flow, 1).max(axis=1, initial=0.0)
    hope = np.minimum(later, _HOPE)
    ends = ends_of(evidence, weights)
    return Page(evidence, weights, hope, places[..., 0], ends, heights(evidence))


def heights(evidence: Evidence) -> Reals:
    """How much of a column each unit takes as text, shape (n,), in characters: a paragraph that
    ends leaves half a line empty."""
    sizes = [unit.end - unit.start + _HALF_LINE * (not unit.cut) for unit in evidence.units]
    return np.array(sizes, np.float64)


_BITS = 64
_HOPE = 12.0
"""Nats that a continuation is worth at most where there is still a choice."""

_HALF_LINE = 9
"""Characters: half a line of a newspaper column."""

_LINE, _UNEVEN = 30.0, 0.1
"""By how much columns of one height differ: in characters, and as a share of them."""


def uneven(usual: Reals) -> Reals:
    """By how many characters columns differ that are usually so high, in characters too."""
    return _LINE + _UNEVEN * usual


class Beam(NamedTuple):
    """The best states of a page after some of its units: s states, of a articles at most.

    Of states, shape (s,): `score`, `number` (articles so far), `current` (the article that the
    last unit went to), the first article of the `stack` that the page is in, whether it went
    back to one of these (`again`), a `key` of the ends of its articles, and how much of its
    `column` the current article has filled. Of articles, shape (s, a): the `end` of each, as
    `ends` says; how many `columns` each had before and what these `filled`; how many texts they
    have (`size`); which unit came last (`touched`); the `mass` of the words that they use; their
    texts and headings (`units`, sets of bits, shape (s, a, k)) and the sum of these units'
    `topic`, (s, a, d).
    """

    score: Reals
    number: Ints
    current: Ints
    stack: Ints
    again: Mask
    key: Bits
    column: Reals
    end: Ints
    filled: Reals
    columns: Ints
    size: Ints
    touched: Ints
    mass: Reals
    units: Bits
    topic: Reals

    def taken(self, states: Ints) -> Beam:
        """Some of the states, in this order; a copy."""
        return Beam._make([values.take(states, axis=0) for values in self])

    @property
    def turn(self) -> Ints:
        """Whose turn it is, shape (s,): articles of a stack, one above the other, come in the same
        order in each of their columns."""
        return np.where(self.current + 1 < self.number, self.current + 1, self.stack)

    def of_current(self, values: npt.NDArray[S]) -> npt.NDArray[S]:
        """What the current article of each state has of something of articles, shape (s, a, …) to
        (s, …)."""
        return values[np.arange(len(values)), self.current]


class Moves(NamedTuple):
    """What may be done with a unit, m moves: from which `state` of the beam, `to` which of its
    articles (their number: a new one), whether the unit is read as `text`, how much of its words
    is `new` there if it is, and then: the `score` of the page, the `end` of the article, and the
    `key` of the state; shape (m,)."""

    state: Ints
    to: Ints
    text: Mask
    new: Reals
    score: Reals
    end: Ints
    key: Bits

    def taken(self, moves: Ints) -> Moves:
        """Some of the moves."""
        return Moves._make([values.take(moves) for values in self])


def begun(page: Page, count: int) -> Beam:
    """The one state in which the first units are one article, each read as what it seems."""
    units, words = page.evidence.units[:count], page.evidence.words
    kinds = [unit.kind for unit in units]
    end = np.zeros((1, 1), np.int64)
    for at, unit in enumerate(units):
        end = after(end, at, unit.signed, np.array(unit.kind is Kind.TEXT), unit.kind)
    telling = [at for at, kind in enumerate(kinds) if kind in (Kind.TEXT, Kind.HEADING)]
    known = np.zeros((1, 1, len(page.places)), np.uint64)
    for at in telling:
        known[..., at // _BITS] |= np.uint64(1 << at % _BITS)
    touched = max((at for at, kind in enumerate(kinds) if kind is not Kind.NEUTRAL), default=0)
    one = np.ones((1, 1), np.int64)
    return Beam(
        score=np.zeros(1),
        number=one[0],
        current=one[0] - 1,
        stack=one[0] - 1,
        again=np.zeros(1, np.bool_),
        key=end[0].astype(np.uint64) * _FACTOR,
        column=page.heights[:count][[kind is Kind.TEXT for kind in kinds]].sum(keepdims=True),
        end=end,
        filled=np.zeros((1, 1)),
        columns=one * 0,
        size=one * kinds.count(Kind.TEXT),
        touched=one * touched,
        mass=said(page, known, np.arange(len(words.weight)))[0] @ words.weight[:, None],
        units=known,
        topic=page.evidence.topics[telling].sum(axis=0)[None, None],
    )


def ended(
    page: Page, beam: Beam, unit: int, state: Ints, to: Ints, text: Mask
) -> tuple[Ints, Bits]:
    """What the articles that a unit goes `to` end with then, and the keys of the states: the same
    for states that differ in what they have behind them only."""
    item = page.evidence.units[unit]
    before = beam.end.take(state * beam.end.shape[1] + to, mode="clip")
    before[to == beam.number.take(state)] = 0
    end = after(before, unit, item.signed, text, item.kind)
    counted = _FACTOR ** (to + 1).astype(np.uint64)
    return end, beam.key.take(state) + (end - before).astype(np.uint64) * counted


_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""What the end of the first article counts in a key; its powers, those of the others."""


def grown(page: Page, beam: Beam, unit: int, moves: Moves) -> Beam:
    """The states that moves of a unit lead to."""
    item = page.evidence.units[unit]
    most = beam.end.shape[1]
    found = (_wider(beam) if moves.to.max() == most else beam).taken(moves.state)
    rows, to, text = np.arange(len(moves.to)), moves.to, moves.text
    if item.kind is not Kind.NEUTRAL:
        found.touched[rows, to] = unit
    found.end[rows, to] = moves.end
    found.size[rows, to] += text
    telling = text if item.kind is not Kind.HEADING else np.ones_like(text)
    at = rows[telling], to[telling]
    found.mass[at] += moves.new[telling]
    found.units[(*at, unit // _BITS)] |= np.uint64(1 << unit % _BITS)
    found.topic[at] += page.evidence.topics[unit]
    opened = to == found.number
    stack, again = _stacked(found, to, opened)
    _leave_columns(found, to)
    within = text | ((item.kind is Kind.HEADING) & (found.size[rows, to] > 0))
    found.column[:] += within * page.heights[unit]
    found = found._replace(stack=stack, again=again, number=found.number + opened)
    return found._replace(score=moves.score, current=to, key=moves.key)


def _leave_columns(beam: Beam, to: Ints) -> None:
    """Where states go to another article, the column of the one at hand is behind them."""
    left = np.flatnonzero(to != beam.current)
    behind = left, beam.current[left]
    beam.filled[behind] += beam.column[left]
    beam.columns[behind] += beam.column[left] > 0
    beam.column[left] = 0.0


def _stacked(beam: Beam, to: Ints, opened: Mask) -> tuple[Ints, Mask]:
    """`stack` and `again` once each state goes to an article: a stack ends where one opens after
    the page went back to its articles."""
    stack = np.where(opened & beam.again, to, beam.stack)
    return stack, ~opened & (beam.again | (to != beam.current))


def _wider(beam: Beam) -> Beam:
    """The same states with room for one article more."""
    more = [np.concatenate([item, np.zeros_like(item[:, :1])], axis=1) for item in beam[_FIRST:]]
    return Beam._make([*beam[:_FIRST], *more])


_FIRST = Beam._fields.index("end")
"""The first array of articles."""


def said(page: Page, units: Bits, words: Ints) -> Mask:
    """Which of some words stand in sets of units, shape (…, k) to (…, words)."""
    found = units[..., 0, None] & page.places[0].take(words)
    for at in range(1, len(page.places)):
        found |= units[..., at, None] & page.places[at].take(words)
    return np.asarray(found != 0)
