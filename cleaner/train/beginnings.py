"""How sentences begin that open an article or a line, and what stands around a first mention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.mentions import CONTEXTS, numbering
from cleaner.models.coherence import ANCHORED, CoherenceModel, edge_tables
from cleaner.score.links import words_of
from cleaner.score.order import edges_of, mentions_to_judge
from cleaner.train.word_weights import int8_of, streams

Floats = npt.NDArray[np.float64]

EDGES = ("lead", "opening")


def with_edges(model: CoherenceModel, texts: Sequence[str], seed: int) -> CoherenceModel:
    """The model with `lead` and `opening`."""
    inputs: dict[str, list[npt.NDArray[np.int32]]] = {name: [] for name in EDGES}
    truths: dict[str, list[npt.NDArray[np.bool_]]] = {name: [] for name in EDGES}
    size = len(model.shared)
    tables = np.array(edge_tables(), np.int32)[:, None] * size
    for stream, units, count in streams(texts):
        edges = edges_of(stream, units, words_of(stream, model))
        docs, opens, first, begin = edges.docs, edges.opens, edges.first, edges.begin
        long = (np.bincount(docs, opens, minlength=count) >= 3)[docs]
        for name, mask, truth in (
            ("lead", opens & long, first),
            ("opening", ~first & long, opens),
        ):
            inputs[name].append((begin[:, mask] + tables).T)
            truths[name].append(truth[mask])
    biases = []
    for name in EDGES:
        weights, bias = _sparse(
            np.concatenate(inputs[name]), np.concatenate(truths[name]), (ANCHORED + 1) * size, seed
        )
        changed: dict[str, Any] = {name: int8_of(weights).reshape(ANCHORED + 1, size)}
        model = replace(model, **changed)
        biases.append(bias)
    return replace(model, biases=np.array(biases))


def with_mentions(model: CoherenceModel, texts: Sequence[str], seed: int) -> CoherenceModel:
    """The model with `mention`."""
    inputs, truths = [], []
    for stream, units, _ in streams(texts):
        words = words_of(stream, model)
        sentence = numbering(units.sentences, len(stream.codes)).take(words.mentions.at)
        found = mentions_to_judge(stream, units.sentences, words, sentence, model)
        truth = np.zeros(len(found.at), np.bool_)
        truth[found.first] = True
        order = np.argsort(stream.pairs.take(found.at), kind="stable")  # steps depend on it
        inputs.append(np.column_stack(found.features)[order])
        truths.append(truth[order])
    tables = np.arange(CONTEXTS, dtype=np.int32) << 16
    weights, _ = _sparse(
        np.concatenate(inputs) + tables, np.concatenate(truths), CONTEXTS << 16, seed
    )
    return replace(model, mention=int8_of(weights).reshape(CONTEXTS, 1 << 16))


def _sparse(
    features: npt.NDArray[Any], truth: npt.NDArray[np.bool_], size: int, seed: int
) -> tuple[Floats, float]:
    """Logistic regression over sparse features by AdaGrad; weights of shape (size,), bias."""
    chance = np.random.default_rng(seed)
    weights, seen = np.zeros(size), np.full(size, 1e-3)
    if not len(truth):
        return weights, 0.0
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
