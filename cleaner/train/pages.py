"""Trains the weights of the choices on a page.

A structured perceptron over the moves of `cleaner.restore.moves`, against the true assignment
of each page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.restore.blocks import Kind
from cleaner.restore.chains import WIDTH
from cleaner.restore.kinship import Kinship
from cleaner.restore.moves import moves, worth
from cleaner.restore.states import Evidence, Move, State, applied

Reals = npt.NDArray[np.float64]


class Truth(NamedTuple):
    """What a unit of a page is: its article (−1: of none) and whether it is text of it."""

    article: int
    text: bool


def _right(choices: Sequence[Move], home: int, truth: Truth, kind: Kind) -> int:
    text = truth.text if kind is Kind.HEADING else kind is Kind.TEXT
    for number, move in enumerate(choices):
        if move.to == home and move.text == text:
            return number
    return -1


class Gold(NamedTuple):
    """A page with the right move for each unit (None: not among the choices)."""

    evidence: Evidence
    moves: list[Move | None]
    fallback: list[Move]


def gold_of(evidence: Evidence, truths: Sequence[Truth]) -> Gold:
    """The right moves along a page."""
    state = State(0.0, (), -1)
    homes: dict[int, int] = {}
    found: list[Move | None] = []
    fallback: list[Move] = []
    for unit, truth in enumerate(truths):
        home = homes.get(truth.article, len(homes)) if truth.article >= 0 else state.current
        if truth.article >= 0:
            homes.setdefault(truth.article, home)
        choices = moves(evidence, state, unit, Kinship(evidence, [state], unit))
        right = _right(choices, home, truth, evidence.units[unit].kind)
        move = choices[right] if right >= 0 else None
        found.append(move)
        fallback.append(move or Move(home, truth.text, {}))
        state = applied(evidence, state, unit, fallback[-1], 0.0, {})
    return Gold(evidence, found, fallback)


def structured(
    pages: Sequence[Gold], weights: Mapping[str, float], epochs: int = 6, rate: float = 0.02
) -> dict[str, float]:
    """Weights after an averaged structured perceptron with early update (Collins & Roark 2004)
    and a margin, from `weights` on: it learns what the beam gets wrong."""
    present = dict(weights)
    total: dict[str, float] = dict(weights)
    count = 1
    for epoch in range(epochs):
        wrong = 0
        for number in np.random.default_rng(epoch).permutation(len(pages)).tolist():
            change = _violation(pages[number], present)
            wrong += bool(change)
            for name, value in change.items():
                present[name] = present.get(name, 0.0) + rate * value
            for name, value in present.items():
                total[name] = total.get(name, 0.0) + value
            count += 1
    return {name: round(value / count, 3) for name, value in sorted(total.items())}


class _Trace(NamedTuple):
    state: State
    right: bool
    path: tuple[Any, ...]  # (features of the last move, path before)


def _violation(page: Gold, weights: Mapping[str, float], margin: float = 1.0) -> dict[str, float]:
    """Features of the right moves less those of the best wrong ones, where the beam loses the
    right ones (or at the end of the page); empty where it is right."""
    gold = State(0.0, (), -1)
    gold_path: tuple[Any, ...] = ()
    beam = [_Trace(gold, True, ())]
    for unit, right in enumerate(page.moves):
        if right is None:  # the page leaves what can be searched: go on from the truth
            gold = applied(page.evidence, gold, unit, page.fallback[unit], 0.0, {})
            beam, gold_path = [_Trace(gold, True, ())], ()
            continue
        grown: dict[Any, _Trace] = {}
        kinship = Kinship(page.evidence, [trace.state for trace in beam], unit)
        for trace in beam:
            for move in moves(page.evidence, trace.state, unit, kinship):
                same = trace.right and (move.to, move.text) == (right.to, right.text)
                score = trace.state.score + worth(weights, move) + (0.0 if same else margin)
                new = applied(page.evidence, trace.state, unit, move, score, {})
                key = tuple(article.units for article in new.articles)
                if key not in grown or grown[key].state.score < score:
                    grown[key] = _Trace(new, same, (move.features, trace.path))
        gold = applied(page.evidence, gold, unit, right, 0.0, {})
        gold_path = (right.features, gold_path)
        beam = sorted(grown.values(), key=lambda t: -t.state.score)[:WIDTH]
        if not any(trace.right for trace in beam):
            return _difference(gold_path, beam[0].path)
    return {} if beam[0].right else _difference(gold_path, beam[0].path)


def _difference(right: tuple[Any, ...], wrong: tuple[Any, ...]) -> dict[str, float]:
    change: dict[str, float] = {}
    for path, sign in ((right, 1.0), (wrong, -1.0)):
        while path:
            features, path = path
            for name, value in features.items():
                change[name] = change.get(name, 0.0) + sign * value
    return {name: value for name, value in change.items() if value}


def save(weights: dict[str, float], path: Path, why: str) -> None:
    """Write the weights as TOML."""
    lines = [f'why = "{why}"', "", "[weights]"]
    lines += [f'"{name}" = {value}' for name, value in weights.items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")
