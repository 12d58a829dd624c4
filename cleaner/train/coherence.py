"""Training of the coherence model: six kinds of tables from sound news, then two small models
that weigh their evidence, from sound news beside the same news damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, Stream
from cleaner.kernels.mentions import CONTEXTS
from cleaner.kernels.squares import Singles
from cleaner.kernels.units import units_of
from cleaner.models.coherence import ANCHORED, ASPECTS, KINDS, CoherenceModel
from cleaner.score.judged import Judged, doc_inputs, judge, logits_of, row_inputs
from cleaner.score.links import Rows, compared, link_inputs, rows_of, words_of
from cleaner.train.beginnings import EDGES, with_edges, with_mentions
from cleaner.train.incoherent import pairs, paragraphs, two_in_one, with_one_foreign
from cleaner.train.linear import folded_of_texts, stream_of_texts
from cleaner.train.small import isotonic, layered, logistic
from cleaner.train.topics_of_units import TopicSettings, source_of, train_topics
from cleaner.train.word_weights import CHUNK, positions, sharing

Floats = npt.NDArray[np.float64]
Report = Callable[[str], None]


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
    model = with_edges(model, texts, settings.seed)
    report("edges")
    model = with_mentions(model, texts, settings.seed)
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


def judged_of(model: CoherenceModel, texts: Sequence[str]) -> Judged:
    """Features of some texts, chunk by chunk."""
    parts = []
    for at in range(0, len(texts), CHUNK):
        part = list(texts[at : at + CHUNK])
        parts.append(judge(stream_of_texts(part), folded_of_texts(part), model))
    return Judged.joined(parts)


def _with_link_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int
) -> CoherenceModel:
    """Rows of two articles of one source in one text: which pairs are of one article?"""
    inputs, truths = [], []
    for number, texts in enumerate(held.values()):
        mixed, borders = two_in_one(texts, seed + number)
        for at in range(0, len(mixed), CHUNK):
            part = mixed[at : at + CHUNK]
            stream, folded = stream_of_texts(part), folded_of_texts(part)
            words = words_of(stream, model)
            rows = rows_of(stream, units_of(stream, folded), words, model)
            second = _second(stream, rows, part, borders[at : at + CHUNK])
            for block, columns in zip(rows.squares.blocks, inputs_of(rows), strict=True):
                one, other, square = np.nonzero(block.pairs * np.tri(len(block.rows))[:, :, None])
                inputs.append(np.column_stack([column[one, other, square] for column in columns]))
                truths.append(second[block.rows[one, square]] == second[block.rows[other, square]])
    mean, scale, weights = logistic(np.concatenate(inputs), np.concatenate(truths).astype(float))
    return replace(model, link_mean=mean, link_scale=scale, link_weights=weights)


def inputs_of(rows: Rows) -> Iterator[list[Singles]]:
    """The columns of `link_inputs`, block by block."""
    facts = compared(rows)
    for block in rows.squares.blocks:
        yield link_inputs(facts, block)


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
            judged = judged_of(model, mixed)
            hits = np.array([foreign[doc] == line for doc, line in judged.lines(mixed)])
            rows = row_inputs(judged.features)
            inputs.append(rows)
            truths.append(np.bincount(judged.rows, hits, minlength=len(rows)) > 0)
    mean, scale, weights = logistic(np.concatenate(inputs), np.concatenate(truths).astype(float))
    return replace(model, unit_mean=mean, unit_scale=scale, unit_weights=weights)


def _with_doc_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int, report: Report
) -> CoherenceModel:
    """Weights of the evidence about documents, and the curve that makes a probability of it."""
    rows, kinds = [], []
    for texts in held.values():
        sound = ["\n".join(paragraphs(text)) for text in texts]
        rows.append(doc_inputs(judged_of(model, sound), model))
        kinds.append(np.zeros(len(sound), np.int64))
        for number, kind in enumerate(KINDS[1:], 1):
            for turn in range(TURNS):
                _, damaged = pairs(texts, kind, seed + turn, least=LEAST[kind])
                rows.append(doc_inputs(judged_of(model, damaged), model))
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


TURNS = 6
LEAST = {"splice": 2, "paragraphs": 3, "sentences": 1, "interleave": 2, "halves": 2, "page": 2}


def curve(logits: Floats, sound: npt.NDArray[np.bool_]) -> Floats:
    """Logits and the chance of soundness at each, half of all being sound; shape (2, k)."""
    weights = np.where(sound, 0.5 / sound.sum(), 0.5 / (~sound).sum())
    points = isotonic(logits, sound, weights, bins=40)
    points[1] = np.clip(points[1], 0.005, 0.995)
    return points
