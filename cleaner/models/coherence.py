"""The weights behind `coherence`: what belongs together, what opens, closes, comes first."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from cleaner.kernels.mentions import Columns, edge_tables
from cleaner.kernels.vectors import Lanes, packed

Int8s = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]

FOLD = 2
"""Topic vectors and edge tables are indexed by bucket >> FOLD."""

WINDOW = 12
"""How many characters of a sentence's start and end the edge models read."""

UNIT = 32.0
"""Steps of an int8 weight in one nat."""

TELLING = 20
"""Weight in `shared` from which on a pair counts when it is said again."""

NAMING = 56
"""Weight from which on one asks whether its first mention reads like one."""

ZERO = 128
"""Added to numbers that may be negative where they share a word with others."""

_FILE = Path(__file__).with_name("coherence.zst")


@dataclass(frozen=True, eq=False)
class CoherenceModel:
    """Tables made by `cleaner.train.coherence`, which says how.

    Shapes: `topics` (2**(BITS − FOLD), d); `shared` and `missing` (2**BITS,), in 1/UNIT nats:
    how much it speaks for one article that a pair of characters is, or is not, said again
    elsewhere; `lead`, `opening`, `closing`, `last` (4, 2**(BITS − FOLD)) for the edges of
    sentences and `mention` (7, 2**BITS) for the words around a mention, each with a bias in
    `biases`; `unit_weights` and `doc_weights` turn features into logits, after centring and
    scaling by their `_mean` and `_scale`; `points`, `unity_points` and `order_points` (2, k) are
    the curves from log-odds to probabilities.
    """

    topics: Int8s
    shared: Int8s
    missing: Int8s
    lead: Int8s
    opening: Int8s
    closing: Int8s
    last: Int8s
    mention: Int8s
    biases: Floats
    unit_mean: Floats
    unit_scale: Floats
    unit_weights: Floats
    doc_mean: Floats
    doc_scale: Floats
    doc_weights: Floats
    points: Floats
    unity_points: Floats
    order_points: Floats

    @cached_property
    def topic_lanes(self) -> Lanes:
        """The topic vectors as `vectors.sums` wants them."""
        return packed(self.topics)

    @cached_property
    def topical(self) -> npt.NDArray[np.bool_]:
        """Which buckets have a topic vector, shape (2**BITS,)."""
        found = np.repeat(self.topics.any(axis=1), 1 << FOLD)
        found[0] = False  # grams over a border
        return found

    @cached_property
    def telling(self) -> npt.NDArray[np.bool_]:
        """Which pairs count when they are said again, shape (2**BITS,)."""
        return self.shared >= TELLING

    @cached_property
    def evidence(self) -> npt.NDArray[np.uint64]:
        """What one pair says, by bucket: not said elsewhere, then (from 2**BITS on) said.

        Four lanes of sixteen bits in a word, which a unit of up to 257 pairs cannot overflow:
        one, the weight, the weight if said elsewhere, and the evidence with ZERO added.
        """
        weight = np.maximum(self.shared.astype(np.int64), 0)
        rows = []
        for said, evidence in ((0 * weight, self.missing.astype(np.int64)), (weight, weight)):
            lanes = (1, weight << 16, said << 32, (evidence + ZERO) << 48)
            rows.append(lanes[0] + lanes[1] + lanes[2] + lanes[3])
        return np.concatenate(rows).view(np.uint64)

    def edge_logits(self, name: str, features: Columns, chosen: npt.NDArray[np.bool_]) -> Floats:
        """The logits of one edge model for some of the ranges that `features` describe."""
        weights: Int8s = getattr(self, name)
        rows = np.flatnonzero(chosen)
        total = np.zeros(len(rows), np.int32)
        for table, buckets in zip(edge_tables(WINDOW), features, strict=True):
            total += weights[table].take(buckets.take(rows) >> FOLD)
        logits: Floats = total / UNIT + self.biases[EDGES.index(name)]
        return logits

    def mention_logits(self, features: Columns) -> Floats:
        """How much each mention reads like the first one, shape (k,); a table a feature."""
        total = np.zeros(len(features[0]), np.int32)
        for table, buckets in zip(self.mention, features, strict=True):
            total += table.take(buckets)
        logits: Floats = total / UNIT
        return logits

    def to_bytes(self) -> bytes:
        """The model as one compressed file; the same model gives the same bytes."""
        buffer = io.BytesIO()
        for item in fields(self):
            np.lib.format.write_array(buffer, np.ascontiguousarray(getattr(self, item.name)))
        return zstandard.ZstdCompressor(level=19, threads=0).compress(buffer.getvalue())


KINDS = ("sound", "splice", "paragraphs", "sentences", "interleave", "halves", "page")
"""What the rows of `doc_weights` stand for: sound text, and the ways in which it is broken."""

ASPECTS: Mapping[str, tuple[int, ...]] = {
    "coherence": (1, 2, 3, 4, 5, 6),
    "unity": (1, 4, 5, 6),
    "order": (2, 3),
}
"""Signals, and the ways of being broken that each of them looks for."""

EDGES = ("lead", "opening", "closing", "last")


def from_bytes(data: bytes) -> CoherenceModel:
    """The model that `to_bytes` wrote."""
    buffer = io.BytesIO(zstandard.ZstdDecompressor().decompress(data))
    arrays: Mapping[str, Any] = {
        item.name: np.lib.format.read_array(buffer) for item in fields(CoherenceModel)
    }
    return CoherenceModel(**arrays)


@cache
def load(path: Path = _FILE) -> CoherenceModel:
    """The shipped model, or the one at `path`."""
    return from_bytes(path.read_bytes())
