"""Scorer `score.basics`: what can be counted on any text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cleaner.batch import Batch, Ints, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.repeats import repeated_share
from cleaner.kernels.segments import segment_sum
from cleaner.kernels.text import Class, table_of
from cleaner.rules import RuleBook
from cleaner.score.streams import stream_of_batch

_ENDS = "。!?…;:\"')】》」』~"
_BLANKS = (Class.SPACE, Class.NEWLINE, Class.INVISIBLE)
_HAN = (Class.HAN, Class.RARE_HAN)
_LETTERS = (*_HAN, Class.KANA, Class.HANGUL, Class.ASCII_LETTER, Class.LETTER)
_PATIENCE = 32
_WRITTEN = ~np.isin(np.arange(256), _BLANKS)


class Basics:
    """Counts: `han_share` (Han among letters of any script), `repetition` (share of 8-grams
    that stood in the document before), `terminal_punctuation` (share of the characters on
    lines that end as sentences do), `length` (characters that are no blanks)."""

    name = "score.basics"
    names: Mapping[str, Bound] = {
        "han_share": "min",
        "repetition": "max",
        "terminal_punctuation": "min",
        "length": "min",
    }

    def __init__(self, book: RuleBook) -> None:
        pass

    def score(self, batch: Batch) -> dict[str, Values]:
        return {
            "han_share": han_share(batch),
            "repetition": repetition(batch),
            "terminal_punctuation": terminal_punctuation(batch),
            "length": length(batch),
        }

    def evidence(self, view: View) -> Iterable[Evidence]:
        return ()


def han_share(batch: Batch) -> Values:
    """Han characters among all letters, shape (n,); 0 without letters."""
    share: Values = batch.count(*_HAN) / np.maximum(batch.count(*_LETTERS), 1)
    return share


def length(batch: Batch) -> Values:
    """Characters that are no blanks, shape (n,)."""
    return (batch.lengths - batch.count(*_BLANKS)).astype(np.float64)


def repetition(batch: Batch) -> Values:
    """Share of 8-grams of letters that stood in the document before, shape (n,)."""
    return repeated_share(stream_of_batch(batch))


def terminal_punctuation(batch: Batch) -> Values:
    """Share of the characters on lines that end with a mark that closes a sentence, a clause
    or a quotation, shape (n,); of another line what stands up to its last full stop counts (a
    byline may follow it). 0 for the empty text."""
    if not len(batch):
        return np.zeros(0)
    last = _last_written(batch)
    sizes = last + 1 - batch.line_starts
    closed = table_of(_ENDS).take(batch.folded.take(np.maximum(last, 0)))
    ended = np.where(closed, sizes, np.minimum(_stated(batch), sizes))
    lines = np.searchsorted(batch.line_docs, np.arange(len(batch)))
    share: Values = segment_sum(ended, lines) / np.maximum(segment_sum(sizes, lines), 1)
    return share


def _stated(batch: Batch) -> Ints:
    """How many characters each line has up to its last mark that ends a sentence."""
    stops = np.append(-1, np.flatnonzero(batch.classes == int(Class.TERMINAL)))
    last = stops[np.searchsorted(stops, batch.line_ends) - 1]
    found: Ints = np.maximum(last + 1 - batch.line_starts, 0)
    return found


def _last_written(batch: Batch) -> Ints:
    """Where the last character of each line stands that is no blank, shape (lines,); the place
    before the line if it has none."""
    last = batch.line_ends - 1
    open_ = np.arange(len(last))
    for _ in range(_PATIENCE):
        at = last[open_]
        open_ = open_[(at >= batch.line_starts[open_]) & ~_WRITTEN[batch.classes[at]]]
        if not len(open_):
            return last
        last[open_] -= 1
    # A long run of blanks: look up what is written instead of walking back to it.
    filled = np.append(-1, np.flatnonzero(_WRITTEN.take(batch.classes)))
    found = filled[np.searchsorted(filled, batch.line_ends) - 1]
    walked: Ints = np.maximum(found, batch.line_starts - 1)
    return walked
