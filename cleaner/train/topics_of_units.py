"""Topic vectors of character pairs, trained so that passages of one article find each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from cleaner.kernels.grams import BITS
from cleaner.kernels.segments import Ints
from cleaner.kernels.units import units_of
from cleaner.train.linear import folded_of_texts, stream_of_texts

Singles = npt.NDArray[np.float32]

_HEAT = 12.0
_LEAST = 16
_TOP = 63
"""The largest component of a shipped vector: seven bits."""


@dataclass(frozen=True)
class TopicSettings:
    """How topic vectors are trained: `keep` is the share of the pairs that a step sees, so that
    no single one can be leant on; pairs of fewer than `rare` articles, or of more than the
    share `common`, get no vector."""

    dims: int = 30
    epochs: int = 32
    keep: float = 0.3
    rate: float = 0.15
    batch: int = 256
    rare: int = 50
    common: float = 0.5
    seed: int = 0


@dataclass(frozen=True)
class Source:
    """The articles of one source: `pairs` has a row a unit and a column a pair (its counts);
    article a has the units `units[a]` to `units[a + 1]`."""

    pairs: Any
    units: Ints


def source_of(texts: Sequence[str]) -> Source:
    """The pairs of some articles, by unit."""
    folded = folded_of_texts(texts)
    stream = stream_of_texts(texts)
    units = units_of(stream, folded).units
    places = np.flatnonzero(stream.pairs > 0)
    borders = np.append(np.searchsorted(places, units), len(places))
    counts = sparse.csr_array(
        (np.ones(len(places), np.float32), stream.pairs[places], borders),
        shape=(len(units), 1 << BITS),
    )
    counts.sum_duplicates()
    docs = stream.docs_at(units)
    return Source(counts, np.searchsorted(docs, np.arange(len(texts) + 1)))


def train_topics(
    sources: Sequence[Source],
    settings: TopicSettings = TopicSettings(),
    report: Callable[[str], None] = lambda _: None,
) -> tuple[npt.NDArray[np.int8], Ints, Ints]:
    """Vectors in int8, shape (k, dims), the buckets (k,) of the pairs that they stand for, the
    commonest first, and the buckets of pairs that are too common.

    Contrastive learning (van den Oord, Li & Vinyals 2018): a unit must find the rest of its
    article among those of other articles of the same source.
    """
    chance = np.random.default_rng(settings.seed)
    rarity = _rarity(sources, settings)
    topical = np.argsort(rarity, kind="stable")
    topical = topical[rarity[topical] > 0]  # the commonest first
    sources = [Source(source.pairs[:, topical], source.units) for source in sources]
    vectors = (chance.standard_normal((len(topical), settings.dims)) * 0.02).astype(np.float32)
    vectors *= rarity[topical, None].astype(np.float32)
    seen = np.full(len(topical), 1e-3, np.float32)
    for epoch in range(settings.epochs):
        rate = settings.rate * min(1.0, 2 * (1 - epoch / settings.epochs))
        losses = []
        for source, articles in _plan(sources, settings.batch, chance):
            ones, rests = _drawn(source, articles, settings.keep, chance)
            losses.append(_step(vectors, seen, ones, rests, rate))
        report(f"topics, epoch {epoch + 1}: loss {np.mean(losses):.4f}")
    top = np.quantile(np.abs(vectors), 0.9995)
    whole = np.clip(np.round(vectors / top * _TOP), -_TOP, _TOP).astype(np.int8)
    return whole, topical, np.flatnonzero(rarity < 0)


def _rarity(sources: Sequence[Source], settings: TopicSettings) -> npt.NDArray[np.float64]:
    """idf of each pair; 0 for those that are too rare, −1 for those that are too common."""
    found = np.zeros(1 << BITS)
    total = 0
    for source in sources:
        docs = np.repeat(np.arange(len(source.units) - 1), np.diff(source.units))
        owner = np.repeat(docs, np.diff(source.pairs.indptr)).astype(np.int64)
        seen = np.unique(owner << BITS | source.pairs.indices) & ((1 << BITS) - 1)
        found += np.bincount(seen, minlength=1 << BITS)
        total += len(source.units) - 1
    rarity = np.log(total / (found + 1)) + 1e-6
    rarity[found < min(settings.rare, total / 50)] = 0.0
    rarity[found > settings.common * total] = -1.0
    return rarity


def _plan(
    sources: Sequence[Source], size: int, chance: np.random.Generator
) -> list[tuple[Source, Ints]]:
    """The batches of an epoch: articles of one source each."""
    plan = []
    for source in sources:
        articles = chance.permutation(np.flatnonzero(np.diff(source.units) >= 2))
        plan += [(source, articles[at : at + size]) for at in range(0, len(articles), size)]
    return [plan[at] for at in chance.permutation(len(plan)) if len(plan[at][1]) >= _LEAST]


def _drawn(source: Source, articles: Ints, keep: float, chance: np.random.Generator) -> list[Any]:
    """A unit of each article, and up to six others of it together, as rows of counts."""
    ones: list[int] = []
    rests: list[int] = []
    owners: list[int] = []
    for number, article in enumerate(articles.tolist()):
        units = chance.permutation(np.arange(source.units[article], source.units[article + 1]))
        count = int(chance.integers(1, min(6, len(units) - 1) + 1))
        ones.append(int(units[0]))
        rests += units[1 : count + 1].tolist()
        owners += [number] * count
    together = sparse.csr_array(
        (np.ones(len(rests), np.float32), (owners, np.arange(len(rests)))),
        shape=(len(articles), len(rests)),
    )
    found = [source.pairs[ones], together @ source.pairs[rests]]
    for rows in found:
        rows.data *= chance.random(len(rows.data)) < keep
    return found


def _step(vectors: Singles, seen: Singles, ones: Any, rests: Any, rate: float) -> float:
    """One step of AdaGrad (Duchi, Hazan & Singer 2011); returns the loss before it."""
    a, b = _encode(ones @ vectors), _encode(rests @ vectors)
    slope, loss = _gradient(a[0] @ b[0].T * np.float32(_HEAT))
    towards = (slope * np.float32(_HEAT / len(slope))).astype(np.float32)
    slopes = np.concatenate([_through(a, towards @ b[0]), _through(b, towards.T @ a[0])])
    columns = sparse.vstack([ones, rests]).T.tocsr()
    touched = np.flatnonzero(np.diff(columns.indptr))
    change = columns[touched] @ slopes
    seen[touched] += (change**2).mean(axis=1)
    vectors[touched] -= np.float32(rate) * change / np.sqrt(seen[touched])[:, None]
    return loss


def _encode(total: Singles) -> tuple[Singles, Singles]:
    """Directions of sums of vectors, and their lengths."""
    size = np.sqrt((total * total).sum(axis=1, keepdims=True)) + np.float32(1e-6)
    return total / size, size


def _gradient(scores: Singles) -> tuple[Singles, float]:
    """Slope of the cross-entropy over rows and columns, its target the diagonal; and its mean."""
    rows = np.exp(scores - scores.max(axis=1, keepdims=True))
    columns = np.exp(scores - scores.max(axis=0, keepdims=True))
    slope = (rows / rows.sum(axis=1, keepdims=True) + columns / columns.sum(axis=0)) / 2
    own = np.diag_indices(len(slope))
    loss = float(-np.log(slope[own] + 1e-9).mean())
    slope[own] -= 1
    return slope, loss


def _through(encoded: tuple[Singles, Singles], slope: Singles) -> Singles:
    """The slope before the vectors were brought to one length."""
    direction, size = encoded
    along = (slope * direction).sum(axis=1, keepdims=True)
    passed: Singles = (slope - direction * along) / size
    return passed
