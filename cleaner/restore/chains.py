"""Which unit of a page continues which: the best set of chains, one chain an article.

A beam search over the units in the order of the page. Each unit continues the article of the
unit before it, goes back to an earlier one, or opens a new one; `moves` says what speaks for each.
It is one global assignment: a cut end that fits two beginnings goes to the one that leaves the
page as a whole most likely.
"""

from __future__ import annotations

import numpy as np

from cleaner.restore.blocks import Kind
from cleaner.restore.kinship import Weights
from cleaner.restore.moves import may_be_text, may_open, moves
from cleaner.restore.states import Beam, Evidence, Link, Moves, Page, begun, grown, page_of

WIDTH, DEPTH = 16, 30.0
"""States that the beam keeps at most, and how much worse (nats) than its best they may be."""

MARGIN, COLUMNS_MARGIN = 6.0, 10.0
"""How much better than one article a page of several must be."""


def chains(evidence: Evidence, weights: Weights, width: int = WIDTH) -> list[tuple[Link, ...]]:
    """The units of each article in reading order; every unit is in exactly one."""
    page = page_of(evidence)
    first = max(1, _sure(page))
    beam = begun(page, first)
    for unit in range(first, len(evidence.units)):
        beam = _kept(page, beam, unit, moves(page, weights, beam, unit), width)
    best = _worthwhile(beam, COLUMNS_MARGIN if evidence.columns else MARGIN)
    found: list[list[Link]] = [[] for _ in range(int(beam.number[best]))]
    homes, texts = beam.home[best].tolist(), beam.read[best].tolist()
    for unit, (home, text) in enumerate(zip(homes, texts, strict=True)):
        found[home].append(Link(unit, text))
    return list(map(tuple, found))


def _worthwhile(beam: Beam, margin: float) -> int:
    """The best state, or the best one of a single article if it is little worse."""
    single = np.flatnonzero(beam.number == 1)
    little = len(single) and beam.score[0] - beam.score[single[0]] < margin
    return int(single[0]) if little else 0


def _kept(page: Page, beam: Beam, unit: int, found: Moves, width: int) -> Beam:
    """The states that the best moves lead to; of those that differ only in what they have
    behind them, the best one (recombination: Och, Ueffing & Ney 2001). The best state of a
    single article stays: what the others are worth is measured against it."""
    chosen = found.score > found.score[0] - DEPTH
    chosen[2 * width :] = False
    single = np.flatnonzero((beam.number[found.state] == 1) & (found.to == 0))[:1]
    chosen[single] = True
    new = grown(page, beam, unit, found.taken(chosen))
    ends = (4 * new.last + 2 * new.headed + new.closed).astype(np.uint64)
    keys = ends @ _FACTOR ** np.arange(1, ends.shape[1] + 1, dtype=np.uint64)
    first = np.unique(keys + new.current.astype(np.uint64), return_index=True)[1]
    kept = np.zeros(len(keys), np.bool_)
    kept[np.sort(first)[:width]] = True
    kept[np.flatnonzero(new.number == 1)[:1]] = True
    return new if kept.all() else new.taken(np.flatnonzero(kept))


_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def _sure(page: Page) -> int:
    """How many units at the beginning of a page leave no choice: they are of its first article."""
    seen = False
    for at, unit in enumerate(page.evidence.units):
        maybe = unit.kind is not Kind.TEXT and may_be_text(page, at)
        if maybe or (seen and may_open(page.evidence, at)):
            return at
        seen = seen or unit.kind is Kind.TEXT
    return len(page.evidence.units)
