"""A page under construction: the best ways to part its first units into articles, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from cleaner.restore.blocks import Kind, Unit
from cleaner.restore.topics import Words

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]
S = TypeVar("S", bound=np.generic)


class Evidence(NamedTuple):
    """What is known of a page of n units: which of them are a `text`, and which are `cut`, ending
    without an end mark. `gain[i, j]`: of j after the cut end of i; `flow[i, j]`: how well the
    text goes on from i in j; `abrupt[j]`: that j begins in mid-sentence; `words`: those of each
    unit; `topics`: a vector of what each speaks of, shape (n, d); `leads[j]`: that j begins as
    reports begin; `columns`: that paragraphs are cut, as the ends of columns are, so that any
    text may belong to any article."""

    units: Sequence[Unit]
    text: Mask
    cut: Mask
    gain: Reals
    abrupt: Reals
    flow: Reals
    columns: bool
    words: Words
    topics: Reals
    leads: Reals


class Page(NamedTuple):
    """The evidence on a page of n units, and what follows from it for the search: what the best
    later continuation of each unit is worth (`hope`, nats, shape (n,)), and in which units each of
    w words stands (`places`, sets of bits, shape (k, w) with 64 k ≥ n)."""

    evidence: Evidence
    hope: Reals
    places: Bits


def page_of(evidence: Evidence) -> Page:
    """What the search asks of a page again and again."""
    n, words = len(evidence.units), evidence.words
    has = np.zeros((-(-n // _BITS) * _BITS, len(words.weight)), np.bool_)
    for row, own in zip(has, words.of, strict=False):
        row[own] = True
    packed = np.packbits(has, axis=0, bitorder="little")
    places = packed.reshape(-1, _BITS // 8, has.shape[1]).swapaxes(1, 2).copy().view("<u8")
    later = np.triu(evidence.gain + evidence.flow, 1).max(axis=1, initial=0.0)
    return Page(evidence, np.minimum(later, _HOPE), places[..., 0])


_BITS = 64
_HOPE = 12.0
"""Nats that a continuation is worth at most where there is still a choice."""


class Link(NamedTuple):
    """A unit in a chain, and whether it was taken for text."""

    unit: int
    text: bool


class Beam(NamedTuple):
    """The best states of a page after some of its n units: s states, of a articles at most.

    Of states, shape (s,): `score`, `number` (articles so far) and `current` (the article that the
    last unit went to). Of units, shape (s, n): `home`, the article of each (−1: none yet), and
    `read`, whether it was taken for text. Of articles, shape (s, a): `last`, their last text (−1:
    none yet); `size`, how many texts they have; that a heading followed the last text (`headed`),
    that a signature did (`closed`); when a unit came last (`touched`); the `mass` of the words
    that they use; their `texts` and headings, as sets of bits, shape (s, a, k), and their
    `topic`, (s, a, d).
    """

    score: Reals
    number: Ints
    current: Ints
    home: Ints
    read: Mask
    last: Ints
    size: Ints
    headed: Mask
    closed: Mask
    touched: Ints
    mass: Reals
    texts: Bits
    topic: Reals

    def taken(self, states: Ints) -> Beam:
        """Some of the states, in this order; a copy."""
        return Beam._make(values.take(states, axis=0) for values in self)

    def of_current(self, values: npt.NDArray[S]) -> npt.NDArray[S]:
        """What the current article of each state has of something of articles, shape (s, a, …) to
        (s, …)."""
        return values[np.arange(len(values)), self.current]


class Moves(NamedTuple):
    """What may be done with a unit, m moves: from which `state` of the beam, `to` which of its
    articles (their number: a new one), whether the unit is read as `text`, how much of its words
    is `new` there if it is, and the `score` that the page then has; shape (m,)."""

    state: Ints
    to: Ints
    text: Mask
    new: Reals
    score: Reals

    def taken(self, moves: Ints | Mask | slice) -> Moves:
        """Some of the moves."""
        return Moves._make(values[moves] for values in self)


def begun(page: Page, count: int) -> Beam:
    """The one state in which the first units are one article, each read as what it seems."""
    units, words = page.evidence.units, page.evidence.words
    zero, no = np.zeros((1, 1), np.int64), np.zeros((1, 1), np.bool_)
    beam = Beam(
        score=np.zeros(1),
        number=np.ones(1, np.int64),
        current=np.zeros(1, np.int64),
        home=np.full((1, len(units)), -1),
        read=np.zeros((1, len(units)), np.bool_),
        last=zero - 1,
        size=zero,
        headed=no,
        closed=no,
        touched=zero,
        mass=np.zeros((1, 1)),
        texts=np.zeros((1, 1, len(page.places)), np.uint64),
        topic=np.zeros((1, 1, page.evidence.topics.shape[1])),
    )
    for unit in range(count):
        text = np.array([units[unit].kind is Kind.TEXT])
        new = words.masses[unit] - said(page, beam.texts, words.of[unit])[0] @ words.weights[unit]
        beam = grown(page, beam, unit, Moves(zero[0], zero[0], text, new, beam.score))
    return beam


def grown(page: Page, beam: Beam, unit: int, moves: Moves) -> Beam:
    """The states that moves of a unit lead to."""
    most = beam.last.shape[1]
    found = (_wider(beam) if moves.to.max() == most else beam).taken(moves.state)
    rows, to, text = np.arange(len(moves.to)), moves.to, moves.text
    found.score[:], found.current[:] = moves.score, to
    found.number[:] = np.maximum(found.number, to + 1)
    found.home[:, unit], found.read[:, unit] = to, text
    item = page.evidence.units[unit]
    if item.kind is not Kind.NEUTRAL:
        found.touched[rows, to] = unit
    if item.kind is Kind.HEADING:
        at = rows[~text], to[~text]
        found.headed[at] = found.last[at] >= 0
    elif item.kind is Kind.BYLINE:
        found.closed[rows, to] = found.last[rows, to] >= 0
    at = rows[text], to[text]
    found.last[at], found.headed[at], found.closed[at] = unit, False, item.signed
    found.size[at] += 1
    telling = text | (item.kind is Kind.HEADING)
    at = rows[telling], to[telling]
    found.mass[at] += moves.new[telling]
    found.texts[(*at, unit // _BITS)] |= np.uint64(1 << unit % _BITS)
    found.topic[at] += page.evidence.topics[unit]
    return found


def _wider(beam: Beam) -> Beam:
    """The same states with room for one article more."""
    new = {
        name: np.concatenate([values, np.zeros_like(values[:, :1])], axis=1)
        for name, values in beam._asdict().items()
        if name in _OF_ARTICLES
    }
    new["last"][:, -1] = -1
    return beam._replace(**new)


_OF_ARTICLES = frozenset(Beam._fields[Beam._fields.index("last") :])


def said(page: Page, texts: Bits, words: Ints) -> Mask:
    """Which of some words stand in sets of texts, shape (…, k) to (…, words)."""
    found = texts[..., 0, None] & page.places[0].take(words)
    for at in range(1, len(page.places)):
        found |= texts[..., at, None] & page.places[at].take(words)
    return np.asarray(found != 0)
