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

_GRAM = 8
_ENDS = [ord(mark) for mark in "。!?…;:\"')】》」』~"]
_BLANKS = (Class.SPACE, Class.NEWLINE, Class.INVISIBLE)


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
        if self.name not in batch.memo:
            batch.memo[self.name] = {
                "han_share": han_share(batch),
                "repetition": repetition(batch),
                "terminal_punctuation": terminal_punctuation(batch),
                "length": length(batch),
            }
        shared: dict[str, Values] = batch.memo[self.name]
        return shared

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
    """Share of 8-grams that stood in the document before, blanks left out, shape (n,)."""
    at = np.flatnonzero(~np.isin(batch.classes, _BLANKS))
    docs = np.searchsorted(batch.ends, at)
    return repeated_share(batch.folded[at], docs, _GRAM, len(batch))


def terminal_punctuation(batch: Batch) -> Values:
    """Share of the characters on lines that end with a mark that closes a sentence, a clause
    or a quotation, shape (n,); 0 for the empty text."""
    if not len(batch):
        return np.zeros(0)
    filled = np.flatnonzero(~np.isin(batch.classes, _BLANKS))
    last = np.searchsorted(filled, batch.line_ends) - 1
    first = np.searchsorted(filled, batch.line_starts)
    sizes = last + 1 - first
    marks = batch.folded[filled[np.maximum(last, 0)]] if len(filled) else batch.line_ends
    ended = np.where(np.isin(marks, _ENDS), sizes, 0)
    lines = np.searchsorted(batch.line_docs, np.arange(len(batch)))
    share: Values = segment_sum(ended, lines) / np.maximum(segment_sum(sizes, lines), 1)
    return share
