"""Does each sentence, and each line, go on from the one before? A learned model of neighbours.

Every sentence says what it expects to come next, from its last words, and offers something to
follow, from its first words; both read what it speaks of as a whole. The product of the two is the
log-odds, up to a constant, that one follows the other (InfoNCE: van den Oord, Li & Vinyals 2018).
All sentences of a document are compared with all others by sums alone, so that the cost does not
grow with the square of their number. `cleaner.train.follows` says how the model is made.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream
from cleaner.kernels.mentions import Table
from cleaner.kernels.segments import Groups, Ints
from cleaner.kernels.vectors import Shorts, Singles, dots
from cleaner.models.coherence import FOLLOW, FOLLOW_UNIT, NEAR, SIDES, WINDOW, CoherenceModel

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_MOST = 1000.0
"""A component counts up to so many steps: products of FOLLOW of them stay below 2**24."""

_PARTS = [FOLLOW, 2 * FOLLOW, 3 * FOLLOW]

_FAR = 30.0
"""Nothing counts as less likely than this, in nats."""

_HIGHEST = 5.0
"""What a seam says for itself at the most, in nats, where the weakest one is looked for."""


class Follows(NamedTuple):
    """What the model says of k sentences: `expected` of the next sentence, and of the first one
    of the next line, what each has `offered`, (k, FOLLOW) in whole steps; and in nats, (k,), how
    `late` in its text it reads, how like the first sentence (`lead`), and the last (`end`)."""

    expected: Singles
    expected_line: Singles
    offered: Singles
    late: Floats
    lead: Floats
    end: Floats


def endings(keys: Table, stream: Stream, ends: Ints, docs: Ints) -> Table:
    """The words at the last WINDOW places before ends of sentences, the last one first, shape
    (WINDOW, k); those of the border before its first for a document that is shorter."""
    borders = stream.starts.take(docs) - 1
    found: Table = keys.take(np.maximum(ends - 2 - np.arange(WINDOW)[:, None], borders))
    return found


def bags(table: Shorts, words: Table, first: int) -> Shorts:
    """The sums of the vectors of each column of words, (w, k) to (k, f): in `table` from the row
    `first` on those of the NEAR first places, and below them those of the others."""
    numbers = words.astype(np.int64)
    numbers[:NEAR] += first
    numbers[NEAR:] += first + len(table) // SIDES
    found: Shorts = table.take(numbers, axis=0).sum(axis=0, dtype=np.int16)
    return found


def inputs_of(begin: Table, end: Table, topics: Singles, model: CoherenceModel) -> Singles:
    """What the model reads of sentences, whole numbers, shape (k, 2 f + d): sums over the words
    of both ends, and the direction of the topic."""
    half = len(model.sides) // 2
    ends = [bags(model.sides, words, at) for words, at in ((begin, 0), (end, half))]
    return np.concatenate([*ends, topics], axis=1, dtype=np.float32)


def follows_of(inputs: Singles, model: CoherenceModel) -> Follows:
    """What the model says of sentences. Sums of whole numbers below 2**24: exact."""
    found = inputs @ model.follow
    found *= model.follow_scale
    found += model.follow_bias
    late, lead, end = found[:, 3 * FOLLOW :].T.astype(np.float64)
    np.clip(found, -_MOST, _MOST, out=found)
    expected, line, offered, _ = np.split(np.rint(found, out=found), _PARTS, axis=1)
    return Follows(expected, line, offered, late, lead, end)


def line_features(said: Follows, docs: Groups, opens: Mask) -> Floats:
    """How well the sentences follow each other, and how well the lines do."""
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(opens))[: len(first)] - 1
    lines = Groups.of(docs.of_item.take(first), len(docs.counts))
    by_line = said.expected_line.take(last, axis=0), said.offered.take(first, axis=0)
    return np.column_stack(
        [
            sequence_features(said.expected, said.offered, np.ones(len(opens), np.bool_), docs),
            sequence_features(*by_line, first == last, lines),
        ]
    )


def sequence_features(expected: Singles, offered: Singles, own: Mask, docs: Groups) -> Floats:
    """How well items of documents follow each other, by what the end of each expects and the
    beginning of each offers; `own` says which are one sentence, that would expect itself.

    Mean lead of the true next one over all others, the same by the root of the number of items,
    the lead over the order reversed, the weakest seam, and how many hold."""
    count = docs.counts
    usual = _usual(expected, offered, own, docs)
    near = docs.of_item[1:] == docs.of_item[:-1]
    # What is said of a seam stands at the item behind it.
    ahead, back = np.zeros((2, len(own)))
    ahead[1:] = (dots(expected[:-1], offered[1:]) / FOLLOW_UNIT**2 - usual[:-1]) * near
    back[1:] = (dots(expected[1:], offered[:-1]) / FOLLOW_UNIT**2 - usual[1:]) * near
    seams = np.maximum(count - 1, 1)
    mean, reverse = docs.sums(ahead) / seams, docs.sums(back) / seams
    held = log_chance(ahead)
    held[docs.starts] = 0.0
    ahead[docs.starts] = _HIGHEST
    weakest = np.full(len(count), _HIGHEST)
    if len(docs.starts):
        weakest[docs.filled] = np.minimum(np.minimum.reduceat(ahead, docs.starts), _HIGHEST)
    holds = docs.sums(held) / seams
    return np.column_stack([mean, mean * np.sqrt(count), mean - reverse, weakest, holds])


def log_chance(logits: Floats) -> Floats:
    """ln of the probabilities that log-odds stand for."""
    found: Floats = -np.log(1 + np.exp(-np.maximum(logits, -_FAR)))
    return found


def _usual(expected: Singles, offered: Singles, own: Mask, docs: Groups) -> Floats:
    """What each item expects of the others of its document on the average, in nats."""
    total = docs.sums(offered).take(docs.of_item, axis=0)
    others: Floats = np.einsum("kd,kd->k", expected.astype(np.float64), total)
    others -= dots(expected, offered) * own
    others /= np.maximum(docs.counts.take(docs.of_item) - own, 1) * FOLLOW_UNIT**2
    return others
