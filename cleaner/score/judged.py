"""All evidence about the passages and documents of a batch, and what it adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.exact import product
from cleaner.kernels.grams import Stream
from cleaner.kernels.segments import Ints, firsts
from cleaner.kernels.text import Codes
from cleaner.kernels.units import units_of
from cleaner.models.coherence import ASPECTS, CoherenceModel
from cleaner.score.belonging import passages_of
from cleaner.score.links import rows_of, words_of
from cleaner.score.order import order_features

Floats = npt.NDArray[np.float64]

_FULL = 120
"""A row of this many letters has full weight."""

_NONE = -4.0
"""The logit that stands for a row where a document has none."""

_FAR = 6.0
"""Features of documents farther from the mean, in standard deviations, count as so far."""


class Judged(NamedTuple):
    """What is known of the units and documents of a batch.

    Units: `docs`, `at` (place in the batch), and `rows`, the row that each is part of. Rows:
    `row_docs`, `letters` and `features`. Documents: `shape` and `order`, and `starts`, their
    places in the batch.
    """

    docs: Ints
    at: Ints
    rows: Ints
    row_docs: Ints
    letters: Ints
    features: Floats
    shape: Floats
    order: Floats
    starts: Ints

    @classmethod
    def joined(cls, parts: Sequence[Judged]) -> Judged:
        """Several batches as one, documents and rows numbered on."""
        sizes = np.cumsum([0, *(len(part.shape) for part in parts[:-1])])
        heights = np.cumsum([0, *(len(part.letters) for part in parts[:-1])])
        moved = [
            part._replace(docs=part.docs + doc, row_docs=part.row_docs + doc, rows=part.rows + row)
            for part, doc, row in zip(parts, sizes, heights, strict=True)
        ]
        return cls(*(np.concatenate(column) for column in zip(*moved, strict=True)))

    def lines(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """The document and the line of each unit; `texts` are the documents."""
        found = []
        for doc, at, start in zip(self.docs, self.at, self.starts[self.docs], strict=True):
            found.append((int(doc), texts[doc].count("\n", 0, int(at - start))))
        return found


def judge(stream: Stream, folded: Codes, model: CoherenceModel) -> Judged:
    """All evidence about the documents of a stream."""
    units = units_of(stream, folded)
    words = words_of(stream, model)
    rows = rows_of(stream, units, words, model)
    facts = passages_of(rows, model)
    order = order_features(stream, units, words, rows.sentences, model)
    borders = stream.at[stream.ends]
    starts = np.append(0, borders[:-1] + 1)[: len(borders)]
    return Judged(
        stream.docs_at(units.units), stream.at[units.units], rows.units, rows.docs,
        rows.letters, facts.rows, facts.shape, order, starts,
    )  # fmt: skip


def row_inputs(features: Floats) -> Floats:
    """Features of rows with the products that let evidence count by length and number."""
    said, link, trusted, best, letters, rows = features.T
    products = [
        said * letters, said * rows, link * rows, trusted * rows, best * rows, said**2,
        trusted**2, link * said, letters * rows, trusted * letters,
    ]  # fmt: skip
    return np.column_stack([features, *products])


def foreign_logits(judged: Judged, model: CoherenceModel) -> Floats:
    """The logit of each row to be foreign to its document."""
    weights = model.unit_weights[:-1] / model.unit_scale
    bias = model.unit_weights[-1] - (model.unit_mean * weights).sum()
    logits: Floats = bias + product(row_inputs(judged.features), weights)
    return logits


def doc_inputs(judged: Judged, model: CoherenceModel) -> Floats:
    """Features of documents: foreign passages, shape, order, and the number of rows."""
    size = len(judged.shape)
    logits = foreign_logits(judged, model)
    docs = judged.row_docs
    weight = np.minimum(judged.letters, _FULL).astype(np.float64)
    mass = np.maximum(np.bincount(docs, weight, minlength=size), 1)
    chance = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    count = np.bincount(docs, minlength=size)
    worst, second = _highest(logits, docs, size)
    return np.column_stack(
        [
            worst,
            np.where(count > 1, second, worst),
            np.log(np.bincount(docs, chance * weight, minlength=size) / mass + 1e-3),
            np.bincount(docs, logits * weight, minlength=size) / mass,
            judged.shape,
            judged.order,
            np.log(np.maximum(count, 1)),
        ]
    )


def _highest(values: Floats, docs: Ints, size: int) -> tuple[Floats, Floats]:
    """The highest and second highest value of each document; −4 where there is none."""
    best, second = np.full(size, _NONE), np.full(size, _NONE)
    if len(docs):
        starts = np.flatnonzero(firsts(docs))
        own = docs[starts]
        best[own] = np.maximum.reduceat(values, starts)
        top = np.flatnonzero(values == best[docs])
        rest = values.copy()
        rest[top[np.searchsorted(top, starts)]] = -np.inf  # the first of equals
        several = np.append(starts[1:], len(docs)) - starts > 1
        second[own[several]] = np.maximum.reduceat(rest, starts)[several]
    return best, second


def kind_scores(inputs: Floats, model: CoherenceModel) -> Floats:
    """The score of each kind (sound, then the kinds of damage), shape (n, kinds); one hidden
    layer, beside it the features themselves."""
    scaled = _scaled(inputs, model)
    hidden = product(scaled, model.doc_hidden[:-1]) + model.doc_hidden[-1]
    both = np.concatenate([np.maximum(hidden, 0), scaled], axis=1)
    return product(both, model.doc_weights[:, :-1].T) + model.doc_weights[:, -1]


def _scaled(inputs: Floats, model: CoherenceModel) -> Floats:
    return np.clip((inputs - model.doc_mean) / model.doc_scale, -_FAR, _FAR)


def pyramid_inputs(inputs: Floats, model: CoherenceModel) -> Floats:
    """What says how a text is built: all features of documents but the number of rows, which
    rather says how long it is; shape (n, features - 1)."""
    return np.ascontiguousarray(_scaled(inputs, model)[:, :-1])


def pyramid_of(inputs: Floats, model: CoherenceModel) -> Floats:
    """The log-odds that texts are built as news is, shape (n,)."""
    found: Floats = product(pyramid_inputs(inputs, model), model.pyramid[:-1]) + model.pyramid[-1]
    return found


def logits_of(inputs: Floats, model: CoherenceModel) -> dict[str, Floats]:
    """For each of ASPECTS the log-odds that a document is sound, rather than broken in one of
    the ways that this one looks for."""
    scores = kind_scores(inputs, model)
    found = {}
    for aspect, kinds in ASPECTS.items():
        chosen = np.ascontiguousarray(scores[:, list(kinds)])
        top = chosen.max(axis=1, initial=-np.inf)
        broken = top + np.log(np.exp(chosen - top[:, None]).cumsum(axis=1)[:, -1])
        found[aspect] = scores[:, 0] - broken
    return found
