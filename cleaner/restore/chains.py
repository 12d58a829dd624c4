"""Which unit of a page continues which: the best set of chains, one chain an article.

A beam search over the units in the order of the page. Each unit continues the article of the
unit before it, goes back to an earlier one, or opens a new one; `moves` says what speaks for each.
It is one global assignment: a cut end that fits two beginnings goes to the one that leaves the
page as a whole most likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest
from operator import itemgetter
from typing import NamedTuple

from cleaner.restore.blocks import Kind
from cleaner.restore.kinship import Kinship
from cleaner.restore.moves import Weights, may_be_text, may_open, moves, worth
from cleaner.restore.states import Evidence, Grown, Link, Move, State, applied, begun

WIDTH, DEPTH = 10, 24.0
"""States that the beam keeps at most, and how much worse (nats) than its best they may be."""

MARGIN, COLUMNS_MARGIN = 6.0, 20.0
"""How much better than one article a page of several must be."""

Choice = tuple[float, State, Move]
"""What a state scores after a move."""


class Sure(NamedTuple):
    """A state that the units before `unit` leave no choice about."""

    unit: int
    state: State


def chains(evidence: Evidence, weights: Weights, width: int = WIDTH) -> list[tuple[Link, ...]]:
    """The units of each article in reading order; every unit is in exactly one."""
    best, sure = _search(evidence, weights, width, _beginning(evidence))
    if best is not None and len(best.articles) > 1:
        one, _ = _search(evidence, weights, 2, sure, single=True)
        margin = COLUMNS_MARGIN if evidence.columns else MARGIN
        if one is not None and best.score - one.score < margin:
            best = one
    return [article.units for article in best.articles] if best else []


def _search(
    evidence: Evidence, weights: Weights, width: int, start: Sure, single: bool = False
) -> tuple[State | None, Sure]:
    """The best state that the beam finds, and the last sure one; with `single` all units go to
    one article (None where that cannot be)."""
    beam = [start.state]
    sure = start
    for unit in range(start.unit, len(evidence.units)):
        only = _only(evidence, beam[0], unit) if len(beam) == 1 and not single else None
        if only is not None:
            beam = [applied(evidence, beam[0], unit, only, beam[0].score, {})]
            sure = Sure(unit + 1, beam[0])
            continue
        kinship = Kinship(evidence, beam, unit)
        choices = [
            (state.score + worth(weights, move), state, move)
            for state in beam
            for move in moves(evidence, state, unit, kinship)
            if not (single and move.to > 0)
        ]
        beam = _kept(evidence, unit, choices, width)
    return max(beam, key=lambda state: state.score, default=None), sure


def _kept(evidence: Evidence, unit: int, choices: Sequence[Choice], width: int) -> list[State]:
    """The states that the best choices lead to; of those that differ only in what they have
    behind them, the best one (recombination: Och, Ueffing & Ney 2001)."""
    best = nlargest(2 * width, choices, key=itemgetter(0))
    found: dict[tuple[object, ...], State] = {}
    grown: Grown = {}
    for score, state, move in best:
        if score <= best[0][0] - DEPTH or len(found) == width:
            break
        new = applied(evidence, state, unit, move, score, grown)
        ends = [(article.last, article.headed, article.closed) for article in new.articles]
        found.setdefault((new.current, *ends), new)
    return list(found.values())


def _beginning(evidence: Evidence) -> Sure:
    """The first article of a page up to where there is a choice."""
    first = State(0.0, (), -1)
    unit, seen = 0, False
    while unit < len(evidence.units) and not _choice(evidence, unit, seen):
        seen = seen or evidence.units[unit].kind is Kind.TEXT
        unit += 1
    return Sure(unit, begun(evidence, unit) if unit else first)


def _choice(evidence: Evidence, unit: int, behind: bool) -> bool:
    """True where there is more than one move on a page of one article so far; `behind` a text
    of it another may open."""
    maybe = evidence.units[unit].kind is not Kind.TEXT and may_be_text(evidence, unit)
    return maybe or (behind and may_open(evidence, unit))


def _only(evidence: Evidence, state: State, unit: int) -> Move | None:
    """The one move that there is on a page of one article so far, unweighed."""
    behind = bool(state.articles) and state.articles[0].last >= 0
    if len(state.articles) > 1 or _choice(evidence, unit, behind):
        return None
    return Move(0, evidence.units[unit].kind is Kind.TEXT, {})
