"""Scorer `score.news_coherence`: the parts combined into one number that can be read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
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
from cleaner.score.narration import Narration
from cleaner.score.news import News
from cleaner.score.openings import Openings
from cleaner.score.removed import Removed

_PARTS = (
    Basics, News, Coherence, Openings, Completeness, Damage, Removed, Filler, Forms, Narration,
)  # fmt: skip

_TABLE = Path(__file__).parent.parent / "models" / "news_coherence.toml"


@dataclass(frozen=True)
class Line:
    """A monotone broken line through the points (at, value), level beyond its ends."""

    at: tuple[float, ...]
    value: tuple[float, ...]

    def __call__(self, values: Values) -> Values:
        return np.interp(values, self.at, self.value)


Lines = Mapping[str, Line]


@dataclass(frozen=True)
class Combination:
    """Lines by signal: of the `parts` that count in any case, of those that say whether a text is
    news in `kind`, and of those that say whether it is in one `piece`; the `share` of the latter
    in the mean, and the line that turns all into a probability."""

    parts: Lines
    kind: Lines
    piece: Lines
    share: float
    calibration: Line

    def mean(self, signals: Mapping[str, Values]) -> Values:
        """The weighted harmonic mean of two products, that of the factors of the kind and that of
        the factors of the piece, times all other factors; shape (n,).

        The lower product decides: what is surely of another kind, or surely in pieces, is not
        news in one piece, however the other turns out; and news that is told a little less surely
        by its wording is no less in one piece for it.
        """
        kind, piece = product(self.kind, signals), product(self.piece, signals)
        found: Values = product(self.parts, signals) / (
            (1 - self.share) / kind + self.share / piece
        )
        return found

    def shares(self, signals: Mapping[str, Values]) -> dict[str, Values]:
        """What each signal multiplies the mean by, beside what it would be without it."""
        mean = self.mean(signals)
        names = {**self.kind, **self.piece, **self.parts}
        return {name: mean / self._without(name).mean(signals) for name in names}

    def _without(self, name: str) -> Combination:
        parts, kind, piece = (
            {own: line for own, line in lines.items() if own != name}
            for lines in (self.parts, self.kind, self.piece)
        )
        return Combination(parts, kind, piece, self.share, self.calibration)


class NewsCoherence:
    """`news_coherence` in [0, 1]: how likely the text, as it stands, is one coherent piece of
    news.

    Each part is a signal of its own, mapped by a monotone line to a factor in (0, 1]. Two
    products are made of such factors, one that falls where the text is no news in kind, and one
    that falls where it is not in one piece; their harmonic mean and the factors of all other
    parts multiply, and a last monotone line makes a probability of it. All lines stand in
    `cleaner/models/news_coherence.toml`.
    """

    name = "score.news_coherence"
    names: Mapping[str, Bound] = {"news_coherence": "min"}

    def __init__(self, book: RuleBook) -> None:
        self._scorers: Sequence[Scorer] = tuple(kind(book) for kind in _PARTS)
        self._automaton = book.automaton

    def score(self, batch: Batch) -> dict[str, Values]:
        table = combination()
        return {"news_coherence": table.calibration(table.mean(self.signals(batch)))}

    def signals(self, batch: Batch) -> dict[str, Values]:
        """All signals of the scorers behind the parts, as they are."""
        found: dict[str, Values] = {}
        for scorer in self._scorers:
            found |= signals_of(scorer, batch)
        return found

    def evidence(self, view: View) -> Iterator[Evidence]:
        """The parts that pull the score down, the heaviest first, and the strange passages."""
        signals = self.signals(Batch([view.doc], self._automaton))
        shares = combination().shares(signals)
        values = {name: float(share[0]) for name, share in shares.items()}
        for name in sorted(values, key=values.__getitem__):
            if values[name] < 0.995:
                note = f"{name}: × {values[name]:.2f}"
                yield Evidence(0, len(view.text), "news_coherence", note)
        if view.text.strip():
            yield from strangers(view)


def product(lines: Lines, signals: Mapping[str, Values]) -> Values:
    """The factors that lines make of signals, multiplied in the order of the table."""
    factors = (line(signals[name]) for name, line in lines.items())
    return reduce(np.multiply, factors, np.ones(1))


@cache
def combination() -> Combination:
    """The table that says how the parts are combined."""
    table: dict[str, Any] = tomllib.loads(_TABLE.read_text("utf-8"))
    parts, kind, piece = (
        {name: line_of(**part) for name, part in table[group].items()}
        for group in ("parts", "kind", "piece")
    )
    return Combination(parts, kind, piece, table["share"], line_of(**table["calibration"]))


def line_of(at: Iterable[float], value: Iterable[float]) -> Line:
    """A line from the columns of a table."""
    return Line(tuple(at), tuple(value))
