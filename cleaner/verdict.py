"""Signals against limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cleaner.document import Reason
from cleaner.filter import Values

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Limit:
    """A signal must lie within [min, max]; None leaves that side open."""

    min: float | None = None
    max: float | None = None


def rounded(values: Values) -> Values:
    """Signals as they are judged and written: six digits, so that no last bit decides."""
    return np.round(values, DIGITS)


def verdicts(
    signals: Mapping[str, Values], limits: Mapping[str, Limit], owners: Mapping[str, str], n: int
) -> list[tuple[Reason, ...]]:
    """Why each of n documents is dropped; the empty tuple for those that pass.

    A limit on a signal that nobody computes is an error of the recipe and is caught there.
    NaN breaks no limit. `owners` names the filter behind each signal.
    """
    reasons: list[tuple[Reason, ...]] = [()] * n
    for signal, limit in limits.items():
        values = signals[signal]
        for bound, broken in (
            (limit.min, values < (-np.inf if limit.min is None else limit.min)),
            (limit.max, values > (np.inf if limit.max is None else limit.max)),
        ):
            for index in np.flatnonzero(broken).tolist():
                reason = Reason(owners[signal], signal, float(values[index]), bound)
                reasons[index] = (*reasons[index], reason)
    return reasons
