"""Do the sentences of a document stand in an order in which one would write them?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream
from cleaner.kernels.mentions import Columns, Mentions, contexts, edges, numbering
from cleaner.kernels.segments import Ints
from cleaner.kernels.units import Units, docs_of, ends_of
from cleaner.kernels.vectors import lengths_of
from cleaner.models.coherence import NAMING, WINDOW, CoherenceModel

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ORDER_FEATURES = (
    "lead", "lead_alone", "more_leads", "last", "more_lasts", "opens", "closes",
    "first_mention", "first_mentions", "next_sentence", "next_over_second", "within",
)  # fmt: skip


def order_features(
    stream: Stream, units: Units, mentions: Mentions, vectors: Floats, model: CoherenceModel
) -> Floats:
    """One row a document, the columns of ORDER_FEATURES; zeros where nothing can be said."""
    docs = docs_of(stream, units.sentences)
    size = len(stream.starts)
    return np.column_stack(
        [
            _edge_features(stream, units, size, model),
            _mention_features(stream, units, mentions, size, model),
            _next_features(units, docs, vectors, size),
        ]
    )


class Edges(NamedTuple):
    """The sentences that are no headings: their documents, whether they open or close a line,
    whether they are the first or the last of their document, and the features of their edges.
    """

    docs: Ints
    opens: Mask
    closes: Mask
    first: Mask
    last: Mask
    begin: Columns
    close: Columns


def edges_of(stream: Stream, units: Units) -> Edges:
    """All that the edge models look at; headings play no part."""
    plain = ~units.headings
    ends = ends_of(stream, units.sentences)[plain]
    closes = np.append(units.opens[1:], True)[: len(plain)][plain]
    starts, opens = units.sentences[plain], units.opens[plain]
    docs = docs_of(stream, starts)
    first = np.append(True, docs[1:] != docs[:-1])[: len(docs)]
    last = np.append(first[1:], True)[: len(docs)]
    return Edges(docs, opens, closes | last, first, last, *edges(stream, starts, ends, WINDOW))


def _edge_features(stream: Stream, units: Units, size: int, model: CoherenceModel) -> Floats:
    docs, opens, closes, first, last, begin, close = edges_of(stream, units)
    lines = np.bincount(docs, opens, minlength=size)
    lead, alone, leads = _chosen(
        model.edge_logits("lead", begin, opens), docs[opens], first[opens], size
    )
    ending, _, lasts = _chosen(
        model.edge_logits("last", close, closes), docs[closes], last[closes], size
    )
    starts = _likelihood(
        model.edge_logits("opening", begin, ~first), docs[~first], opens[~first], size
    )
    ends = _likelihood(model.edge_logits("closing", close, ~last), docs[~last], closes[~last], size)
    table = np.column_stack([lead, alone, leads, ending, lasts, starts, ends])
    table[lines < 2] = 0.0
    return table


def _chosen(logits: Floats, docs: Ints, chosen: Mask, size: int) -> tuple[Floats, Floats, Floats]:
    """How much the chosen one of each document stands out (its logit less the logarithm of the
    mean odds), its logit, and the logarithm of how many others one would have chosen."""
    odds = np.exp(np.clip(logits, -30, 30))
    count = np.maximum(np.bincount(docs, minlength=size), 1)
    mean = np.log(np.bincount(docs, odds, minlength=size) / count + 1e-12)
    own = np.bincount(docs, np.where(chosen, logits, 0.0), minlength=size).astype(np.float64)
    others = np.bincount(docs, np.where(chosen, 0.0, odds / (1 + odds)), minlength=size)
    return own - mean, own, np.log(others + 0.3)


def _likelihood(logits: Floats, docs: Ints, truth: Mask, size: int) -> Floats:
    """Mean log-likelihood of what is, above that of knowing its share only."""
    each = -np.logaddexp(0, np.where(truth, -logits, logits))
    count = np.maximum(np.bincount(docs, minlength=size), 1)
    share = np.bincount(docs, truth, minlength=size) / count
    known = share * np.log(share + 1e-9) + (1 - share) * np.log(1 - share + 1e-9)
    mean: Floats = np.bincount(docs, each, minlength=size) / count - known
    return mean


class Judgeable(NamedTuple):
    """Mentions of pairs that stand in several sentences of a document: those that are the
    first of their pair, and those in later sentences.

    `first` tells them apart, `run` is the place of the first mention of the pair, and
    `features` are their contexts.
    """

    first: Mask
    run: Ints
    features: Columns


def mentions_to_judge(
    stream: Stream, units: Units, mentions: Mentions, model: CoherenceModel
) -> Judgeable:
    """The mentions from which one can learn, or tell, what a first mention looks like."""
    number = numbering(units.sentences, len(stream.codes))
    opening = number.take(mentions.first)
    again = opening != number.take(mentions.last)
    again &= model.shared.take(stream.pairs.take(mentions.at)) >= NAMING
    at, run = mentions.at[again], mentions.first[again]
    sentence = number.take(at)
    first = at == run
    chosen = first | (sentence != opening[again])
    at, run, first = at[chosen], run[chosen], first[chosen]
    offset = at - units.sentences.take(sentence[chosen])
    return Judgeable(first, run, contexts(stream, at, offset))


def _mention_features(
    stream: Stream, units: Units, mentions: Mentions, size: int, model: CoherenceModel
) -> Floats:
    """Do first mentions read like first mentions? Mean lead of the first over the others, and
    the mean log-probability of the first to be the first."""
    first, run, features = mentions_to_judge(stream, units, mentions, model)
    logits = model.mention_logits(features)
    places = run[first]
    pair = np.searchsorted(places, run)
    count = np.bincount(pair, minlength=len(places))
    own = logits[first]
    rest = (np.bincount(pair, logits, minlength=len(places)) - own) / np.maximum(count - 1, 1)
    odds = np.bincount(pair, np.exp(np.clip(logits, -10, 10)), minlength=len(places))
    chance = own - np.log(odds) + np.log(np.maximum(count, 1))
    docs = docs_of(stream, places)
    pairs = np.bincount(docs, minlength=size) + 5.0
    lead = np.bincount(docs, own - rest, minlength=size) / pairs
    return np.column_stack([lead, np.bincount(docs, chance, minlength=size) / np.sqrt(pairs)])


def _next_features(units: Units, docs: Ints, vectors: Floats, size: int) -> Floats:
    """How much more alike neighbouring sentences are than any two, or than every second."""
    count = np.bincount(docs, minlength=size)
    direction = np.round(vectors / lengths_of(vectors)[:, None] * _STEP)
    own = np.einsum("kd,kd->k", direction, direction)
    close = np.einsum("kd,kd->k", direction[1:], direction[:-1]) / _STEP**2
    second = np.einsum("kd,kd->k", direction[2:], direction[:-2]) / _STEP**2
    inner = ~units.opens[1:] & (docs[1:] == docs[:-1])
    starts = np.flatnonzero(np.append(True, docs[1:] != docs[:-1])[: len(docs)])
    squares = np.zeros(size)
    if len(starts):
        total = np.add.reduceat(direction, starts, axis=0)
        squares[docs[starts]] = np.einsum("kd,kd->k", total, total)
    itself = np.bincount(docs, own, minlength=size)
    overall = (squares - itself) / _STEP**2 / np.maximum(count * (count - 1), 1)
    adjacent = _mean(close, docs[1:], docs[1:] == docs[:-1], size)
    apart = _mean(second, docs[2:], docs[2:] == docs[:-2], size)
    within = _mean(close, docs[1:], inner, size)
    within = np.where(np.bincount(docs[1:], inner, minlength=size) > 0, within, adjacent)
    table = np.column_stack([adjacent - overall, adjacent - apart, within - overall])
    table[count < 4] = 0.0
    return table


_STEP = 1024.0


def _mean(values: Floats, docs: Ints, mask: Mask, size: int) -> Floats:
    total = np.bincount(docs, np.where(mask, values, 0), minlength=size)
    mean: Floats = total / np.maximum(np.bincount(docs, mask, minlength=size), 1)
    return mean
