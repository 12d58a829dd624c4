"""Limits for a corpus of one's own, from documents that somebody judged: `clean tune`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.filter import Bound
from cleaner.pipeline import Pipeline
from cleaner.recipe import Recipe
from cleaner.train.measures import auc, average_precision, calibration_error, interval
from cleaner.verdict import Limit

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Share(NamedTuple):
    """A share of documents with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, part: int, whole: int) -> Share:
        return cls(part / whole if whole else float("nan"), *interval(part, whole))

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.low:.1%}–{self.high:.1%})"


class Fit(NamedTuple):
    """One signal: how well it tells good from bad, and a limit with what it does.

    `calibration` is the expected error of the value read as a probability of being good, NaN
    for signals that are none. `kept` is the share of the good that passes, `precision` the
    share of the good among what passes.
    """

    signal: str
    side: Bound
    auc: float
    average_precision: float
    calibration: float
    limit: float | None
    kept: Share
    precision: Share


def measured(pipe: Pipeline, texts: Sequence[str]) -> tuple[dict[str, Floats], Mask]:
    """The signals of texts, and which of them pass the limits of the recipe; the pipeline must
    not split."""
    docs = [Document(str(number), text) for number, text in enumerate(texts)]
    judged = []
    for at in range(0, len(docs), 200):
        judged += list(pipe.clean(docs[at : at + 200]).docs)
    names = [name for item in pipe.score for name in item.names]
    signals = {name: np.array([doc.signals[name] for doc in judged], np.float64) for name in names}
    return signals, np.array([doc.kept for doc in judged], np.bool_)


def fits(
    signals: Mapping[str, Floats],
    sides: Mapping[str, Bound],
    good: Mask,
    *,
    keep: float | None,
    precision: float | None,
) -> list[Fit]:
    """Every signal judged, the best first; see `limit_of` for the limits."""
    if good.all() or not good.any():
        raise InputError("tuning needs good and bad documents; all of these are of one kind")
    found = []
    for name, values in signals.items():
        if np.isnan(values).any():
            continue
        sign = 1.0 if sides[name] == "min" else -1.0
        ranked = sign * values
        limit = limit_of(ranked, good, keep=keep, precision=precision)
        passed = ranked >= limit if limit is not None else np.ones(len(good), np.bool_)
        unit = bool((values >= 0).all() and (values <= 1).all())
        found.append(
            Fit(
                name,
                sides[name],
                auc(ranked[good], ranked[~good]),
                average_precision(ranked, good),
                calibration_error(values if sign > 0 else 1 - values, good) if unit else np.nan,
                None if limit is None else sign * limit,
                Share.of(int((passed & good).sum()), int(good.sum())),
                Share.of(int((passed & good).sum()), int(passed.sum())),
            )
        )
    return sorted(found, key=lambda fit: -fit.auc)


def limit_of(
    values: Floats, good: Mask, *, keep: float | None, precision: float | None
) -> float | None:
    """The highest limit that keeps at least `keep` of the good, or the lowest at which at
    least `precision` of what passes is good; None where no limit does. High values are good.
    """
    if keep is not None:
        own = np.sort(values[good])
        return float(own[int(np.floor((1 - keep) * len(own) + 1e-9))])
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(good[order])
    levels = np.flatnonzero(np.append(values[order][1:] != values[order][:-1], True))
    share = hits[levels] / (levels + 1)
    enough = np.flatnonzero(share >= (precision or 0.0))
    return float(values[order][levels[enough[-1]]]) if len(enough) else None


def tuned(recipe: Recipe, found: Sequence[Fit], chosen: Sequence[str]) -> dict[str, Limit]:
    """The limits of the recipe with those of the chosen signals replaced."""
    limits = dict(recipe.limits)
    for fit in found:
        if fit.signal in chosen and fit.limit is not None:
            # Rounded outwards: a document at the limit must pass after rounding, too.
            step = -1e-6 if fit.side == "min" else 1e-6
            limits[fit.signal] = Limit(**{fit.side: round(fit.limit + step, 6)})
    return limits


def as_toml(recipe: Recipe, limits: Mapping[str, Limit], why: str) -> str:
    """A recipe as the text of its file."""
    lines = [f"why = {_quoted(why)}", f"split = {str(recipe.split).lower()}", "filters = ["]
    lines += [f"  {_quoted(name)}," for name in recipe.filters]
    lines += ["]", ""]
    for name, options in recipe.options.items():
        lines.append(f"[options.{_quoted(name)}]")
        lines += [f"{key} = {_value(value)}" for key, value in options.items()]
        lines.append("")
    lines.append("[limits]")
    for signal, limit in limits.items():
        sides = [f"{k} = {v}" for k, v in (("min", limit.min), ("max", limit.max)) if v is not None]
        lines.append(f"{signal} = {{ {', '.join(sides)} }}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)
