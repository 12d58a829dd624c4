"""A page under construction: its articles so far, and what becomes of them with one more unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.restore.blocks import Kind, Unit
from cleaner.restore.topics import Words


class Evidence(NamedTuple):
    """What is known of a page of n units. `gain[i][j]`: of j after the cut end of i;
    `abrupt[j]`: that j begins in mid-sentence; `words`: what each unit speaks of; `leads[j]`: that
    j begins as reports begin; `columns`: that lines are cut as columns are, so that any heading
    may open an article."""

    units: Sequence[Unit]
    gain: list[list[float]]
    abrupt: list[float]
    words: Words
    leads: list[float]
    flow: list[list[float]]
    columns: bool


class Link(NamedTuple):
    """A unit in a chain, and whether it was taken for text."""

    unit: int
    text: bool


class Article(NamedTuple):
    """A chain under construction: its units; its last text (−1: none yet); whether a heading
    follows that; whether it was closed by a signature; the pairs of characters that it uses."""

    units: tuple[Link, ...]
    last: int
    texts: int
    headed: bool
    closed: bool
    touched: int
    used: npt.NDArray[np.bool_]
    topic: npt.NDArray[np.float64]
    mass: float = 0.0


class State(NamedTuple):
    """Articles so far, and which of them the last unit went to."""

    score: float
    articles: tuple[Article, ...]
    current: int


class Move(NamedTuple):
    """Unit to article `to` (the number of articles: a new one), read as text or not."""

    to: int
    text: bool
    features: dict[str, float]


Grown = dict[tuple[int, bool], Article]
"""Articles with one unit more, by identity of the article without it and how it was read."""


def begun(evidence: Evidence, count: int) -> State:
    """The state where all of the first units are one article, each read as what it seems."""
    last, texts, headed, closed, touched = -1, 0, False, False, 0
    for at, unit in enumerate(evidence.units[:count]):
        if unit.kind is Kind.TEXT:
            last, texts, headed, closed, touched = at, texts + 1, False, unit.signed, at
        elif unit.kind is Kind.BYLINE:
            closed, touched = last >= 0, at
        elif unit.kind is Kind.HEADING:
            headed, touched = last >= 0, at
    kinds = [unit.kind is Kind.TEXT for unit in evidence.units[:count]]
    links = tuple(map(Link, range(count), kinds))
    words = evidence.words
    used = np.zeros(len(words.weight), np.bool_)
    for own, text in zip(words.of, kinds, strict=False):
        used[own] |= text
    mass = float(words.weight @ used)
    topic = words.vectors[:count][kinds].sum(axis=0)
    return State(0.0, (Article(links, last, texts, headed, closed, touched, used, topic, mass),), 0)


def applied(
    evidence: Evidence, state: State, unit: int, move: Move, score: float, grown: Grown
) -> State:
    """The state after a move; `grown` are the articles that other states have got by it."""
    articles = list(state.articles)
    if move.to == len(articles):
        new = _with_unit(evidence, _blank(evidence, unit), unit, move.text)
        return State(score, (*articles, new), move.to)
    old = articles[move.to]
    key = (id(old), move.text)
    if key not in grown:
        grown[key] = _with_unit(evidence, old, unit, move.text)
    articles[move.to] = grown[key]
    return State(score, tuple(articles), move.to)


def _blank(evidence: Evidence, unit: int) -> Article:
    """An article that begins with a unit, still without it."""
    words = evidence.words
    used, topic = np.zeros(len(words.weight), np.bool_), np.zeros(words.vectors.shape[1])
    return Article((), -1, 0, False, False, unit, used, topic)


def _with_unit(evidence: Evidence, old: Article, unit: int, text: bool) -> Article:
    """An article and one more unit, read as text or not."""
    item = evidence.units[unit]
    units = (*old.units, Link(unit, text))
    if not text:
        if item.kind is Kind.BYLINE:
            return old._replace(units=units, closed=old.last >= 0, touched=unit)
        if item.kind is Kind.HEADING:
            return old._replace(units=units, headed=old.last >= 0, touched=unit)
        return old._replace(units=units)
    words = evidence.words
    own = words.of[unit]
    used = old.used.copy()
    used[own] = True
    mass = old.mass + float(words.weights[unit] @ ~old.used[own])
    topic = old.topic + words.vectors[unit]
    return Article(units, unit, old.texts + 1, False, item.signed, unit, used, topic, mass)
