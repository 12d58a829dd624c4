"""Training of the coherence model: six kinds of tables from sound news, then two small models
that weigh their evidence, from sound news beside the same news damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import lsqr

from cleaner.kernels.grams import BITS, Stream
from cleaner.kernels.mentions import CONTEXTS, mentions_of, numbering
from cleaner.kernels.units import Units, docs_of, ends_of, units_of
from cleaner.models.coherence import (
    ANCHORED,
    ASPECTS,
    KINDS,
    UNIT,
    CoherenceModel,
    edge_tables,
)
from cleaner.score.coherence import Judged, doc_inputs, judge, logits_of, row_inputs
from cleaner.score.links import Rows, link_inputs, rows_of, words_of
from cleaner.score.order import edges_of, mentions_to_judge, named_of
from cleaner.train.incoherent import one_foreign, pairs, paragraphs, two_in_one
from cleaner.train.linear import folded_of_texts, stream_of_texts
from cleaner.train.small import isotonic, layered, logistic
from cleaner.train.topics_of_units import TopicSettings, source_of, train_topics

Floats = npt.NDArray[np.float64]
Report = Callable[[str], None]

_CHUNK = 500


@dataclass(frozen=True)
class Settings:
    """What may be chosen."""

    topics: TopicSettings = field(default_factory=TopicSettings)
    seed: int = 0


def train_coherence(
    train: Mapping[str, Sequence[str]],
    held: Mapping[str, Sequence[str]],
    settings: Settings = Settings(),
    report: Report = lambda _: None,
) -> CoherenceModel:
    """A model from articles by source: tables from `train`, their weights from `held`, which
    must be other articles. The same texts and seed give the same model."""
    model = tables(train, settings, report)
    return weighed(model, held, settings.seed, report)


def tables(
    train: Mapping[str, Sequence[str]], settings: Settings, report: Report
) -> CoherenceModel:
    """A model with all tables and without weights."""
    texts = [text for source in train.values() for text in source]
    report(f"{len(texts)} articles of {len(train)} sources")
    sources = [source_of(source) for source in train.values()]
    topics, topical, common = train_topics(sources, settings.topics, report)
    words = np.ones(1 << BITS, np.int32)
    words[common] = words[0] = 0
    words[topical] = np.arange(2, len(topical) + 2)
    topics = np.concatenate([np.zeros((2, topics.shape[1]), np.int8), topics])
    shared, missing = sharing(texts, words)
    position = positions(texts, words)
    model = replace(
        empty(), words=words, topics=topics, position=position, shared=shared, missing=missing
    )
    report("sharing and positions")
    model = _with_edges(model, texts, settings.seed)
    report("edges")
    model = _with_mentions(model, texts, settings.seed)
    report("mentions")
    return model


def weighed(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int, report: Report
) -> CoherenceModel:
    """The model with the weights of links, of passages and of documents."""
    model = _with_link_weights(model, held, seed)
    report("links")
    model = _with_row_weights(model, held, seed)
    report("passages")
    return _with_doc_weights(model, held, seed, report)


def empty() -> CoherenceModel:
    """A model that knows nothing."""
    none = np.zeros(0)
    tables: dict[str, Any] = {item.name: none for item in fields(CoherenceModel)}
    tables |= {name: np.zeros(1, np.int8) for name in ("position", "shared", "missing")}
    tables |= {name: np.zeros((ANCHORED + 1, 1), np.int8) for name in EDGES}
    tables["words"] = np.zeros(1 << BITS, np.int32)
    tables["topics"] = np.zeros((1, 4), np.int8)
    tables["mention"] = np.zeros((CONTEXTS, 1 << 16), np.int8)
    tables["biases"] = np.zeros(len(EDGES))
    return CoherenceModel(**tables)


def sharing(
    texts: Sequence[str], words: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """What it says for one article that a word of a unit stands in another unit, or in none.

    ln p(said elsewhere | same article) / p(in another article), smoothed by the mean of words
    that are equally common; and the same of not being said.
    """
    said, again, within, total = _counted(texts)
    size = int(words.max()) + 1
    rare = np.flatnonzero(words == 1)
    within[rare] = np.average(within[rare], weights=said[rare] + 1e-9)
    common = np.zeros(size)
    common[words] = (within + 0.5) / (total + 1)
    own_said, own_again = (np.bincount(words, values, minlength=size) for values in (said, again))
    level = np.digitize(np.log(common * total + 1), np.linspace(0, 10, 30))
    mean = np.bincount(level, own_again, minlength=31) / np.maximum(
        np.bincount(level, own_said, minlength=31), 1
    )
    same = np.clip((own_again + 8 * mean[level]) / (own_said + 8), 1e-4, 1 - 1e-4)
    shared = np.clip(np.log(same / common), -2, 3.9 * 2) / 2
    missing = np.clip(np.log((1 - same) / (1 - np.minimum(common, 0.99))), -3, 1) / 2
    shared[0] = missing[0] = 0
    return _int8(shared), _int8(missing)


def positions(texts: Sequence[str], words: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
    """How late in its article a sentence stands that holds a word, −127 to 127: least squares
    with damping (Paige & Saunders 1982) over the sentences of articles of four and more."""
    parts, targets = [], []
    for stream, units, size in _streams(texts):
        docs = docs_of(stream, units.sentences)
        count = np.bincount(docs, minlength=size)[docs]
        number = np.arange(len(docs)) - np.searchsorted(docs, docs)
        sizes = ends_of(stream, units.sentences) - units.sentences + 5.0
        borders = np.concatenate([[0], units.sentences, [len(stream.codes)]])
        rows = sparse.csr_array(
            (np.ones(len(stream.codes)), words.take(stream.pairs), borders),
            shape=(len(borders) - 1, int(words.max()) + 1),
        )[1:]
        kept = np.flatnonzero((count >= 4) & ~units.headings)
        parts.append((sparse.diags_array(1 / sizes[kept]) @ rows[kept]).tocsr())
        targets.append((2 * number - count + 1)[kept] / (count - 1)[kept])
    table = sparse.vstack(parts).tocsr()
    weights = lsqr(table, np.concatenate(targets), damp=_DAMPING, iter_lim=40)[0]
    weights[0] = 0.0
    top = float(np.quantile(np.abs(weights), 0.9995)) or 1.0
    whole: npt.NDArray[np.int8] = np.clip(np.round(weights / top * 127), -127, 127).astype(np.int8)
    return whole


_DAMPING = 0.4


def _counted(texts: Sequence[str]) -> tuple[Floats, Floats, Floats, int]:
    """By bucket, in articles of three units and more: how often a pair stands there, how often
    in several units of its article, and in how many articles; and the number of articles."""
    size = 1 << BITS
    said, again, within = np.zeros(size), np.zeros(size), np.zeros(size)
    total = 0
    for at in range(0, len(texts), _CHUNK):
        part = texts[at : at + _CHUNK]
        stream = stream_of_texts(part)
        units = units_of(stream, folded_of_texts(part)).units
        many = np.bincount(docs_of(stream, units), minlength=len(part)) >= 3
        number = numbering(units, len(stream.codes))
        places = np.flatnonzero(stream.pairs > 0)
        places = places[many[docs_of(stream, units)][number[places]]]
        mentions = mentions_of(stream, places)
        own = number[mentions.at]
        opens = mentions.opens
        last = np.append(opens[1:], len(own)) - 1
        spans = (own[opens] != own[last])[mentions.run]
        counts = np.bincount(stream.pairs[places], minlength=size)
        repeats = np.bincount(stream.pairs[mentions.at], minlength=size)
        said += counts
        again += np.bincount(stream.pairs[mentions.at[spans]], minlength=size)
        first = np.bincount(stream.pairs[mentions.at[opens]], minlength=size)
        within += counts - repeats + first
        total += int(many.sum())
    return said, again, within, total


def _int8(nats: Floats) -> npt.NDArray[np.int8]:
    return np.clip(np.round(nats * UNIT), -127, 127).astype(np.int8)


def _with_edges(model: CoherenceModel, texts: Sequence[str], seed: int) -> CoherenceModel:
    inputs: dict[str, list[npt.NDArray[np.int32]]] = {name: [] for name in EDGES}
    truths: dict[str, list[npt.NDArray[np.bool_]]] = {name: [] for name in EDGES}
    size = len(model.shared)
    tables = np.array(edge_tables(), np.int32) * size
    for stream, units, count in _streams(texts):
        docs, opens, first, begin = edges_of(stream, units, words_of(stream, model))
        long = (np.bincount(docs, opens, minlength=count) >= 3)[docs]
        for name, mask, truth in (
            ("lead", opens & long, first),
            ("opening", ~first & long, opens),
        ):
            inputs[name].append(begin[mask] + tables)
            truths[name].append(truth[mask])
    biases = []
    for name in EDGES:
        weights, bias = _sparse(
            np.concatenate(inputs[name]), np.concatenate(truths[name]), (ANCHORED + 1) * size, seed
        )
        changed: dict[str, Any] = {name: _int8(weights).reshape(ANCHORED + 1, size)}
        model = replace(model, **changed)
        biases.append(bias)
    return replace(model, biases=np.array(biases))


EDGES = ("lead", "opening")


def _streams(texts: Sequence[str]) -> Iterator[tuple[Stream, Units, int]]:
    """Texts without blank lines, in chunks: stream, units, and their number."""
    for at in range(0, len(texts), _CHUNK):
        part = ["\n".join(paragraphs(text)) for text in texts[at : at + _CHUNK]]
        stream = stream_of_texts(part)
        yield stream, units_of(stream, folded_of_texts(part)), len(part)


def _with_mentions(model: CoherenceModel, texts: Sequence[str], seed: int) -> CoherenceModel:
    inputs, truths = [], []
    for stream, units, _ in _streams(texts):
        words = words_of(stream, model)
        named = named_of(stream, units.sentences, words, model)
        found = mentions_to_judge(stream, units.sentences, words, named)
        inputs.append(np.column_stack(found.features))
        truths.append(found.first)
    tables = np.arange(CONTEXTS, dtype=np.int32) << 16
    weights, _ = _sparse(
        np.concatenate(inputs) + tables, np.concatenate(truths), CONTEXTS << 16, seed
    )
    return replace(model, mention=_int8(weights).reshape(CONTEXTS, 1 << 16))


def _sparse(
    features: npt.NDArray[Any], truth: npt.NDArray[np.bool_], size: int, seed: int
) -> tuple[Floats, float]:
    """Logistic regression over sparse features by AdaGrad; weights of shape (size,), bias."""
    chance = np.random.default_rng(seed)
    weights, seen = np.zeros(size), np.full(size, 1e-3)
    share = float(truth.mean())
    bias = float(np.log(share / (1 - share)))
    for _ in range(3):
        order = chance.permutation(len(truth))
        for at in range(0, len(order), 4000):
            rows = features[order[at : at + 4000]]
            error = (
                1 / (1 + np.exp(-(weights[rows].sum(axis=1) + bias))) - truth[order[at : at + 4000]]
            )
            slope = np.bincount(rows.ravel(), np.repeat(error, rows.shape[1]), minlength=size)
            touched = np.flatnonzero(slope)
            step = slope[touched] / np.sqrt(len(rows)) + 1e-6 * weights[touched]
            seen[touched] += step**2
            weights[touched] -= 0.15 * step / np.sqrt(seen[touched])
    return weights, bias


def _judged(model: CoherenceModel, texts: Sequence[str]) -> Judged:
    """Features of some texts, chunk by chunk."""
    parts = []
    for at in range(0, len(texts), _CHUNK):
        part = list(texts[at : at + _CHUNK])
        parts.append(judge(stream_of_texts(part), folded_of_texts(part), model))
    return Judged.joined(parts)


def _with_link_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int
) -> CoherenceModel:
    """Rows of two articles of one source in one text: which pairs are of one article?"""
    inputs, truths = [], []
    for number, texts in enumerate(held.values()):
        mixed, borders = two_in_one(texts, seed + number)
        for at in range(0, len(mixed), _CHUNK):
            part = mixed[at : at + _CHUNK]
            stream, folded = stream_of_texts(part), folded_of_texts(part)
            words = words_of(stream, model)
            rows = rows_of(stream, units_of(stream, folded), words, model)
            second = _second(stream, rows, part, borders[at : at + _CHUNK])
            cells = rows.cells
            one, other = cells.row[cells.upper], cells.column[cells.upper]
            inputs.append(np.column_stack(link_inputs(rows)))
            truths.append(second[one] == second[other])
    mean, scale, weights = logistic(np.concatenate(inputs), np.concatenate(truths).astype(float))
    return replace(model, link_mean=mean, link_scale=scale, link_weights=weights)


def _second(
    stream: Stream, rows: Rows, texts: Sequence[str], borders: Sequence[int]
) -> npt.NDArray[np.bool_]:
    """Which rows stand at or behind the character with which a second article begins."""
    ends = np.cumsum([len(text) + 1 for text in texts])
    places = stream.at[rows.starts]
    found: npt.NDArray[np.bool_] = places >= (np.append(0, ends[:-1]) + borders)[rows.docs]
    return found


def _with_row_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int
) -> CoherenceModel:
    inputs, truths = [], []
    for number, texts in enumerate(held.values()):
        for turn in range(TURNS):
            mixed, foreign = with_one_foreign(texts, seed + number + 100 * turn)
            judged = _judged(model, mixed)
            hits = np.array([foreign[doc] == line for doc, line in judged.lines(mixed)])
            rows = row_inputs(judged.features)
            inputs.append(rows)
            truths.append(np.bincount(judged.rows, hits, minlength=len(rows)) > 0)
    mean, scale, weights = logistic(np.concatenate(inputs), np.concatenate(truths).astype(float))
    return replace(model, unit_mean=mean, unit_scale=scale, unit_weights=weights)


def with_one_foreign(
    texts: Sequence[str], seed: int, least: int = 5
) -> tuple[list[str], list[int]]:
    """Articles with one paragraph of another one, and the number of its line in each."""
    import random

    chance = random.Random(seed)
    articles = [parts for parts in map(paragraphs, texts) if len(parts) >= least]
    mixed, lines = [], []
    for index, own in enumerate(articles):
        other = articles[(index + chance.randint(1, len(articles) - 1)) % len(articles)]
        changed, line = one_foreign(own, other, chance)
        mixed.append("\n".join(changed))
        lines.append(line)
    return mixed, lines


def _with_doc_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int, report: Report
) -> CoherenceModel:
    """Weights of the evidence about documents, and the curve that makes a probability of it."""
    rows, kinds = [], []
    for texts in held.values():
        sound = ["\n".join(paragraphs(text)) for text in texts]
        rows.append(doc_inputs(_judged(model, sound), model))
        kinds.append(np.zeros(len(sound), np.int64))
        for number, kind in enumerate(KINDS[1:], 1):
            for turn in range(TURNS):
                _, damaged = pairs(texts, kind, seed + turn, least=LEAST[kind])
                rows.append(doc_inputs(_judged(model, damaged), model))
                kinds.append(np.full(len(damaged), number))
    inputs, truth = np.concatenate(rows), np.concatenate(kinds)
    mean, scale, hidden, weights = layered(inputs, truth, len(KINDS), seed=seed, report=report)
    model = replace(model, doc_mean=mean, doc_scale=scale, doc_hidden=hidden, doc_weights=weights)
    logits = logits_of(inputs, model)
    points = {
        aspect: curve(logits[aspect][mask], truth[mask] == 0)
        for aspect, kinds in ASPECTS.items()
        for mask in [np.isin(truth, [0, *kinds])]
    }
    return replace(
        model,
        points=points["coherence"],
        unity_points=points["unity"],
        order_points=points["order"],
    )


TURNS = 3
LEAST = {"splice": 2, "paragraphs": 3, "sentences": 1, "interleave": 2, "halves": 2, "page": 2}


def curve(logits: Floats, sound: npt.NDArray[np.bool_]) -> Floats:
    """Logits and the chance of soundness at each, half of all being sound; shape (2, k)."""
    weights = np.where(sound, 0.5 / sound.sum(), 0.5 / (~sound).sum())
    points = isotonic(logits, sound, weights, bins=40)
    points[1] = np.clip(points[1], 0.005, 0.995)
    return points
