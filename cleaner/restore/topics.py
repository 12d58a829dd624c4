"""What the passages of a page speak of: their pairs of characters, weighed by rarity."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log1p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.batch import View
from cleaner.kernels.pairs import BITS, pair_hashes, pair_mask
from cleaner.models import topics
from cleaner.restore.blocks import Unit

Reals = npt.NDArray[np.float64]

_COMMON, _RARE = 1.5, 5.0
"""idf below which sharing a pair says nothing, and above which it is as good as a name."""


class Words(NamedTuple):
    """The pairs of n passages. `of[i]`: numbers of the pairs of passage i (each once);
    `weight`, `rare`: what each pair weighs in common and as a name; `weights[i]`: both of the
    pairs of passage i, shape (w, 2), and `masses[i]`: their weight in all."""

    of: list[npt.NDArray[np.int64]]
    weight: Reals
    rare: Reals
    weights: list[Reals]
    masses: list[float]


NONE = Words([], np.zeros(0), np.zeros(0), [], [])
"""No passages."""


def words_of(view: View, units: Sequence[Unit]) -> Words:
    """The distinct pairs of each unit of a document (at most 4,096), numbered and weighed by idf;
    found once."""
    return view.once("words", lambda view: _words(view, units))


def _words(view: View, units: Sequence[Unit]) -> Words:
    at = np.flatnonzero(pair_mask(view.classes))  # blanks part units: no pair crosses a border
    starts = np.array([unit.start for unit in units])
    owner = np.searchsorted(starts, at, side="right").astype(np.uint32) - np.uint32(1)
    keys = np.sort(owner << np.uint32(BITS) | pair_hashes(view.folded_codes)[at])
    keys = keys[np.append(keys[1:] != keys[:-1], True)] if len(keys) else keys
    names, numbers = np.unique(keys & np.uint32((1 << BITS) - 1), return_inverse=True)
    borders = np.searchsorted(keys >> np.uint32(BITS), np.arange(1, len(units)))
    idf = topics.load()[names] / topics.SCALE
    weight, rare = np.maximum(idf - _COMMON, 0), np.maximum(idf - _RARE, 0)
    weights = np.stack([weight, rare], axis=1).take(numbers, axis=0)
    edges = list(pairwise([0, *borders.tolist(), len(keys)]))
    return Words(
        [numbers[one:two] for one, two in edges],
        weight,
        rare,
        [weights[one:two] for one, two in edges],
        np.bincount(keys >> np.uint32(BITS), weights[:, 0], len(units)).tolist(),
    )


def along(vectors: Reals, other: Reals) -> Reals:
    """The cosine of each topic vector, shape (…, d), and another one, (d,); 0 where either says
    nothing. Shape (…)."""
    lengths = np.sqrt(np.einsum("...d,...d", vectors, vectors) * (other @ other))
    return np.asarray(vectors @ other / (lengths + 1e-6))


def related(words: Words, one: int, two: int) -> float:
    """Log-likelihood ratio that two passages are of one article; see `likeness`."""
    both = np.intersect1d(words.of[one], words.of[two], assume_unique=True)
    shared, rare = words.weight[both].sum(), words.rare[both].sum()
    return float(likeness(shared, rare, words.masses[one], np.array(words.masses[two])))


def likeness(shared: Reals, rare: Reals, mass: float, other: Reals) -> Reals:
    """Log-likelihood ratio that a text of this `mass` is of an article that has the mass `other`,
    from the weight that they share, in common and as names; 0 where either has no words."""
    llr = 9.0 + 1.35 * np.log1p(shared) + 0.96 * np.log1p(rare)
    llr -= 1.28 * log1p(mass) + 0.84 * np.log1p(other)
    return np.minimum(np.maximum(llr, -4.0), 4.0) * ((mass > 0) & (other > 0))
