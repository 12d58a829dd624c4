"""Training of the coherence model: six kinds of tables from sound news, then two small models
that weigh their evidence, from sound news beside the same news damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS
from cleaner.kernels.mentions import CONTEXTS, edge_tables, mentions_of, numbering
from cleaner.kernels.units import docs_of, units_of
from cleaner.models.coherence import ASPECTS, EDGES, FOLD, KINDS, UNIT, WINDOW, CoherenceModel
from cleaner.score.coherence import Judged, doc_inputs, judge, logits_of, unit_inputs
from cleaner.score.order import edges_of, mentions_to_judge
from cleaner.train.incoherent import one_foreign, pairs, paragraphs
from cleaner.train.linear import folded_of_texts, stream_of_texts
from cleaner.train.small import isotonic, logistic, softmax
from cleaner.train.topics_of_units import source_of, train_topics

Floats = npt.NDArray[np.float64]
Report = Callable[[str], None]

_CHUNK = 500
_SMALL = 1 << (BITS - FOLD)


@dataclass(frozen=True)
class Settings:
    """What may be chosen."""

    dims: int = 32
    epochs: int = 16
    keep: float = 0.6
    seed: int = 0


def train_coherence(
    train: Mapping[str, Sequence[str]],
    held: Mapping[str, Sequence[str]],
    settings: Settings = Settings(),
    report: Report = lambda _: None,
) -> CoherenceModel:
    """A model from articles by source: tables from `train`, their weights from `held`, which
    must be other articles. The same texts and seed give the same model."""
    model = empty(settings.dims)
    texts = [text for source in train.values() for text in source]
    report(f"{len(texts)} articles of {len(train)} sources")
    topics = train_topics(
        [source_of(source) for source in train.values()],
        dims=settings.dims, epochs=settings.epochs, keep=settings.keep, seed=settings.seed,
    )  # fmt: skip
    report("topics")
    shared, missing = sharing(texts)
    model = replace(model, topics=topics, shared=shared, missing=missing)
    report("sharing")
    model = _with_edges(model, texts, settings.seed)
    model = _with_mentions(model, texts, settings.seed)
    report("edges and mentions")
    model = _with_unit_weights(model, held, settings.seed)
    model = _with_doc_weights(model, held, settings.seed)
    report("weights")
    return model


def empty(dims: int) -> CoherenceModel:
    """A model that knows nothing."""
    sizes: dict[str, Any] = {name: np.zeros((4, _SMALL), np.int8) for name in EDGES}
    none = np.zeros(0)
    return CoherenceModel(
        topics=np.zeros((_SMALL, dims), np.int8),
        shared=np.zeros(1 << BITS, np.int8),
        missing=np.zeros(1 << BITS, np.int8),
        mention=np.zeros((CONTEXTS, 1 << BITS), np.int8),
        biases=np.zeros(len(EDGES)),
        unit_mean=none, unit_scale=none, unit_weights=none,
        doc_mean=none, doc_scale=none, doc_weights=none, points=none,
        unity_points=none, order_points=none,
        **sizes,
    )  # fmt: skip


def sharing(texts: Sequence[str]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """What it says for one article that a pair of a unit stands in another unit, or in none.

    ln p(said elsewhere | same article) / p(in another article), smoothed by the mean of pairs
    that are equally common; and the same of not being said.
    """
    size = 1 << BITS
    said, again, within = np.zeros(size), np.zeros(size), np.zeros(size)
    total = 0
    for at in range(0, len(texts), _CHUNK):
        part = texts[at : at + _CHUNK]
        stream = stream_of_texts(part)
        units = units_of(stream, folded_of_texts(part)).units
        many = np.bincount(docs_of(stream, units), minlength=len(part)) >= 3
        mentions = mentions_of(stream, np.arange(size) > 0)
        number = numbering(units, len(stream.codes))
        elsewhere = number[mentions.first] != number[mentions.last]
        use = many[docs_of(stream, mentions.at)]
        pair = stream.pairs[mentions.at]
        said += np.bincount(pair[use], minlength=size)
        again += np.bincount(pair[use & elsewhere], minlength=size)
        within += np.bincount(pair[use & (mentions.at == mentions.first)], minlength=size)
        total += int(many.sum())
    common = (within + 0.5) / (total + 1)
    level = np.digitize(np.log(within + 1), np.linspace(0, 10, 30))
    mean = np.bincount(level, again, minlength=31) / np.maximum(
        np.bincount(level, said, minlength=31), 1
    )
    same = np.clip((again + 8 * mean[level]) / (said + 8), 1e-4, 1 - 1e-4)
    shared = np.clip(np.log(same / common), -2, 3.9 * 2) / 2
    missing = np.clip(np.log((1 - same) / (1 - np.minimum(common, 0.99))), -3, 1) / 2
    shared[0] = missing[0] = 0
    return _int8(shared), _int8(missing)


def _int8(nats: Floats) -> npt.NDArray[np.int8]:
    return np.clip(np.round(nats * UNIT), -127, 127).astype(np.int8)


def _with_edges(model: CoherenceModel, texts: Sequence[str], seed: int) -> CoherenceModel:
    inputs: dict[str, list[npt.NDArray[np.int32]]] = {name: [] for name in EDGES}
    truths: dict[str, list[npt.NDArray[np.bool_]]] = {name: [] for name in EDGES}
    for at in range(0, len(texts), _CHUNK):
        part = ["\n".join(paragraphs(text)) for text in texts[at : at + _CHUNK]]
        stream = stream_of_texts(part)
        units = units_of(stream, folded_of_texts(part))
        docs, opens, closes, first, last, begin, close = edges_of(stream, units)
        long = (np.bincount(docs, opens, minlength=len(part)) >= 3)[docs]
        for name, mask, features, truth in (
            ("lead", opens & long, begin, first),
            ("opening", ~first & long, begin, opens),
            ("closing", ~last & long, close, closes),
            ("last", closes & long, close, last),
        ):
            inputs[name].append(np.column_stack(features)[mask] >> FOLD)
            truths[name].append(truth[mask])
    tables = np.array(edge_tables(WINDOW)) << (BITS - FOLD)
    biases = []
    for name in EDGES:
        weights, bias = _sparse(
            np.concatenate(inputs[name]) + tables, np.concatenate(truths[name]), 4 * _SMALL, seed
        )
        changed: dict[str, Any] = {name: _int8(weights).reshape(4, _SMALL)}
        model = replace(model, **changed)
        biases.append(bias)
    return replace(model, biases=np.array(biases))


def _with_mentions(model: CoherenceModel, texts: Sequence[str], seed: int) -> CoherenceModel:
    inputs, truths = [], []
    for at in range(0, len(texts), _CHUNK):
        part = ["\n".join(paragraphs(text)) for text in texts[at : at + _CHUNK]]
        stream = stream_of_texts(part)
        units = units_of(stream, folded_of_texts(part))
        found = mentions_to_judge(stream, units, mentions_of(stream, model.telling), model)
        inputs.append(np.column_stack(found.features))
        truths.append(found.first)
    tables = np.arange(CONTEXTS) << BITS
    weights, _ = _sparse(
        np.concatenate(inputs) + tables, np.concatenate(truths), CONTEXTS << BITS, seed
    )
    return replace(model, mention=_int8(weights).reshape(CONTEXTS, 1 << BITS))


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


def _with_unit_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int
) -> CoherenceModel:
    rows, truths = [], []
    for number, texts in enumerate(held.values()):
        mixed, foreign = with_one_foreign(texts, seed + number)
        judged = _judged(model, mixed)
        truth = np.array([foreign[doc] == line for doc, line in judged.lines(mixed)])
        rows.append(unit_inputs(judged.features))
        truths.append(truth)
    mean, scale, weights = logistic(np.concatenate(rows), np.concatenate(truths).astype(float))
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
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int
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
    mean, scale, weights = softmax(inputs, truth, len(KINDS))
    model = replace(model, doc_mean=mean, doc_scale=scale, doc_weights=weights)
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


TURNS = 2
LEAST = {"splice": 2, "paragraphs": 3, "sentences": 1, "interleave": 2, "halves": 2, "page": 2}


def curve(logits: Floats, sound: npt.NDArray[np.bool_]) -> Floats:
    """Logits and the chance of soundness at each, half of all being sound; shape (2, k)."""
    weights = np.where(sound, 0.5 / sound.sum(), 0.5 / (~sound).sum())
    points = isotonic(logits, sound, weights, bins=40)
    points[1] = np.clip(points[1], 0.005, 0.995)
    return points
