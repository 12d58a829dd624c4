"""What an article ends with so far, as one number, and what each such end says of the next unit.

The number is `4 · (last + 1) + 2 · headed + closed`: the last text (−1: none yet), whether a
heading followed it, and whether a signature did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cleaner.restore.blocks import Kind
from cleaner.restore.evidence import Evidence, Ints, Mask, Reals

Weights = Mapping[str, float]

HEADED, CLOSED, STEP = 2, 1, 4


class Ends(NamedTuple):
    """What is known beforehand of each of e = 4 · (n + 1) ends on a page of n units, in nats:
    `follows[unit]`, that the unit is the next text, shape (n, e); `fresh`, that each unit is the
    first text of an article, shape (n,); `leaving`, that the page leaves an article that ends
    so; `heading` and `byline`, that such a unit belongs to it; and `waits`, whether it waits for
    the rest of its sentence; shape (e,)."""

    follows: Reals
    fresh: Reals
    leaving: Reals
    heading: Reals
    byline: Reals
    waits: Mask


def after(ends: Ints, unit: int, signed: bool, text: Mask, kind: Kind) -> Ints:
    """The ends that articles have after a unit of a kind, which some of them take for text."""
    marks = {Kind.HEADING: HEADED, Kind.BYLINE: CLOSED}.get(kind, 0)
    return np.where(text, STEP * (unit + 1) + signed, np.where(ends < STEP, ends, ends | marks))


def ends_of(evidence: Evidence, weights: Weights) -> Ends:
    """The tables of a page."""
    n = len(evidence.units)
    end = np.arange(STEP * (n + 1))
    none, headed, closed = end < STEP, end & HEADED > 0, end & CLOSED > 0
    cut = np.repeat(np.append(False, evidence.cut), STEP)
    leaving = weights["back"] + weights["back.sound"] * ~(none | cut)
    leaving += weights["back.headed"] * (none | headed)
    waits = cut & ~headed
    heading, byline = (
        np.where(none, weights[f"{kind}.above"], weights[f"{kind}.closed"] * closed)
        + weights[f"{kind}.in_cut"] * waits
        for kind in (Kind.HEADING, Kind.BYLINE)
    )
    return Ends(
        _follows(evidence, weights), _fresh(evidence, weights), leaving, heading, byline, waits
    )


def _follows(evidence: Evidence, weights: Weights) -> Reals:
    """That each unit is the next text behind each end, shape (n, e)."""
    n = len(evidence.units)
    abrupt = _abruptness(evidence)
    opens = np.array([unit.opens for unit in evidence.units], np.bool_)
    first = weights["first.abrupt"] * abrupt + weights["first.lead"] * evidence.leads
    sound = weights["after_end.abrupt"] * abrupt + weights["after_end.lead"] * evidence.leads
    sound += weights["opens"] * opens
    found = np.empty((n, n + 1, 2, 2))  # unit, last text, headed, closed
    found[:, 0] = first[:, None, None]
    plain, cut = sound[:, None] + weights["after_end"], evidence.cut
    found[:, 1:, 0, 0] = np.where(cut, _goes_on(evidence, weights).T, plain)
    found[:, 1:, 1, 0] = np.where(cut, sound[:, None] + weights["after_heading"], plain)
    found[:, 1:, :, 1] = found[:, 1:, :, 0] + weights["closed"]
    return found.reshape(n, -1)


def _fresh(evidence: Evidence, weights: Weights) -> Reals:
    """How much each unit looks like the first text of an article, shape (n,)."""
    opens = np.array([unit.opens or unit.leads for unit in evidence.units], np.bool_)
    found = weights["new.opens"] * opens + weights["new.lead"] * evidence.leads
    return np.asarray(found + weights["new.abrupt"] * _abruptness(evidence))


def _abruptness(evidence: Evidence) -> Reals:
    """How much each unit begins in mid-sentence, within bounds, shape (n,)."""
    return np.clip(evidence.abrupt + 1.0, -2.0, 8.0)


def _goes_on(evidence: Evidence, weights: Weights) -> Reals:
    """That unit j continues the sentence of text i, at [i, j]."""
    gain = np.clip(evidence.gain, -8.0, 12.0)
    found = weights["gain"] * gain
    found += weights["gain.low"] * np.maximum(0.0, -gain)
    found += weights["gain.high"] * np.maximum(0.0, gain - 6)
    flow = np.clip(evidence.flow + 2.0, -8.0, 8.0)
    found += weights["flow"] * flow + weights["flow.high"] * np.maximum(0.0, flow - 2)
    return np.asarray(found + weights["cut"])
