"""Which unit of a page continues which: the best set of chains, one chain an article.

A beam search over the units in the order of the page. Each unit continues the article of the
unit before it, goes back to an earlier one, or opens a new one; `moves` says what speaks for each.
It is one global assignment: a cut end that fits two beginnings goes to the one that leaves the
page as a whole most likely.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.restore.blocks import Kind
from cleaner.restore.ends import Weights
from cleaner.restore.evidence import Evidence, Link
from cleaner.restore.moves import may_be_text, may_open, moves
from cleaner.restore.states import Beam, Moves, Page, begun, grown, page_of

WIDTH, DEPTH = 16, 30.0
"""States that the beam keeps at most, and how much worse (nats) than its best they may be."""

MARGIN = 6.0
"""How much better than one article a page of several must be."""


def chains(evidence: Evidence, weights: Weights) -> list[tuple[Link, ...]]:
    """The units of each article in reading order; every unit is in exactly one."""
    page = page_of(evidence, weights)
    first = max(1, _sure(page))
    beam, steps = begun(page, first), []
    for unit in range(first, len(evidence.units)):
        steps.append(_kept(beam, moves(page, beam, unit)))
        beam = grown(page, beam, unit, steps[-1])
    best = _worthwhile(beam)
    homes = [(0, unit.kind is Kind.TEXT) for unit in evidence.units[:first]]
    found: list[list[Link]] = [[] for _ in range(int(beam.number[best]))]
    for unit, (home, text) in enumerate(homes + _way(steps, best)):
        found[home].append(Link(unit, text))
    return list(map(tuple, found))


def _way(steps: Sequence[Moves], state: int) -> list[tuple[int, bool]]:
    """The moves that led to a state: where each unit went, and whether it was taken for text."""
    found = []
    for step in reversed(steps):
        found.append((int(step.to[state]), bool(step.text[state])))
        state = int(step.state[state])
    return found[::-1]


def _worthwhile(beam: Beam) -> int:
    """The best state, or the best one of a single article if it is little worse."""
    single = np.flatnonzero(beam.number == 1)
    little = len(single) and beam.score[0] - beam.score[single[0]] < MARGIN
    return int(single[0]) if little else 0


def _kept(beam: Beam, found: Moves) -> Moves:
    """The best moves; of those whose states differ only in what they have behind them, the best
    one (recombination: Och, Ueffing & Ney 2001). The best state of a single article stays: what
    the others are worth is measured against it."""
    single = np.flatnonzero((found.to == 0) & (beam.number == 1).take(found.state))[:1].tolist()
    best = min(int(np.count_nonzero(found.score > found.score[0] - DEPTH)), 2 * WIDTH)  # sorted
    keys = (found.key[:best] + found.to[:best].astype(np.uint64)).tolist()
    first = {key: at for at, key in reversed([*enumerate(keys)])}
    chosen = sorted(first.values())[:WIDTH]
    return found.taken(np.array(chosen + [at for at in single if at not in chosen]))


def _sure(page: Page) -> int:
    """How many units at the beginning of a page leave no choice: they are of its first article."""
    seen = False
    for at, unit in enumerate(page.evidence.units):
        maybe = unit.kind is not Kind.TEXT and may_be_text(page, at)
        if maybe or (seen and may_open(page.evidence, at)):
            return at
        seen = seen or unit.kind is Kind.TEXT
    return len(page.evidence.units)
