"""Do the sentences of a document stand in an order in which one would write them?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream
from cleaner.kernels.mentions import Keys, Numbers, Table, beginnings, contexts
from cleaner.kernels.segments import Groups, Ints, firsts, places_of
from cleaner.kernels.units import Units, ends_of
from cleaner.kernels.vectors import Singles, directions
from cleaner.models.coherence import STEP, WINDOW, CoherenceModel
from cleaner.score.follows import endings, follows_of, inputs_of, line_features, log_chance
from cleaner.score.links import Sentences, Words
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
    units: Units,
    words: Words,
    sentences: Sentences,
    model: CoherenceModel,
) -> Floats:
    """One row a document, the columns of ORDER_FEATURES; zeros where nothing can be said."""
    size = len(stream.starts)
    edges = edges_of(stream, units, words)
    topics = directions(sentences.vectors.take(sentences.pieces[edges.number], axis=0), STEP)
    docs = stream.docs_at(units.sentences)
    groups = Groups.of(edges.docs, size)
    return np.column_stack(
        [
            _edge_features(edges, groups, model),
            _follow_features(edges, groups, topics, model),
            _mention_features(stream, units, words, sentences.mentioned, docs, model),
            next_features(topics, groups, edges.opens),
            quote_features(stream, units.marks),
        ]
    )


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
    first = firsts(docs)
    begin = beginnings(words.keys, stream, starts, WINDOW)
    ends = ends_of(stream, units.sentences)[number]
    return Edges(number, docs, opens, first, begin, endings(words.keys, stream, ends, docs))


def _edge_features(edges: Edges, docs: Groups, model: CoherenceModel) -> Floats:
    opens, inner = np.flatnonzero(edges.opens), np.flatnonzero(~edges.first)
    lead_logits, open_logits = model.edge_logits(edges.begin)
    lines = Groups.of(edges.docs.take(opens), len(docs.counts))
    lead, alone, leads = _chosen(lead_logits.take(opens), edges.first.take(opens), lines)
    others = Groups.of(edges.docs.take(inner), len(docs.counts))
    starts = _likelihood(open_logits.take(inner), edges.opens.take(inner), others)
    table = np.column_stack([lead, alone, leads, starts])
    table[lines.counts < 2] = 0.0
    return table


def _follow_features(edges: Edges, docs: Groups, topics: Singles, model: CoherenceModel) -> Floats:
    """Do the sentences and lines follow on each other, and stand where they seem to belong?"""
    first = edges.first
    said = follows_of(inputs_of(edges.begin, edges.end, topics, model), model)
    last = np.append(first[1:], True)[: len(first)]
    table = np.column_stack(
        [
            *_chosen(said.lead, first, docs),
            *_chosen(said.end, last, docs),
            line_features(said, docs, edges.opens | first),
            position_features(said.late, docs),
        ]
    )
    table[docs.counts < 3] = 0.0
    return table


def _chosen(logits: Floats, chosen: Mask, docs: Groups) -> tuple[Floats, Floats, Floats]:
    """How much the chosen one of each document stands out (its logit less the logarithm of the
    mean odds), its logit, and the logarithm of how many others one would have chosen."""
    odds = np.exp(np.clip(logits, -30, 30))
    mean = np.log(docs.means(odds) + 1e-12)
    own = docs.sums(np.where(chosen, logits, 0.0))
    others = docs.sums(np.where(chosen, 0.0, odds / (1 + odds)))
    return own - mean, own, np.log(others + 0.3)


def _likelihood(logits: Floats, truth: Mask, docs: Groups) -> Floats:
    """Mean log-likelihood of what is, above that of knowing its share only."""
    each = log_chance(np.where(truth, logits, -logits))
    share = docs.means(truth)
    known = share * np.log(share + 1e-9) + (1 - share) * np.log(1 - share + 1e-9)
    likelihood: Floats = docs.means(each) - known
    return likelihood


class Judgeable(NamedTuple):
    """Mentions of pairs that name something and stand in several sentences of a document: run by
    run the one that is the first of its pair, and those in later sentences.

    `first` says where runs begin, `at` and `sentence` where the mentions lie, and `features` are
    their contexts.
    """

    first: Ints
    at: Ints
    sentence: Numbers
    features: list[Keys]


def mentions_to_judge(
    stream: Stream, sentences: Ints, words: Words, sentence: Numbers, model: CoherenceModel
) -> Judgeable:
    """The mentions from which one can learn, or tell, what a first mention looks like; `sentence`
    is that of each mention of `words`."""
    _, _, opens, sizes = words.mentions
    begun, ended = sentence.take(opens), sentence.take(opens + sizes - 1)
    named = model.naming.take(words.said.take(opens))
    runs = np.flatnonzero(named & (begun != ended))
    begun, sizes = begun.take(runs), sizes.take(runs)
    places, first = places_of(opens.take(runs), sizes)
    kept = sentence.take(places) != np.repeat(begun, sizes)  # a later one, or the first
    kept[first] = True
    places = places.take(np.flatnonzero(kept))
    first = first - np.cumsum(np.append(0, ~kept)).take(first)
    at, own = words.mentions.at.take(places), sentence.take(places)
    features = contexts(words.keys, stream.codes, at, at - sentences.take(own))
    return Judgeable(first, at, own, features)


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
    first, _, owner, features = mentions_to_judge(stream, units.sentences, words, sentence, model)
    logits = model.mention_logits(features)
    own, counts = logits.take(first), np.diff(first, append=len(logits))
    rest = (_by_run(logits, first) - own) / np.maximum(counts - 1, 1)
    odds = _by_run(np.exp(np.clip(logits, -10, 10)), first)
    chance = own - np.log(odds) + np.log(counts)
    docs, size = docs.take(owner.take(first)), len(stream.starts)
    pairs = np.bincount(docs, minlength=size) + 5.0
    lead = np.bincount(docs, own - rest, minlength=size) / pairs
    return np.column_stack([lead, np.bincount(docs, chance, minlength=size) / np.sqrt(pairs)])


def _by_run(values: Floats, first: Ints) -> Floats:
    """The sums of runs that begin at `first`."""
    return np.add.reduceat(values, first) if len(first) else np.zeros(0)
