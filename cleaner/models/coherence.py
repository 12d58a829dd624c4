"""The weights behind `coherence`: what belongs together, what opens, closes, comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.mentions import Keys, Table
from cleaner.kernels.vectors import Shorts
from cleaner.models.packed import packed, unpacked

Int8s = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

WINDOW = 10
"""How many places of a sentence's start the edge models read."""

ANCHORED = 3
"""How many of them have a table of their own."""

NEAR = 2
"""How many places next to a seam have a table of their own."""

SIDES = 4
"""Tables of seams: the near and the other places of beginnings, and those of ends."""

STEP = 256.0
"""The length of the direction of a sentence."""

FOLLOW = 16
"""Components of what is said of a seam from either side."""

FOLLOW_UNIT = 64.0
"""Steps of such a component in one."""

UNIT = 32.0
"""Steps of an int8 weight in one nat."""

TELLING = 54
"""Weight in `shared` from which on a word counts when it is said again."""

NAMING = 72
"""Weight from which on one asks whether its first mention reads like one."""

LINK_UNIT = 64.0
"""Steps of a link between two passages in one nat."""

ZERO = 128
"""Added to numbers that may be negative where they share a word with others."""

_FILE = Path(__file__).with_name("coherence.zst")


@dataclass(frozen=True, eq=False)
class CoherenceModel:
    """Tables made by `cleaner.train.coherence`, which says how.

    Shapes: `words` (2**BITS,), the number of the word that each pair of characters counts as:
    0 for pairs that say nothing, 1 for all rare ones, then the others, the commonest first, so
    that what is used most lies together. By word: `topics` (k, d), their vectors; `position`
    (k,), how late in an article its sentence stands; `shared` and `missing` (k,), in 1/UNIT
    nats, how much it speaks for one article that a pair is, or is not, said again elsewhere;
    `lead` and `opening` (ANCHORED + 1, k) for the words with which sentences begin (a table for
    each of the first places, and one for all others), with `biases`. `mention` (CONTEXTS, 2**16)
    for what stands around a mention. `ends` (SIDES k, f) are the vectors of words at the
    beginnings and ends of sentences, `follow` (2 f + d, 3 · FOLLOW + 3), whole numbers, makes of
    their sums, and of the direction of the sentence, what `follow_scale` and `follow_bias` turn
    into what is expected next, what is offered to follow, and how the sentence reads by
    itself: see `cleaner.score.follows`. `link_weights` and `unit_weights` turn features into
    logits, after centring and scaling by their `_mean` and `_scale`, and so do `doc_hidden`
    (features + 1, h) and `doc_weights` (kinds, h + features + 1) with one hidden layer beside
    the features; `points`, `unity_points` and `order_points` (2, k) are the curves from
    log-odds to probabilities. `pyramid` (features,) makes of all these features but the last,
    scaled likewise, the log-odds that a text is built as news is; its bias comes last.
    """

    words: npt.NDArray[np.int32]
    topics: Int8s
    shared: Int8s
    missing: Int8s
    lead: Int8s
    opening: Int8s
    mention: Int8s
    biases: Floats
    ends: Int8s
    follow: Singles
    follow_scale: Singles
    follow_bias: Singles
    link_mean: Floats
    link_scale: Floats
    link_weights: Floats
    unit_mean: Floats
    unit_scale: Floats
    unit_weights: Floats
    doc_mean: Floats
    doc_scale: Floats
    doc_hidden: Floats
    doc_weights: Floats
    points: Floats
    unity_points: Floats
    order_points: Floats
    pyramid: Floats

    @cached_property
    def marked(self) -> npt.NDArray[Any]:
        """`words` in a table that stays in the cache, shape (2**BITS,): twice the number, and one
        more for words that are `telling`."""
        found = 2 * self.words + self.telling.take(self.words)
        return found.astype(np.uint16 if len(self.shared) <= 1 << 15 else np.uint32)

    @cached_property
    def telling(self) -> npt.NDArray[np.bool_]:
        """Which words count when they are said again, shape (k,)."""
        return self.shared >= TELLING

    @cached_property
    def naming(self) -> npt.NDArray[np.bool_]:
        """Which words are asked for how their first mention reads, shape (k,)."""
        return self.shared >= NAMING

    @cached_property
    def table(self) -> Shorts:
        """All that a word adds to a passage, shape (k, d + 2): its topic vector, and of a telling
        word `missing`, and one. Eight of 32 columns are added at once."""
        counted = np.stack([self.missing, np.ones_like(self.missing)], axis=1)
        counted[~self.telling] = 0
        return np.concatenate([self.topics, counted], axis=1).astype(np.int16)

    @cached_property
    def sides(self) -> Shorts:
        """`ends` as what sums of them are made in."""
        return self.ends.astype(np.int16)

    @cached_property
    def gain(self) -> Shorts:
        """What a word adds to the evidence where it is said elsewhere after all, shape (k,)."""
        return self.shared.astype(np.int16) - self.missing

    @cached_property
    def _edges(self) -> npt.NDArray[np.int32]:
        """`lead` and `opening` in the halves of a word, ZERO added to each; flat."""
        low, high = (table.astype(np.int32) + ZERO for table in (self.lead, self.opening))
        return (low | high << 16).ravel()

    def edge_logits(self, begin: Table) -> tuple[Floats, Floats]:
        """How much sentences that begin with these words (WINDOW, k) read like the first one of
        an article, and of a line."""
        tables = np.array(edge_tables(), np.int32)[:, None] * self.lead.shape[1]
        total = self._edges.take(begin + tables).sum(axis=0, dtype=np.int32)
        low: Floats = ((total & 0xFFFF) - ZERO * WINDOW) / UNIT + self.biases[0]
        high: Floats = ((total >> 16) - ZERO * WINDOW) / UNIT + self.biases[1]
        return low, high

    def mention_logits(self, features: Sequence[Keys]) -> Floats:
        """How much each mention reads like the first one, shape (k,); a table a feature."""
        total = np.zeros(len(features[0]), np.int32)
        for table, numbers in zip(self.mention, features, strict=True):
            total += table.take(numbers)
        logits: Floats = total / UNIT
        return logits

    def to_bytes(self) -> bytes:
        """The model as one compressed file; the same model gives the same bytes."""
        return packed(getattr(self, item.name) for item in fields(self))


KINDS = ("sound", "splice", "paragraphs", "sentences", "interleave", "halves", "page")
"""What the rows of `doc_weights` stand for: sound text, and the ways in which it is broken."""

ASPECTS: Mapping[str, tuple[int, ...]] = {
    "coherence": (1, 2, 3, 4, 5, 6),
    "unity": (1, 4, 5, 6),
    "order": (3,),
}
"""Signals, and the ways of being broken that each of them looks for."""


def edge_tables() -> list[int]:
    """The table of `lead` and `opening` for each place of a sentence's start."""
    return [min(place, ANCHORED) for place in range(WINDOW)]


def from_bytes(data: bytes) -> CoherenceModel:
    """The model that `to_bytes` wrote."""
    return CoherenceModel(*unpacked(data))


@cache
def load(path: Path = _FILE) -> CoherenceModel:
    """The shipped model, or the one at `path`."""
    return from_bytes(path.read_bytes())
