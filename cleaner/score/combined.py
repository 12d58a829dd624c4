"""Scorer `score.news_coherence`: the parts combined into one number that can be read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Scorer, Values, signals_of
from cleaner.rules import RuleBook
from cleaner.score.basics import Basics
from cleaner.score.coherence import Coherence, strangers
from cleaner.score.completeness import Completeness
from cleaner.score.damage import Damage
from cleaner.score.filler import Filler
from cleaner.score.forms import Forms
from cleaner.score.news import News
from cleaner.score.openings import Openings
from cleaner.score.removed import Removed

_TABLE = Path(__file__).parent.parent / "models" / "news_coherence.toml"


@dataclass(frozen=True)
class Line:
    """A monotone broken line through the points (at, value), level beyond its ends."""

    at: tuple[float, ...]
    value: tuple[float, ...]

    def __call__(self, values: Values) -> Values:
        return np.interp(values, self.at, self.value)


@dataclass(frozen=True)
class Combination:
    """A line for each part, and the line that turns their product into a probability."""

    parts: Mapping[str, Line]
    calibration: Line


class NewsCoherence:
    """`news_coherence` in [0, 1]: how likely the text, as it stands, is one coherent piece of
    news.

    Each part is a signal of its own, mapped by a monotone line to a factor in (0, 1]; the
    factors multiply, and a last monotone line makes a probability of the product. All lines
    stand in `cleaner/models/news_coherence.toml`.
    """

    name = "score.news_coherence"
    names: Mapping[str, Bound] = {"news_coherence": "min"}

    def __init__(self, book: RuleBook) -> None:
        kinds = (Basics, News, Coherence, Openings, Completeness, Damage, Removed, Filler, Forms)
        self._scorers: Sequence[Scorer] = tuple(kind(book) for kind in kinds)
        self._automaton = book.automaton

    def score(self, batch: Batch) -> dict[str, Values]:
        return {"news_coherence": combination().calibration(product(self.factors(batch)))}

    def factors(self, batch: Batch) -> dict[str, Values]:
        """What each part multiplies the score by, by signal; arrays of shape (n,)."""
        signals = self.signals(batch)
        return {name: line(signals[name]) for name, line in combination().parts.items()}

    def signals(self, batch: Batch) -> dict[str, Values]:
        """All signals of the scorers behind the parts, as they are."""
        found: dict[str, Values] = {}
        for scorer in self._scorers:
            found |= signals_of(scorer, batch)
        return found

    def evidence(self, view: View) -> Iterator[Evidence]:
        """The parts that pull the score down, the heaviest first, and the strange passages."""
        factors = self.factors(Batch([view.doc], self._automaton))
        values = {name: float(factor[0]) for name, factor in factors.items()}
        for name in sorted(values, key=values.__getitem__):
            if values[name] < 0.995:
                note = f"{name}: × {values[name]:.2f}"
                yield Evidence(0, len(view.text), "news_coherence", note)
        if view.text.strip():
            yield from strangers(view)


def product(factors: Mapping[str, Values]) -> Values:
    """The factors multiplied, in the order of the table."""
    columns = iter(factors.values())
    total = next(columns)
    for column in columns:
        total = total * column
    return total


@cache
def combination() -> Combination:
    """The table that says how the parts are combined."""
    table: dict[str, Any] = tomllib.loads(_TABLE.read_text("utf-8"))
    lines = {
        name: Line(tuple(part["at"]), tuple(part["value"]))
        for name, part in (*table["parts"].items(), ("", table["calibration"]))
    }
    calibration = lines.pop("")
    return Combination(lines, calibration)
