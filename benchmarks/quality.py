"""Runs definitions and holds their figures against floors and expected answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.corpora import nfkc
from benchmarks.definition import Bound, Definition, Figures

_ANY = Bound(min=float("-inf"))


@dataclass(frozen=True)
class Outcome:
    """What one definition gave. Of two forms the worse figure stands in `figures`, and both
    stand in `by_form`. `faults` says what is wrong, in words; empty if nothing is."""

    definition: Definition
    figures: Figures
    by_form: dict[str, Figures]
    faults: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every floor and every expected answer holds."""
        return not self.faults


@dataclass
class _Check:
    faults: list[str] = field(default_factory=list)

    def floors(self, definition: Definition, figures: Figures) -> None:
        for name, bound in definition.floors.items():
            if name not in figures:
                self.faults.append(f"{name}: no such figure came back")
            elif not bound.holds(figures[name]):
                self.faults.append(f"{name} = {figures[name]:.6g}, must be {bound}")

    def expected(self, definition: Definition, by_form: dict[str, Figures]) -> None:
        for form, figures in by_form.items():
            for name, answer in definition.expected.items():
                if figures.get(name) != answer:
                    self.faults.append(f"{name} = {figures.get(name)} ({form}), must be {answer}")


def run(definition: Definition) -> Outcome:
    """Run one definition. An exception of its function is a fault, not the end of the run."""
    start = time.perf_counter()
    check = _Check()
    by_form: dict[str, Figures] = {}
    try:
        function = definition.function()
        by_form["native"] = function(str)
        if definition.forms:
            by_form["nfkc"] = function(nfkc)
    except Exception as error:
        check.faults.append(f"{type(error).__name__}: {error}")
        return Outcome(definition, {}, by_form, tuple(check.faults), time.perf_counter() - start)
    figures = _worse(definition, by_form)
    check.floors(definition, figures)
    check.expected(definition, by_form)
    return Outcome(definition, figures, by_form, tuple(check.faults), time.perf_counter() - start)


def loaded(definition: Definition) -> Outcome:
    """The outcome of only finding the function that a definition names."""
    try:
        definition.function()
    except (ImportError, AttributeError, ValueError) as error:
        return Outcome(definition, {}, {}, (f"{type(error).__name__}: {error}",), 0.0)
    return Outcome(definition, {}, {}, (), 0.0)


def table(outcome: Outcome) -> Iterator[str]:
    """The outcome as lines for a terminal."""
    word = "ok  " if outcome.passed else "FAIL"
    yield f"{word} {outcome.definition.name}  {outcome.seconds:.1f} s"
    for name, value in outcome.figures.items():
        bound = outcome.definition.floors.get(name)
        forms = [figures[name] for figures in outcome.by_form.values() if name in figures]
        spread = f"  ({' | '.join(f'{v:.6g}' for v in forms)})" if len(set(forms)) > 1 else ""
        yield f"       {name} = {value:.6g}{f'  {bound}' if bound else ''}{spread}"
    for fault in outcome.faults:
        yield f"     ! {fault}"


def _worse(definition: Definition, by_form: dict[str, Figures]) -> Figures:
    first, *others = by_form.values()
    figures = dict(first)
    for other in others:
        for name, value in other.items():
            bound = definition.floors.get(name, _ANY)
            figures[name] = bound.worse(figures[name], value) if name in figures else value
    return figures
