"""How well numbers tell good from bad: ROC-AUC, average precision, calibration, intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def auc(good: npt.NDArray[Any], bad: npt.NDArray[Any]) -> float:
    """The chance that a good value lies above a bad one, ties half (Mann & Whitney 1947)."""
    if not len(good) or not len(bad):
        return float("nan")
    ranked = np.sort(bad)
    below = np.searchsorted(ranked, good, side="left")
    level = np.searchsorted(ranked, good, side="right") - below
    return float((below + level / 2).mean() / len(bad))


def average_precision(values: Floats, truth: npt.NDArray[np.bool_]) -> float:
    """Mean precision at each good document, best values first; ties count as one step."""
    if not truth.any():
        return float("nan")
    levels, place = np.unique(-values, return_inverse=True)
    good = np.bincount(place, truth, minlength=len(levels))
    seen = np.cumsum(np.bincount(place, minlength=len(levels)))
    return float((good * np.cumsum(good) / seen).sum() / truth.sum())


def calibration_error(chance: Floats, truth: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error (Naeini, Cooper & Hauskrecht 2015) over bins of equal width."""
    at = np.minimum((chance * bins).astype(np.int64), bins - 1)
    gap = np.bincount(at, chance - truth, minlength=bins)
    return float(np.abs(gap).sum() / max(len(chance), 1))


def interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Bounds of a share with 95 % confidence (Wilson 1927)."""
    if not trials:
        return 0.0, 1.0
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = (
        z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2)) / (1 + z * z / trials)
    )
    return float(max(0.0, middle - reach)), float(min(1.0, middle + reach))
