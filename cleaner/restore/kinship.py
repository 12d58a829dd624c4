"""What ties the next unit of a page to the articles under construction: how it follows their last
text, and what both speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import log1p

import numpy as np
import numpy.typing as npt

from cleaner.restore.states import Article, Evidence, State
from cleaner.restore.topics import along, likeness

Features = dict[str, float]
Mask = npt.NDArray[np.bool_]


class Kinship:
    """What ties a unit to each article of some states: found for all of them at once, when it is
    first asked for, as the states of a beam share most of their articles."""

    def __init__(self, evidence: Evidence, states: Sequence[State], unit: int) -> None:
        self._given = evidence, states, unit

    def of(self, state: State) -> Sequence[Features]:
        """The features of each article of one of the states."""
        return self._found[id(state)]

    @cached_property
    def _found(self) -> Mapping[int, Sequence[Features]]:
        evidence, states, unit = self._given
        words = evidence.words
        articles = list({id(a): a for state in states for a in state.articles}.values())
        said = np.array([article.used[words.of[unit]] for article in articles])
        rows = {id(article): row for row, article in enumerate(articles)}
        alone, covered = _alone(said, [[rows[id(a)] for a in s.articles] for s in states])
        unique = alone @ words.weights[unit] / (covered @ words.weights[unit] + 1.0)[:, None]
        names = np.log1p(alone @ words.rares[unit])
        shared = _shared(evidence, unit, articles, said)
        found = {}
        for state, ones, twos in zip(states, unique.tolist(), names.tolist(), strict=True):
            ones = ones if len(state.articles) > 1 else [1.0]
            found[id(state)] = [
                {**shared[rows[id(article)]], "unique": one, "names": two}
                for article, one, two in zip(state.articles, ones, twos, strict=False)
            ]
        return found


def _alone(said: Mask, states: Sequence[Sequence[int]]) -> tuple[Mask, Mask]:
    """Which words of the unit only one article of its state has, shape (states, articles, words),
    and which any has, (states, words); `said` has the words by article, (k, words)."""
    rows = np.full((len(states), max(map(len, states))), len(said))
    for number, state in enumerate(states):
        rows[number, : len(state)] = state
    within = np.append(said, np.zeros((1, said.shape[1]), np.bool_), axis=0)[rows]
    count = within.sum(axis=1)
    return within & (count == 1)[:, None], count > 0


def _shared(
    evidence: Evidence, unit: int, articles: Sequence[Article], said: Mask
) -> list[Features]:
    """What can be said of each article by itself."""
    words = evidence.words
    shared, rare = (said @ by for by in (words.weights[unit], words.rares[unit]))
    vectors = np.array([article.topic for article in articles])
    course = along(vectors, words.vectors[unit])
    mass = words.masses[unit]
    return [
        {
            **_link(evidence, article, unit),
            "size": log1p(article.texts),
            "related": likeness(one, two, mass, article.mass),
            "along": three,
        }
        for article, one, two, three in zip(
            articles, shared.tolist(), rare.tolist(), course.tolist(), strict=True
        )
    ]


def _link(evidence: Evidence, article: Article, unit: int) -> Features:
    """That the unit follows the last text of an article."""
    abrupt = min(max(evidence.abrupt[unit] + 1.0, -2.0), 8.0)
    lead = evidence.leads[unit]
    if article.last < 0:
        return {"first.abrupt": abrupt, "first.lead": lead}
    found = {"closed": 1.0} if article.closed else {}
    if not evidence.units[article.last].cut:
        return {**found, "after_end": 1.0, "after_end.abrupt": abrupt, "after_end.lead": lead}
    if article.headed:
        return {**found, "after_heading": 1.0, "after_end.abrupt": abrupt, "after_end.lead": lead}
    gain = min(max(evidence.gain[article.last][unit], -8.0), 12.0)
    found |= {"gain": gain, "gain.low": max(0.0, -gain), "gain.high": max(0.0, gain - 6)}
    if evidence.columns:
        flow = min(max(evidence.flow[article.last][unit] + 2.0, -8.0), 8.0)
        found |= {"flow": flow, "flow.high": max(0.0, flow - 2), "cut": 1.0}
    return found
