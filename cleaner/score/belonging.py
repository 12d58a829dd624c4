"""Does each passage belong to its document? Features for the coherence model.

Everything works on the stream of a batch and is exact in whole numbers up to the last divisions,
so that a document alone gets the same bits as among others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, Stream
from cleaner.kernels.mentions import Mentions, mentions_of, numbering
from cleaner.kernels.segments import Ints, segment_sum
from cleaner.kernels.units import Units, docs_of, ends_of, merged
from cleaner.kernels.vectors import blocks, lengths_of, sums
from cleaner.models.coherence import FOLD, UNIT, ZERO, CoherenceModel

Floats = npt.NDArray[np.float64]

UNIT_FEATURES = (
    "fit", "fit_robust", "nearest", "second", "neighbour",
    "shared", "shared_mass", "weight", "log_letters", "log_units",
)  # fmt: skip
SHAPE_FEATURES = (
    "fit_mean", "split", "adjacent", "adjacent_over_next", "clusters",
    "cluster_share", "cluster_switches", "split_second", "alike",
)  # fmt: skip

_MOST = 256
"""Documents of more units are looked at in stretches of several units."""

_FULL = 120
"""A unit of this many letters has full weight."""


class Passages(NamedTuple):
    """Sentences and units of a batch with their topic vectors and features.

    `unit_docs` and `letters` have one entry a unit, `features` the columns of UNIT_FEATURES;
    `shape` has one row a document and the columns of SHAPE_FEATURES. `sentence_vectors` has
    one row a sentence; `mentions` are all that the pairs of each document repeat.
    """

    unit_docs: Ints
    letters: Ints
    features: Floats
    shape: Floats
    sentence_vectors: Floats
    mentions: Mentions


def passages_of(stream: Stream, units: Units, model: CoherenceModel) -> Passages:
    """All facts about the passages of a batch."""
    unit_docs = docs_of(stream, units.units)
    letters = ends_of(stream, units.units) - units.units
    sentence_vectors, unit_vectors = _vectors(stream, units, model)
    mentions = mentions_of(stream, model.telling)
    features = np.zeros((len(letters), len(UNIT_FEATURES)))
    counts = np.bincount(unit_docs, minlength=len(stream.starts))
    shape = np.zeros((len(stream.starts), len(SHAPE_FEATURES)))
    features[:, 5:7] = _overlap(stream, units, mentions, model)
    features[:, 7] = np.log1p(lengths_of(unit_vectors))
    features[:, 8] = np.log(letters + 5.0)
    features[:, 9] = np.log(counts[unit_docs])
    _compare(unit_vectors, letters, counts, features, shape)
    return Passages(unit_docs, letters, features, shape, sentence_vectors, mentions)


def _vectors(stream: Stream, units: Units, model: CoherenceModel) -> tuple[Floats, Floats]:
    """Topic vectors of the sentences (of a long one, its beginning) and of the units."""
    cuts = merged(units.sentences, units.units)
    places = np.flatnonzero(model.topical.take(stream.pairs))
    words = sums(
        model.topic_lanes, stream.pairs.take(places) >> FOLD, np.searchsorted(places, cuts)
    )
    return (
        words.taken(np.searchsorted(cuts, units.sentences)),
        words.gathered(np.searchsorted(cuts, units.units)),
    )


def _overlap(stream: Stream, units: Units, mentions: Mentions, model: CoherenceModel) -> Floats:
    """For each unit: the mean evidence of its pairs, said elsewhere or not, in nats; and the
    share of their weight that is said elsewhere. Shape (k, 2)."""
    number = numbering(units.units, len(stream.codes))
    again = number.take(mentions.first) != number.take(mentions.last)
    words = model.evidence.take(stream.pairs.take(mentions.at) + (again << BITS))
    starts = np.searchsorted(mentions.at, units.units)
    filled = np.flatnonzero(np.diff(np.append(starts, len(words))))
    lanes = np.zeros((len(units.units), 4), np.int64)
    if len(filled):
        sums = np.add.reduceat(words, starts[filled])
        lanes[filled] = sums.astype("<u8", copy=False).view("<u2").reshape(-1, 4)
    count, mass, said, evidence = lanes.T
    total = evidence - ZERO * count
    return np.column_stack([total / np.maximum(count, 1) / UNIT, said / np.maximum(mass, 1)])


def _compare(vectors: Floats, letters: Ints, counts: Ints, features: Floats, shape: Floats) -> None:
    """Fill the features that compare the units of one document with each other."""
    sizes = np.minimum(counts, _MOST)
    groups = _groups(counts)
    starts = np.searchsorted(groups, np.arange(int(sizes.sum())))
    rows = vectors if len(starts) == len(vectors) else np.add.reduceat(vectors, starts, axis=0)
    weights = np.minimum(segment_sum(letters, starts), _FULL).astype(np.float64)
    found = np.zeros((len(rows), 5))
    for block in blocks(sizes):
        taken = np.maximum(block.rows, 0)
        real = block.rows >= 0
        values = rows[taken] * real[..., None]
        weight = weights[taken] * real
        unit, whole = _block_features(values, weight, real)
        found[block.rows[real]] = unit[real]
        shape[block.docs] = whole
    features[:, :5] = found[groups]


def _groups(counts: Ints) -> Ints:
    """The group of each unit: itself, unless its document has more than _MOST units."""
    sizes = np.minimum(counts, _MOST)
    first = np.cumsum(sizes) - sizes
    number = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    grouped: Ints = np.repeat(first, counts) + number * np.repeat(sizes, counts) // np.repeat(
        counts, counts
    )
    return grouped


def _block_features(
    values: Floats, weight: Floats, real: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Features of units (k, width, 5) and of documents (k, columns of SHAPE_FEATURES).

    All of it comes out of the dot products between units (Gram matrix): what a unit shares
    with any weighted sum of units is a weighted sum of its row.
    """
    unit = _directions(values)
    gram = np.matmul(unit, unit.transpose(0, 2, 1))
    pull = np.round(np.sqrt(weight) * 16)  # whole numbers again
    even = _cosines_to(gram, pull, leave_out=True)
    trusted = np.round(np.maximum(even, 0) * 16) * pull
    robust = _cosines_to(gram, trusted, leave_out=True)
    alike = np.where(_pairs(real), gram / _STEP**2, -1.0)
    nearest, second = _nearest(alike)
    close = np.einsum("kii->ki", alike[:, :-1, 1:])
    edge = np.full((len(values), 1), -1.0)
    neighbour = np.maximum(np.append(close, edge, 1), np.append(edge, close, 1))
    columns = np.stack([even, robust, nearest, second, neighbour], axis=-1)
    alone = real.sum(axis=1) < 2
    columns[alone] = _ALONE
    whole = _shape(gram, pull, alike, even, weight, real)
    whole[alone] = 0.0
    return columns, whole


def _nearest(alike: Floats) -> tuple[Floats, Floats]:
    """The highest and second highest likeness of each unit to others; the highest twice where
    there is one other unit only."""
    place = alike.argmax(axis=2)[..., None]
    nearest = np.take_along_axis(alike, place, axis=2)[..., 0]
    others = alike.copy()
    np.put_along_axis(others, place, -1.0, axis=2)
    second = others.max(axis=2)
    return nearest, np.where(second < -0.99, nearest, second)


_STEP = 1024.0
_ALONE = 0.6


def _directions(values: Floats) -> Floats:
    """Vectors of one length, rounded to whole numbers."""
    rounded: Floats = np.round(values / lengths_of(values)[..., None] * _STEP)
    return rounded


def _pairs(real: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which cells compare two different units."""
    both = real[:, :, None] & real[:, None, :]
    np.einsum("kii->ki", both)[...] = False
    return both


def _cosines_to(gram: Floats, pull: Floats, *, leave_out: bool = False) -> Floats:
    """The cosine of each unit to the sum of all units weighed by `pull`, itself left out of
    the sum on request; shape (k, width)."""
    own = np.einsum("kii->ki", gram)
    dots = np.matmul(gram, pull[..., None])[..., 0]
    square = np.einsum("ki,ki->k", dots, pull)[:, None]
    if leave_out:
        square = square - 2 * pull * dots + pull**2 * own
        dots = dots - pull * own
    cosines: Floats = dots / (np.sqrt(np.maximum(square, 0)) * np.sqrt(own) + 1e-6)
    return cosines


def _shape(
    gram: Floats,
    pull: Floats,
    alike: Floats,
    even: Floats,
    weight: Floats,
    real: npt.NDArray[np.bool_],
) -> Floats:
    """The columns of SHAPE_FEATURES for one block of documents."""
    counts = real.sum(axis=1)
    both = _pairs(real)
    mean = _row_sums(even * weight) / np.maximum(_row_sums(weight), 1)
    pairs = np.maximum(counts * (counts - 1), 1)
    overall = _row_sums(np.where(both, alike, 0).reshape(len(alike), -1)) / pairs
    near, next_ = (_diagonal(alike, both, step) for step in (1, 2))
    next_ = np.where(counts > 2, next_, near)
    splits = np.sort(np.where(real[:, 1:], _splits(gram, pull), 1.0), axis=1)
    first = splits[:, 0] if splits.shape[1] else np.ones(len(gram))
    second = splits[:, 1] if splits.shape[1] > 1 else first
    clusters = _clusters(gram, pull, even, weight, real)
    return np.column_stack(
        [mean, first, near - overall, near - next_, *clusters, (first + second) / 2, overall]
    )


def _splits(gram: Floats, pull: Floats) -> Floats:
    """The cosine of all before each unit but the first to it and all after; (k, width − 1)."""
    weighed = gram * pull[:, :, None] * pull[:, None, :]
    corner = np.einsum("kii->ki", weighed.cumsum(axis=1).cumsum(axis=2))[:, :-1]
    before = weighed.sum(axis=2).cumsum(axis=1)
    total = before[:, -1:]
    across = before[:, :-1] - corner
    after = total - 2 * before[:, :-1] + corner
    cosines: Floats = across / (np.sqrt(np.maximum(corner, 0) * np.maximum(after, 0)) + 1e-6)
    return cosines


def _diagonal(alike: Floats, both: npt.NDArray[np.bool_], step: int) -> Floats:
    """Mean likeness of units `step` apart."""
    if alike.shape[1] <= step:
        return np.zeros(len(alike))
    values = np.einsum("kii->ki", alike[:, :-step, step:])
    inside = np.einsum("kii->ki", both[:, :-step, step:])
    mean: Floats = _row_sums(np.where(inside, values, 0)) / np.maximum(inside.sum(axis=1), 1)
    return mean


def _row_sums(values: Floats) -> Floats:
    """Sums of rows, each in one fixed order."""
    total: Floats = np.ascontiguousarray(values).cumsum(axis=1)[:, -1]
    return total


def _clusters(
    gram: Floats, pull: Floats, even: Floats, weight: Floats, real: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Two means (Lloyd 1957) from the unit that fits worst: likeness of the two, share of the
    smaller, how often neighbours change sides."""
    worst = np.argmin(np.where(real & (weight >= 25), even, even + 9 + 9 * ~real), axis=1)
    other = np.zeros_like(pull)
    other[np.arange(len(pull)), worst] = 1.0
    main = pull
    for _ in range(3):
        sides = (_cosines_to(gram, other) > _cosines_to(gram, main)) & real
        main, other = pull * ~sides, pull * sides
    share = _row_sums(weight * sides) / np.maximum(_row_sums(weight), 1)
    split = (share > 0) & (share < 1)
    towards = np.matmul(gram, other[..., None])[..., 0]
    across, inner = (np.einsum("ki,ki->k", towards, part) for part in (main, other))
    outer = np.einsum("ki,ki->k", np.matmul(gram, main[..., None])[..., 0], main)
    like = across / (np.sqrt(np.maximum(inner, 0) * np.maximum(outer, 0)) + 1e-6)
    changes = ((sides[:, 1:] != sides[:, :-1]) & real[:, 1:]).sum(axis=1)
    switches = changes / np.maximum(real.sum(axis=1) - 1, 1)
    return np.where(split, like, 1.0), np.minimum(share, 1 - share), np.where(split, switches, 0.0)
