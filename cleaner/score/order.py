"""Do the sentences of a document stand in an order in which one would write them?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream
from cleaner.kernels.mentions import Keys, Numbers, Table, beginnings, contexts, numbering
from cleaner.kernels.segments import Ints
from cleaner.kernels.text import Codes
from cleaner.kernels.units import Units, ends_of
from cleaner.kernels.vectors import Shorts, Singles, directions
from cleaner.models.coherence import NAMING, STEP, WINDOW, CoherenceModel
from cleaner.score.follows import endings, follows_of, inputs_of, line_features, log_chance
from cleaner.score.links import Words
from cleaner.score.sequence import next_features, position_features, quote_features

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ORDER_FEATURES = (
    "lead", "lead_alone", "more_leads", "opens",
    "leads", "leads_alone", "leads_more", "ends", "ends_alone", "ends_more",
    "follows", "follows_root", "follows_back", "weakest", "holds",
    "lines", "lines_root", "lines_back", "weakest_line", "lines_hold",
    "late", "late_share", "late_mean",
    "first_mention", "first_mentions", "next_sentence", "next_over_second", "within",
    "open_quotes",
)  # fmt: skip


def order_features(
    stream: Stream,
    folded: Codes,
    units: Units,
    words: Words,
    vectors: Shorts,
    model: CoherenceModel,
) -> Floats:
    """One row a document, the columns of ORDER_FEATURES; zeros where nothing can be said."""
    size = len(stream.starts)
    edges = edges_of(stream, units, words)
    topics = directions(vectors[edges.number], STEP)
    sentence = sentences_of(stream, units, words)
    docs = stream.docs_at(units.sentences)
    return np.column_stack(
        [
            _edge_features(edges, size, model),
            _follow_features(edges, topics, size, model),
            _mention_features(stream, units, words, sentence, docs, model),
            next_features(topics, edges.docs, edges.opens, size),
            quote_features(stream, folded),
        ]
    )


def sentences_of(stream: Stream, units: Units, words: Words) -> Numbers:
    """The sentence that each mention stands in."""
    found: Numbers = numbering(units.sentences, len(stream.codes)).take(words.mentions.at)
    return found


class Edges(NamedTuple):
    """The sentences that are no headings: their numbers, their documents, whether they open a
    line, whether they are the first of their document, and the words they begin and end with."""

    number: Ints
    docs: Ints
    opens: Mask
    first: Mask
    begin: Table
    end: Table


def edges_of(stream: Stream, units: Units, words: Words) -> Edges:
    """All that the models of beginnings and ends look at; headings play no part."""
    number = np.flatnonzero(~units.headings)
    starts, opens = units.sentences[number], units.opens[number]
    docs = stream.docs_at(starts)
    first = np.append(True, docs[1:] != docs[:-1])[: len(docs)]
    begin = beginnings(words.keys, stream, starts, WINDOW)
    ends = ends_of(stream, units.sentences)[number]
    return Edges(number, docs, opens, first, begin, endings(words.keys, stream, ends, docs))


def _edge_features(edges: Edges, size: int, model: CoherenceModel) -> Floats:
    docs, opens, first = edges.docs, edges.opens, edges.first
    lead_logits, open_logits = model.edge_logits(edges.begin)
    lead, alone, leads = _chosen(lead_logits[opens], docs[opens], first[opens], size)
    starts = _likelihood(open_logits[~first], docs[~first], opens[~first], size)
    table = np.column_stack([lead, alone, leads, starts])
    table[np.bincount(docs, opens, minlength=size) < 2] = 0.0
    return table


def _follow_features(edges: Edges, topics: Singles, size: int, model: CoherenceModel) -> Floats:
    """Do the sentences and lines follow on each other, and stand where they seem to belong?"""
    docs, first = edges.docs, edges.first
    said = follows_of(inputs_of(edges.begin, edges.end, topics, model), model)
    last = np.append(first[1:], True)[: len(docs)]
    table = np.column_stack(
        [
            *_chosen(said.lead, docs, first, size),
            *_chosen(said.end, docs, last, size),
            line_features(said, docs, edges.opens | first, size),
            position_features(said.late, docs, size),
        ]
    )
    table[np.bincount(docs, minlength=size) < 3] = 0.0
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
    each = log_chance(np.where(truth, logits, -logits))
    count = np.maximum(np.bincount(docs, minlength=size), 1)
    share = np.bincount(docs, truth, minlength=size) / count
    known = share * np.log(share + 1e-9) + (1 - share) * np.log(1 - share + 1e-9)
    mean: Floats = np.bincount(docs, each, minlength=size) / count - known
    return mean


class Judgeable(NamedTuple):
    """Mentions of pairs that stand in several sentences of a document: those that are the
    first of their pair, and those in later sentences.

    `first` tells them apart, `at` are their places, `sentence` where those lie, and `features`
    their contexts.
    """

    first: Mask
    at: Ints
    sentence: Numbers
    features: list[Keys]


class Named(NamedTuple):
    """Mentions of pairs that name something, run by run (see `Mentions`): their places, the
    number of their run, which of them open a run, and the sentences they stand in."""

    at: Ints
    run: Ints
    first: Mask
    sentence: Numbers


def named_of(sentence: Numbers, words: Words, model: CoherenceModel) -> Named:
    """The mentions of names and other rare pairs; `sentence` is that of each mention."""
    chosen = np.flatnonzero((model.shared >= NAMING).take(words.said))
    at, run = words.mentions.at.take(chosen), words.mentions.run.take(chosen)
    first = np.append(True, run[1:] != run[:-1])[: len(run)]
    return Named(at, np.cumsum(first) - 1, first, sentence.take(chosen))


def mentions_to_judge(stream: Stream, sentences: Ints, words: Words, named: Named) -> Judgeable:
    """The mentions from which one can learn, or tell, what a first mention looks like."""
    at, run, first, sentence = named
    later = sentence != sentence[first][run]
    spans = np.bincount(run, later, minlength=int(first.sum())) > 0
    kept = np.flatnonzero((first | later) & spans[run])
    at, sentence = at[kept], sentence[kept]
    features = contexts(words.keys, stream.codes, at, at - sentences.take(sentence))
    return Judgeable(first[kept], at, sentence, features)


def _mention_features(
    stream: Stream,
    units: Units,
    words: Words,
    sentence: Numbers,
    docs: Ints,
    model: CoherenceModel,
) -> Floats:
    """Do first mentions read like first mentions? Mean lead of the first over the others, and
    the mean log-probability of the first to be the first."""
    named = named_of(sentence, words, model)
    first, _, owner, features = mentions_to_judge(stream, units.sentences, words, named)
    logits = model.mention_logits(features)
    pair = np.cumsum(first) - 1
    own = logits[first]
    count = np.bincount(pair, minlength=len(own))
    rest = (np.bincount(pair, logits, minlength=len(own)) - own) / np.maximum(count - 1, 1)
    odds = np.bincount(pair, np.exp(np.clip(logits, -10, 10)), minlength=len(own))
    chance = own - np.log(odds) + np.log(np.maximum(count, 1))
    docs, size = docs[owner[first]], len(stream.starts)
    pairs = np.bincount(docs, minlength=size) + 5.0
    lead = np.bincount(docs, own - rest, minlength=size) / pairs
    return np.column_stack([lead, np.bincount(docs, chance, minlength=size) / np.sqrt(pairs)])
