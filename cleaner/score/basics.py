"""Scorer `score.basics`: what can be counted on any text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.repeats import repeated_share
from cleaner.kernels.segments import segment_sum
from cleaner.kernels.text import Class
from cleaner.rules import RuleBook
from cleaner.score.streams import stream_of_batch

_ENDS = [ord(mark) for mark in "。!?…;:\"')】》」』~"]
_BLANKS = (Class.SPACE, Class.NEWLINE, Class.INVISIBLE)
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
    han = batch.count(Class.HAN, Class.RARE_HAN)
    letters = han + batch.count(Class.KANA, Class.HANGUL, Class.ASCII_LETTER, Class.LETTER)
    share: Values = han / np.maximum(letters, 1)
    return share


def length(batch: Batch) -> Values:
    """Characters that are no blanks, shape (n,)."""
    return (batch.lengths - batch.count(*_BLANKS)).astype(np.float64)


def repetition(batch: Batch) -> Values:
    """Share of 8-grams of letters that stood in the document before, shape (n,)."""
    return repeated_share(stream_of_batch(batch))


def terminal_punctuation(batch: Batch) -> Values:
    """Share of the characters on lines that end with a mark that closes a sentence, a clause
    or a quotation, shape (n,); 0 for the empty text."""
    if not len(batch):
        return np.zeros(0)
    filled = np.flatnonzero(_WRITTEN.take(batch.classes))
    last = np.searchsorted(filled, batch.line_ends) - 1
    first = np.append(0, last[:-1] + 1)
    sizes = last + 1 - first
    marks = batch.folded[filled[np.maximum(last, 0)]] if len(filled) else batch.line_ends
    ended = np.where(np.isin(marks, _ENDS), sizes, 0)
    lines = np.searchsorted(batch.line_docs, np.arange(len(batch)))
    share: Values = segment_sum(ended, lines) / np.maximum(segment_sum(sizes, lines), 1)
    return share
