"""What ties the next unit of a page to the articles of each state: what both speak of, and how
it follows their last text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cleaner.restore.states import Beam, Evidence, Mask, Page, Reals, said
from cleaner.restore.topics import along, likeness

Weights = Mapping[str, float]


class Common(NamedTuple):
    """What a unit and each article of each state have in common: which of its w words the
    article has (`known`, shape (s, a, w)), how much of their weight is `new` to it, how likely
    that makes it that they are of one article (`related`, nats), and how far they speak of the
    same (`along`, a cosine); shape (s, a)."""

    known: Mask
    new: Reals
    related: Reals
    along: Reals


def common(page: Page, beam: Beam, unit: int) -> Common:
    """What a unit and the articles speak of."""
    words = page.evidence.words
    known = said(page, beam.texts, words.of[unit])
    found = known.astype(np.float64)
    shared, rare = found @ words.weights[unit], found @ words.rares[unit]
    mass = words.masses[unit]
    related = likeness(shared, rare, mass, beam.mass)
    return Common(known, mass - shared, related, along(beam.topic, page.evidence.topics[unit]))


def ties(page: Page, weights: Weights, beam: Beam, unit: int, both: Common) -> Reals:
    """What speaks for a unit as text of each article, in nats; shape (s, a)."""
    found = weights["size"] * np.log1p(beam.size)
    found += weights["related"] * both.related + weights["along"] * both.along
    found += _alone(page, weights, beam, unit, both.known)
    return found + _follows(page, weights, beam, unit)


def _alone(page: Page, weights: Weights, beam: Beam, unit: int, known: Mask) -> Reals:
    """What words of the unit say that only one article of the page has; shape (s, a)."""
    words = page.evidence.words
    count = known.sum(axis=1)
    alone = (known & (count == 1)[:, None]).astype(np.float64)
    unique = alone @ words.weights[unit]
    unique /= ((count > 0) @ words.weights[unit] + 1.0)[:, None]
    unique[beam.number == 1] = 1.0
    names = np.log1p(alone @ words.rares[unit])
    return np.asarray(weights["unique"] * unique + weights["names"] * names)


def abruptness(evidence: Evidence, unit: int) -> float:
    """How much a unit begins in mid-sentence, within bounds."""
    return min(max(float(evidence.abrupt[unit]) + 1.0, -2.0), 8.0)


def _follows(page: Page, weights: Weights, beam: Beam, unit: int) -> Reals:
    """What says that the unit follows the last text of an article."""
    evidence = page.evidence
    abrupt = abruptness(evidence, unit)
    lead, opens = evidence.leads[unit], float(evidence.units[unit].opens)
    first = weights["first.abrupt"] * abrupt + weights["first.lead"] * lead
    end = weights["after_end.abrupt"] * abrupt + weights["after_end.lead"] * lead
    end += weights["opens"] * opens
    behind = np.where(
        evidence.cut.take(beam.last),
        np.where(beam.headed, end + weights["after_heading"], _goes_on(page, weights, beam, unit)),
        end + weights["after_end"],
    )
    found: Reals = np.where(beam.last < 0, first, behind + weights["closed"] * beam.closed)
    return found


def _goes_on(page: Page, weights: Weights, beam: Beam, unit: int) -> Reals:
    """That the unit continues the sentence of the last text of an article."""
    gain = np.clip(page.evidence.gain[:, unit], -8.0, 12.0)
    found = weights["gain"] * gain
    found += weights["gain.low"] * np.maximum(0.0, -gain)
    found += weights["gain.high"] * np.maximum(0.0, gain - 6)
    flow = np.clip(page.evidence.flow[:, unit] + 2.0, -8.0, 8.0)
    found += weights["flow"] * flow + weights["flow.high"] * np.maximum(0.0, flow - 2)
    found += weights["cut"]
    return np.asarray(found.take(beam.last))
