"""Scorer `score.news_coherence`: the parts combined into one number that can be read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Scorer, Values
from cleaner.rules import RuleBook
from cleaner.score.basics import Basics
from cleaner.score.removed import Removed

_TABLE = Path(__file__).parent.parent / "models" / "news_coherence.toml"


@dataclass(frozen=True)
class Line:
    """A monotone broken line through the points (at, factor), level beyond its ends."""

    at: tuple[float, ...]
    factor: tuple[float, ...]

    def __call__(self, values: Values) -> Values:
        return np.interp(values, self.at, self.factor)


class NewsCoherence:
    """`news_coherence` in [0, 1]: how likely the text, as it stands, is one coherent piece of
    news.

    First version: factors out of counts multiply; the trained parts (news in kind, coherence)
    come next. The table is `cleaner/models/news_coherence.toml`.
    """

    name = "score.news_coherence"
    names: Mapping[str, Bound] = {"news_coherence": "min"}

    def __init__(self, book: RuleBook) -> None:
        self._scorers: tuple[Scorer, ...] = (Basics(book), Removed(book))

    def score(self, batch: Batch) -> dict[str, Values]:
        total = np.ones(len(batch), np.float64)
        for factor in self.factors(batch).values():
            total = total * factor
        return {"news_coherence": total}

    def factors(self, batch: Batch) -> dict[str, Values]:
        """What each part multiplies the score by, by signal; arrays of shape (n,)."""
        signals: dict[str, Values] = {}
        for scorer in self._scorers:
            signals |= scorer.score(batch)
        return {name: line(signals[name]) for name, line in lines().items()}

    def evidence(self, view: View) -> Iterator[Evidence]:
        """The parts that pull the score down, the heaviest first."""
        factors = self.factors(Batch([view.doc], None))
        for name in sorted(factors, key=lambda name: float(factors[name][0])):
            factor = float(factors[name][0])
            if factor < 0.995:
                yield Evidence(0, len(view.text), "news_coherence", f"{name}: × {factor:.2f}")


@cache
def lines() -> Mapping[str, Line]:
    """The table of the combination."""
    table: dict[str, Any] = tomllib.loads(_TABLE.read_text("utf-8"))
    return {
        name: Line(tuple(part["at"]), tuple(part["factor"]))
        for name, part in table["parts"].items()
    }
