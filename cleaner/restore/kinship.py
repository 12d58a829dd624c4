"""What ties the next unit of a page to the articles of each state: what both speak of, and how
it follows their last text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleaner.restore.evidence import Mask, Reals
from cleaner.restore.states import Beam, Page, said
from cleaner.restore.topics import along, likeness


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
    known = said(page, beam.units, words.of[unit])
    shared, rare = _weighed(known, words.weights[unit])
    mass = words.masses[unit]
    related = likeness(shared, rare, mass, beam.mass)
    return Common(known, mass - shared, related, along(beam.topic, page.evidence.topics[unit]))


def ties(page: Page, beam: Beam, unit: int, both: Common) -> Reals:
    """What speaks for a unit as text of each article, in nats; shape (s, a).

    What both speak of counts in part beside the best article of the state: where all articles of
    a page are akin, each unit would speak for fewer of them.
    """
    weights = page.weights
    found: Reals = weights["size"] * np.log1p(beam.size)
    found += weights["related"] * both.related + weights["along"] * both.along
    found += _alone(page, beam, unit, both.known)
    there = np.arange(found.shape[1]) < beam.number[:, None]
    best = np.where(there, found, -np.inf).max(axis=1, keepdims=True)
    found -= weights["best"] * (best - weights["best.usual"])
    found += page.ends.follows[unit].take(beam.end)
    return found


def _alone(page: Page, beam: Beam, unit: int, known: Mask) -> Reals:
    """What words of the unit say that only one article of the page has; shape (s, a)."""
    words, weights = page.evidence.words, page.weights
    count = known.sum(axis=1)
    alone, rare = _weighed(known & (count == 1)[:, None], words.weights[unit])
    unique = alone / ((count > 0) @ words.weights[unit][:, 0] + 1.0)[:, None]
    unique[beam.number == 1] = 1.0
    return np.asarray(weights["unique"] * unique + weights["names"] * np.log1p(rare))


def _weighed(known: Mask, weights: Reals) -> tuple[Reals, Reals]:
    """What words that are known, shape (s, a, w), weigh in common and as names, (s, a)."""
    count, articles, words = known.shape
    flat = known.reshape(count * articles, words).astype(np.float64)
    both = (flat @ weights).reshape(count, articles, 2)
    return both[..., 0], both[..., 1]
