"""Topic vectors of character pairs, trained so that passages of one article find each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS
from cleaner.kernels.segments import Ints
from cleaner.kernels.units import docs_of, units_of
from cleaner.models.coherence import FOLD
from cleaner.train.linear import folded_of_texts, stream_of_texts

Floats = npt.NDArray[np.float32]

_BATCH = 256
_HEAT = 12.0
_SIZE = 1 << (BITS - FOLD)


@dataclass(frozen=True)
class Source:
    """The pairs of the articles of one source: unit u holds `pairs[at[u]:at[u + 1]]`, article a
    the units `units[a]` to `units[a + 1]`."""

    pairs: npt.NDArray[np.int32]
    at: Ints
    units: Ints


def source_of(texts: Sequence[str]) -> Source:
    """The pairs of some articles, by unit."""
    folded = folded_of_texts(texts)
    stream = stream_of_texts(texts)
    units = units_of(stream, folded).units
    places = np.flatnonzero(stream.pairs > 0)
    at = np.append(np.searchsorted(places, units), len(places))
    docs = docs_of(stream, units)
    return Source(
        stream.pairs[places] >> FOLD, at, np.searchsorted(docs, np.arange(len(texts) + 1))
    )


def train_topics(
    sources: Sequence[Source], *, dims: int, epochs: int, keep: float, seed: int
) -> npt.NDArray[np.int8]:
    """Vectors in int8, shape (2**(BITS − FOLD), dims); zeros for pairs too rare or too common.

    Contrastive learning (van den Oord, Li & Vinyals 2018): a unit must find the rest of its
    article among those of other articles of the same source. A share `keep` of the pairs is
    seen at each step, so that no single one can be leant on.
    """
    chance = np.random.default_rng(seed)
    rarity = _rarity(sources)
    vectors = (chance.standard_normal((_SIZE, dims)) * 0.1).astype(np.float32)
    vectors *= (np.clip(rarity, 0, 8) / 5).astype(np.float32)[:, None]
    seen = np.full(_SIZE, 1e-3, np.float32)
    for _ in range(epochs):
        for source, articles in _plan(sources, chance):
            _step(vectors, seen, source, articles, rarity > 0, keep, chance)
    vectors[rarity <= 0] = 0
    top = np.quantile(np.abs(vectors[rarity > 0]), 0.9995)
    whole: npt.NDArray[np.int8] = np.clip(np.round(vectors / top * 127), -127, 127).astype(np.int8)
    return whole


def _rarity(sources: Sequence[Source]) -> npt.NDArray[np.float64]:
    """idf of each pair; 0 for those in fewer than 8 articles or in more than four of a hundred."""
    documents = np.zeros(_SIZE)
    total = 0
    for source in sources:
        owner = np.repeat(np.arange(len(source.units) - 1), np.diff(source.at[source.units]))
        seen = np.unique(owner * _SIZE + source.pairs) % _SIZE
        documents += np.bincount(seen, minlength=_SIZE)
        total += len(source.units) - 1
    usable = (documents >= min(8, total / 50)) & (documents <= 0.04 * total)
    return np.where(usable, np.log(total / (documents + 1)), 0.0)


def _plan(sources: Sequence[Source], chance: np.random.Generator) -> list[tuple[Source, Ints]]:
    plan = []
    for source in sources:
        articles = chance.permutation(np.flatnonzero(np.diff(source.units) >= 2))
        plan += [(source, articles[at : at + _BATCH]) for at in range(0, len(articles), _BATCH)]
    return [plan[at] for at in chance.permutation(len(plan)) if len(plan[at][1]) >= 16]


def _step(
    vectors: Floats,
    seen: Floats,
    source: Source,
    articles: Ints,
    usable: npt.NDArray[np.bool_],
    keep: float,
    chance: np.random.Generator,
) -> None:
    """One step of AdaGrad over a batch of articles of one source."""
    ones, rests = [], []
    for article in articles.tolist():
        first, end = int(source.units[article]), int(source.units[article + 1])
        order = chance.permutation(np.arange(first, end))
        count = int(chance.integers(1, min(6, len(order) - 1) + 1))
        parts = [source.pairs[source.at[u] : source.at[u + 1]] for u in order[: count + 1]]
        one, rest = (p[usable[p]] for p in (parts[0], np.concatenate(parts[1:])))
        one, rest = (p[chance.random(len(p)) < keep] for p in (one, rest))
        if len(one) > 2 and len(rest) > 2:
            ones.append(one)
            rests.append(rest)
    if len(ones) < 16:
        return
    a, b = _encode(vectors, ones), _encode(vectors, rests)
    towards: Floats = _gradient(a[0] @ b[0].T * _HEAT) * np.float32(_HEAT / len(ones))
    slopes = [
        _through(a, (towards @ b[0]).astype(np.float32)),
        _through(b, (towards.T @ a[0]).astype(np.float32)),
    ]
    pairs = np.concatenate([*ones, *rests])
    each = np.concatenate([np.repeat(slopes[0], list(map(len, ones)), axis=0),
                           np.repeat(slopes[1], list(map(len, rests)), axis=0)])  # fmt: skip
    order = np.argsort(pairs, kind="stable")
    touched, starts = np.unique(pairs[order], return_index=True)
    slope = np.add.reduceat(each[order], starts, axis=0)
    seen[touched] += (slope**2).mean(axis=1)
    vectors[touched] -= np.float32(0.1) * slope / np.sqrt(seen[touched])[:, None]


def _encode(vectors: Floats, parts: list[npt.NDArray[np.int32]]) -> tuple[Floats, Floats]:
    """Directions of the sums of vectors, and their lengths."""
    starts = np.cumsum([0, *map(len, parts[:-1])])
    total = np.add.reduceat(vectors[np.concatenate(parts)], starts, axis=0)
    size = np.linalg.norm(total, axis=1, keepdims=True) + np.float32(1e-6)
    return total / size, size


def _gradient(scores: Floats) -> Floats:
    """Slope of the cross-entropy over rows and columns, its target the diagonal."""
    rows = np.exp(scores - scores.max(axis=1, keepdims=True))
    columns = np.exp(scores - scores.max(axis=0, keepdims=True))
    slope = (rows / rows.sum(axis=1, keepdims=True) + columns / columns.sum(axis=0)) / 2
    slope[np.diag_indices(len(slope))] -= 1
    sloped: Floats = slope.astype(np.float32)
    return sloped


def _through(encoded: tuple[Floats, Floats], slope: Floats) -> Floats:
    """The slope before the vectors were brought to one length."""
    direction, size = encoded
    along = (slope * direction).sum(axis=1, keepdims=True)
    passed: Floats = (slope - direction * along) / size
    return passed
