"""How much speaks for two passages being of one article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream
from cleaner.kernels.mentions import Keys, Mentions, Numbers, mentions_of, numbering
from cleaner.kernels.segments import Ints, firsts
from cleaner.kernels.squares import WIDTHS, Block, Singles, Squares, products, shared
from cleaner.kernels.units import Units, ends_of, no_longer
from cleaner.kernels.vectors import MOST, Shorts, directions, gathered, lengths_of, sums
from cleaner.models.coherence import LINK_UNIT, UNIT, CoherenceModel

Floats = npt.NDArray[np.float64]

STEP = 1024.0
_MOST_ROWS = int(WIDTHS[-1])
"""Documents of more units are looked at in rows of several neighbouring units."""


class Sentences(NamedTuple):
    """The sums of topic `vectors` of pieces of a stream, which `pieces` are those of the
    sentences, and the sentence of each of the mentions of `Words`."""

    vectors: Shorts
    pieces: Ints
    mentioned: Numbers


class Rows(NamedTuple):
    """Stretches of documents that are compared with each other: units, or several of them.

    `units` has the row of each unit. By row: `starts` (in the stream), `docs`, `letters`,
    `telling` (words that count), `vectors` (sums of topic vectors), and the `evidence` of its
    telling words, in nats: said elsewhere in the document, or not. `squares` compares the rows;
    `overlap` is the mass that two rows share, in 1/UNIT nats, by cell.
    """

    units: Ints
    starts: Ints
    docs: Ints
    letters: Ints
    telling: Floats
    vectors: Floats
    evidence: Floats
    squares: Squares
    overlap: Singles
    sentences: Sentences


class Words(NamedTuple):
    """The words of a stream: the word that begins at each place, and the mentions of telling
    ones that a document says more than once, with the word of each."""

    keys: Keys
    mentions: Mentions
    said: Keys


def words_of(stream: Stream, model: CoherenceModel) -> Words:
    """The words of a stream."""
    keys = model.marked.take(stream.pairs)
    mentions = mentions_of(stream, np.flatnonzero((keys & 1).astype(np.bool_)))
    keys >>= 1
    return Words(keys, mentions, keys.take(mentions.at))


def rows_of(stream: Stream, units: Units, words: Words, model: CoherenceModel) -> Rows:
    """The rows of all documents of a stream."""
    unit_docs = stream.docs_at(units.units)
    counts = np.bincount(unit_docs, minlength=len(stream.starts))
    sizes = np.minimum(counts, _MOST_ROWS)
    groups = _groups(counts, sizes)
    opens = np.searchsorted(groups, np.arange(int(sizes.sum())))
    starts = units.units[opens]
    squares = Squares.of(sizes)
    pieces = _pieces(stream, units, starts)
    found = sums(model.table, words.keys, pieces.starts)
    rows = gathered(found, pieces.rows)
    vectors, (missing, telling) = rows[:, :-2], rows[:, -2:].T
    said = numbering(pieces.starts, len(stream.codes)).take(words.mentions.at)
    elsewhere = _elsewhere(pieces.row.take(said), words)
    gain = np.bincount(elsewhere.row, model.gain.take(elsewhere.words), minlength=len(starts))
    weights = model.shared.take(elsewhere.words)
    return Rows(
        groups, starts, unit_docs[opens], ends_of(stream, starts) - starts, telling, vectors,
        (missing + gain) / UNIT, squares,
        shared(squares, elsewhere.run, elsewhere.row, weights),
        Sentences(found[:, :-2], pieces.sentences, pieces.sentence.take(said)),
    )  # fmt: skip


def _groups(counts: Ints, sizes: Ints) -> Ints:
    """The row of each unit."""
    first = np.cumsum(sizes) - sizes
    number = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    within = number * np.repeat(sizes, counts) // np.repeat(counts, counts)
    grouped: Ints = np.repeat(first, counts) + within
    return grouped


class Pieces(NamedTuple):
    """Where the sentences and the units of a stream begin, and where long ones are cut on, so
    that sums of vectors do not overflow; a sentence goes by the vectors of its first piece.

    By piece: `starts`, and the number of its `sentence` and of its `row`. `sentences` and `rows`
    are the numbers of the first piece of each.
    """

    starts: Ints
    sentence: Numbers
    row: Numbers
    sentences: Ints
    rows: Ints


def _pieces(stream: Stream, units: Units, rows: Ints) -> Pieces:
    both = np.concatenate([units.sentences, units.units])
    both.sort(kind="stable")  # two sorted runs, which it merges
    starts = no_longer(stream, both.take(np.flatnonzero(firsts(both))), MOST)
    numbers = [np.searchsorted(starts, some) for some in (units.sentences, rows)]
    sentence, row = (numbering(first, len(starts)) for first in numbers)
    return Pieces(starts, sentence, row, *numbers)


class Elsewhere(NamedTuple):
    """Mentions of words that stand in several rows of a document: run, row and word of each."""

    run: Ints
    row: Numbers
    words: Keys


def _elsewhere(row: Numbers, words: Words) -> Elsewhere:
    """Those of the mentions, of which each stands in a `row`."""
    _, run, opens, sizes = words.mentions
    several = row.take(opens) != row.take(opens + sizes - 1)
    chosen = np.flatnonzero(several.take(run))
    return Elsewhere(run.take(chosen), row.take(chosen), words.said.take(chosen))


class Compared(NamedTuple):
    """What the links of the rows are told from, with zeros behind the last row.

    By row: `vectors` of length STEP with whole components, `log` and `root` of the number of
    telling words, and the `norm` of the topic. `overlap` is a flat array of all cells.
    """

    vectors: Singles
    log: Singles
    root: Singles
    norm: Singles
    overlap: Singles


def compared(rows: Rows) -> Compared:
    """The facts that `link_inputs` reads."""
    log, root = np.log(rows.telling + 5), 1 / np.sqrt(rows.telling + 10)
    norm = np.log1p(lengths_of(rows.vectors))
    none = np.zeros((1, rows.vectors.shape[1]), np.float32)
    vectors = np.concatenate([directions(rows.vectors, STEP), none])
    single = [np.append(values, 0).astype(np.float32) for values in (log, root, norm)]
    return Compared(vectors, single[0], single[1], single[2], rows.overlap)


def link_inputs(facts: Compared, block: Block) -> list[Singles]:
    """What speaks for two rows being of one article: columns with a number for each cell of a
    block, each of shape (w, w, k); the last one is the cosine of their topics."""
    cosine = products(facts.vectors[block.rows])
    cosine /= np.float32(STEP**2)
    log, root, norm = (values[block.rows] for values in (facts.log, facts.root, facts.norm))
    shared = facts.overlap[block.cells].reshape(block.shape) * _pairwise(np.maximum, root)
    shared /= np.float32(UNIT)
    few, norms = _pairwise(np.minimum, log), _pairwise(np.add, norm)
    return [shared, np.sqrt(shared), few, norms, cosine * shared, cosine]


def _pairwise(function: np.ufunc, values: Singles) -> Singles:
    """A number for each cell out of those of its two rows, (w, k) to (w, w, k)."""
    found: Singles = function(values[:, None], values[None])
    return found


def links_of(inputs: Sequence[Singles], block: Block, model: CoherenceModel) -> Singles:
    """Log-odds of two rows to be of one article, by cell, in whole steps of 1 / LINK_UNIT; 0
    where there is no pair of rows."""
    weights = model.link_weights[:-1] / model.link_scale
    bias = model.link_weights[-1] - (model.link_mean * weights).sum()
    total = np.full(block.shape, bias * LINK_UNIT, np.float32)
    for column, weight in zip(inputs, (weights * LINK_UNIT).astype(np.float32), strict=True):
        total += column * weight
    np.clip(total, -8 * LINK_UNIT, 8 * LINK_UNIT, out=total)
    np.rint(total, out=total)
    total *= block.pairs
    return total
