"""How much speaks for two passages being of one article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.cells import Cells, products, shared
from cleaner.kernels.grams import Stream
from cleaner.kernels.mentions import Mentions, Numbers, mentions_of, numbering
from cleaner.kernels.segments import Ints
from cleaner.kernels.units import Units, docs_of, ends_of, merged, no_longer
from cleaner.kernels.vectors import MOST, Shorts, directions, gathered, lengths_of, sums
from cleaner.models.coherence import LINK_UNIT, UNIT, CoherenceModel

Floats = npt.NDArray[np.float64]

STEP = 1024.0
_MOST_ROWS = 40
"""Documents of more units are looked at in rows of several neighbouring units."""


class Rows(NamedTuple):
    """Stretches of documents that are compared with each other: units, or several of them.

    `units` has the row of each unit. By row: `starts` (in the stream), `docs`, `letters`,
    `telling` (words that count), `vectors` (sums of topic vectors), and of its telling words
    the `evidence` (in nats: said elsewhere in the document, or not), their `mass`, and the mass
    `said` elsewhere. `cells` compares the rows; `overlap` is the mass that two rows share, by
    cell. `sentences` are the vectors of the sentences, and what their words say
    of their position.
    """

    units: Ints
    starts: Ints
    docs: Ints
    letters: Ints
    telling: Floats
    vectors: Floats
    evidence: Floats
    mass: Floats
    said: Floats
    cells: Cells
    overlap: Floats
    sentences: Shorts


class Words(NamedTuple):
    """The words of a stream: the word that begins at each place, and the mentions of telling
    ones that a document says more than once, with the word of each."""

    keys: npt.NDArray[np.int32]
    mentions: Mentions
    said: npt.NDArray[np.int32]


def words_of(stream: Stream, model: CoherenceModel) -> Words:
    """The words of a stream."""
    keys = model.words.take(stream.pairs)
    mentions = mentions_of(stream, np.flatnonzero(model.telling.take(keys)))
    return Words(keys, mentions, keys.take(mentions.at))


def rows_of(stream: Stream, units: Units, words: Words, model: CoherenceModel) -> Rows:
    """The rows of all documents of a stream."""
    unit_docs = docs_of(stream, units.units)
    counts = np.bincount(unit_docs, minlength=len(stream.starts))
    sizes = np.minimum(counts, _MOST_ROWS)
    groups = _groups(counts, sizes)
    opens = np.searchsorted(groups, np.arange(int(sizes.sum())))
    starts = units.units[opens]
    cells = Cells.of(sizes)
    sentences, rows = _sums(stream, units, starts, words, model)
    vectors, (_, missing, mass, telling) = rows[:, :-4], rows[:, -4:].T
    elsewhere = _elsewhere(stream, starts, words)
    said, lacked = _said(elsewhere, len(starts), model)
    weights = model.shared.take(elsewhere.words).astype(np.float64)
    return Rows(
        groups, starts, unit_docs[opens], ends_of(stream, starts) - starts, telling, vectors,
        (missing - lacked + said) / UNIT, mass / UNIT, said / UNIT, cells,
        shared(cells, elsewhere.run, elsewhere.row, weights) / UNIT, sentences[:, :-3],
    )  # fmt: skip


def _groups(counts: Ints, sizes: Ints) -> Ints:
    """The row of each unit."""
    first = np.cumsum(sizes) - sizes
    number = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    within = number * np.repeat(sizes, counts) // np.repeat(counts, counts)
    grouped: Ints = np.repeat(first, counts) + within
    return grouped


def _sums(
    stream: Stream, units: Units, starts: Ints, words: Words, model: CoherenceModel
) -> tuple[Shorts, Floats]:
    """What the words of the sentences (of a long one, of its beginning) and of the rows add up
    to; see `CoherenceModel.table`."""
    cuts = no_longer(stream, merged(units.sentences, units.units), MOST)
    found = sums(model.table, words.keys, cuts)
    return (
        found[np.searchsorted(cuts, units.sentences)],
        gathered(found, np.searchsorted(cuts, starts)),
    )


class Elsewhere(NamedTuple):
    """Mentions of words that stand in several rows of a document: run, row and word of each."""

    run: Ints
    row: Numbers
    words: Numbers


def _elsewhere(stream: Stream, starts: Ints, words: Words) -> Elsewhere:
    at, run = words.mentions
    row = numbering(starts, len(stream.codes)).take(at)
    opens = words.mentions.opens
    last = np.append(opens[1:], len(at))[: len(opens)] - 1
    chosen = np.flatnonzero((row.take(opens) != row.take(last)).take(run))
    return Elsewhere(run.take(chosen), row.take(chosen), words.said.take(chosen))


def _said(elsewhere: Elsewhere, size: int, model: CoherenceModel) -> tuple[Any, Any]:
    """By row: `shared` and `missing` of all its mentions that are said in another row too."""
    shared = np.bincount(elsewhere.row, model.shared.take(elsewhere.words), minlength=size)
    missing = np.bincount(elsewhere.row, model.missing.take(elsewhere.words), minlength=size)
    return shared, missing


def link_inputs(rows: Rows) -> list[Floats]:
    """What speaks for two rows being of one article: columns with a number for each cell above
    the diagonal (`Cells.upper`); the last one is the cosine of their topics."""
    cells = rows.cells
    unit = directions(rows.vectors, STEP).astype(np.float32)
    cosine = products(cells, unit)[cells.upper] / STEP**2
    one, other = cells.row[cells.upper], cells.column[cells.upper]
    log, root = np.log(rows.telling + 5), 1 / np.sqrt(rows.telling + 10)
    few, many = np.minimum(log[one], log[other]), np.maximum(log[one], log[other])
    shared = rows.overlap[cells.upper] * np.maximum(root[one], root[other])
    norm = np.log1p(lengths_of(rows.vectors))
    norms = norm[one] + norm[other]
    return [
        shared, np.sqrt(shared), few, norms, cosine * shared, cosine * few, shared * many,
        cosine * norms, cosine,
    ]  # fmt: skip


def links_of(inputs: Sequence[Floats], cells: Cells, model: CoherenceModel) -> Floats:
    """Log-odds of two rows to be of one article, by cell, in whole steps of 1 / LINK_UNIT; 0 for
    a row with itself."""
    weights = model.link_weights[:-1] / model.link_scale
    total = np.full(len(inputs[0]), model.link_weights[-1] - (model.link_mean * weights).sum())
    for column, weight in zip(inputs, weights.tolist(), strict=True):
        total += column * weight
    return cells.spread(np.round(np.clip(total, -8, 8) * LINK_UNIT))
