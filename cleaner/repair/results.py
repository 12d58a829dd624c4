"""What comes of lines that were given back, and what the language model says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cleaner.batch import Mask
from cleaner.kernels.text import encode, fold
from cleaner.models.lm import UNKNOWN, sequence_scores
from cleaner.models.lm import load as load_model
from cleaner.repair.drafts import is_han, text_of
from cleaner.repair.fill import Part
from cleaner.repair.in_step import Ask, Task
from cleaner.repair.routes import Route

LEAST_GAIN = 1.5  # nats for each character of the line that was not ASCII
_BORDER = Part("\n", "foreign")


@dataclass(frozen=True)
class Mended:
    """A line as one route gives it back."""

    route: Route
    text: str
    parts: Sequence[Part]
    mean: float  # ln p a character, of what the route changed
    gain: float  # in ln p, of the whole line against the line as it stands
    han: int  # Han among what the route changed

    @property
    def confidence(self) -> float:
        """Of the edit: that of the worst filled gap, or nearly certain without any."""
        filled = [part.confidence for part in self.parts if part.kind == "filled"]
        return round(min([0.99, *filled]), 3)


def weighed(
    tried: Sequence[tuple[int, Route, list[Part]]], lines: Mapping[int, str]
) -> Task[list[Mended]]:
    """What the language model says of all results. What it does not know in a line bounds the
    worth of the line; it is asked about the line itself only where that does not tell whether a
    result gains enough."""
    measured: list[_Measure] = yield Ask(_measures, [parts for _, _, parts in tried])
    numbers = sorted({number for number, *_ in tried})
    bounds = yield Ask(_bounds, [lines[k] for k in numbers])
    worth = {k: most for k, (most, _) in zip(numbers, bounds, strict=True)}
    least = {k: gain for k, (_, gain) in zip(numbers, bounds, strict=True)}
    results = list(zip(tried, measured, strict=True))
    doubtful = {k for (k, *_), found in results if found.total - worth[k] < least[k]}
    scores = yield Ask(_scores, [lines[k] for k in sorted(doubtful)])
    worth |= zip(sorted(doubtful), scores, strict=True)
    return [
        Mended(route, found.text, parts, found.mean, found.total - worth[number], found.han)
        for (number, route, parts), found in results
    ]


class _Measure(NamedTuple):
    """A result: its text, ln p a character of what changed and of all, Han among what changed."""

    text: str
    mean: float
    total: float
    han: int


def _measures(tried: Sequence[Sequence[Part]]) -> list[_Measure]:
    """The language model on many results."""
    if not tried:
        return []
    texts = [text_of(parts) for parts in tried]
    codes = encode("\n".join([*texts, ""]))
    scores = load_model().scores(fold(codes)).astype(np.float64)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    changed = _changed(tried) & (codes >= 0x80)
    count = np.add.reduceat(changed, starts, dtype=np.int64)
    own = np.add.reduceat(np.where(changed, scores, 0), starts)
    means = np.where(count > 0, own / np.maximum(count, 1), -np.inf).tolist()
    han = np.add.reduceat(changed & is_han(codes), starts, dtype=np.int64).tolist()
    totals = np.add.reduceat(scores, starts).tolist()
    return list(map(_Measure, texts, means, totals, han))


def _bounds(lines: Sequence[str]) -> list[tuple[float, float]]:
    """What each line is worth at the most, in ln p, and the gain that is asked for."""
    if not lines:
        return []
    model = load_model()
    codes = encode("\n".join([*lines, ""]))
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])[:-1]
    unknown = np.add.reduceat(model.numbers.take(fold(codes)) == UNKNOWN, starts, dtype=np.int64)
    outer = np.add.reduceat(codes >= 0x80, starts, dtype=np.int64)
    worth = (unknown * float(model.unigram[UNKNOWN])).tolist()
    return list(zip(worth, (LEAST_GAIN * outer).tolist(), strict=True))


def _scores(lines: Sequence[str]) -> list[float]:
    found: list[float] = sequence_scores(lines).tolist() if lines else []
    return found


def _changed(tried: Sequence[Sequence[Part]]) -> Mask:
    """Which characters of several texts, a newline behind each, are in parts that a route
    changed."""
    kinds = [part.kind != "foreign" for parts in tried for part in (*parts, _BORDER)]
    return np.repeat(kinds, [len(part.text) for parts in tried for part in (*parts, _BORDER)])
