"""Signals against limits."""

from __future__ import annotations

import numpy as np
import pytest

import cleaner
from cleaner.document import Reason
from cleaner.verdict import Limit, rounded, verdicts

OWNERS = {"one": "score.a", "two": "score.b"}


def test_signals_are_written_with_six_digits() -> None:
    assert rounded(np.array([0.1234564, 0.1234567, 7.0])).tolist() == [0.123456, 0.123457, 7.0]


@pytest.mark.parametrize(
    ("limit", "broken"),
    [
        (Limit(min=0.5), [0.4]),
        (Limit(max=0.5), [0.6]),
        (Limit(0.5, 0.5), [0.4, 0.6]),
        (Limit(), []),
    ],
)
def test_a_value_at_its_limit_passes_and_nan_breaks_none(limit: Limit, broken: list[float]) -> None:
    values = np.array([0.4, 0.5, 0.6, np.nan])
    whys = verdicts({"one": values}, {"one": limit}, OWNERS, 4)
    assert [value for value, why in zip(values.tolist(), whys, strict=True) if why] == broken


def test_every_broken_limit_is_a_reason_in_the_order_of_the_recipe() -> None:
    signals = {"one": np.array([1.0, 0.0]), "two": np.array([3.0, 0.0])}
    limits = {"two": Limit(max=2), "one": Limit(max=0.5)}
    first, second = verdicts(signals, limits, OWNERS, 2)
    assert first == (Reason("score.b", "two", 3.0, 2), Reason("score.a", "one", 1.0, 0.5))
    assert second == ()


def test_what_is_judged_is_what_is_written() -> None:
    @cleaner.scorer("score.almost")
    def almost(text: str) -> float:
        return 0.4999999 if text else 0.0

    pipe = cleaner.Pipeline.from_recipe("repair-only", extra=[almost], limits={"almost": 0.5})
    (doc,) = pipe(["今天有雨。"])
    assert doc.signals["almost"] == 0.5
    assert doc.kept
