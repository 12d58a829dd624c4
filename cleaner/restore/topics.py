"""What the passages of a page speak of: their pairs of characters, weighed by rarity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.batch import View
from cleaner.kernels.pairs import Pairs, pair_hashes, pair_mask
from cleaner.models import topics

Reals = npt.NDArray[np.float64]

_COMMON, _RARE = 1.5, 5.0
"""idf below which sharing a pair says nothing, and above which it is as good as a name."""


class Words(NamedTuple):
    """The pairs of n passages. `of[i]`: numbers of the pairs of passage i (each once);
    `weight`, `rare`: what each pair weighs in common and as a name; `weights[i]`, `rares[i]`:
    the same of the pairs of passage i, and `masses[i]`: their weight in all."""

    of: list[npt.NDArray[np.int64]]
    weight: Reals
    rare: Reals
    weights: list[Reals]
    rares: list[Reals]
    masses: list[float]


NONE = Words([], np.zeros(0), np.zeros(0), [], [], [])
"""No passages."""


def pairs_of(view: View, start: int, end: int) -> Pairs:
    """The distinct pairs of characters in [start, end) of a document."""
    mask = pair_mask(view.classes[start:end])
    return np.unique(pair_hashes(view.folded_codes[start:end])[mask])


def words_of(passages: Sequence[Pairs]) -> Words:
    """Pairs of passages numbered and weighed by idf."""
    names, numbers = np.unique(np.concatenate([*passages]), return_inverse=True)
    of = np.split(numbers.astype(np.int64), np.cumsum([len(grams) for grams in passages])[:-1])
    idf = topics.load()[names] / topics.SCALE
    weight, rare = np.maximum(idf - _COMMON, 0), np.maximum(idf - _RARE, 0)
    weights = [weight[own] for own in of]
    masses = [float(values.sum()) for values in weights]
    return Words(of, weight, rare, weights, [rare[own] for own in of], masses)
