"""The character language model: how likely each character is after the two before it.

A 3-gram model of the folded view (width, case, script), Kneser–Ney smoothed, pruned and
quantised by `cleaner.train.lm`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.kernels.lm import Keys, look_up
from cleaner.kernels.text import Codes, encode, fold

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.uint16]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEWLINE, UNKNOWN = 0, 1
"""Numbers in the alphabet: start of a line, and every character that training hardly saw."""

BIGRAM_BITS, TRIGRAM_BITS = 8, 5
"""Bits of a value in the tables: 32 levels of ln p, beside 8 of the back-off weight."""

_CHUNK = 1 << 15  # code points a step: the scratch arrays stay in the cache
_FILE = Path(__file__).with_name("lm.npz")


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """Tables of a back-off model; see `cleaner.train.lm` for how they are made."""

    alphabet: npt.NDArray[np.uint32]
    """The characters numbered 2, 3, …, sorted; shape (v − 2,)."""
    unigram: Floats
    """ln p of each number, shape (v,)."""
    unigram_backoff: Floats
    """ln of the weight that is left after the character, shape (v,)."""
    bigram: npt.NDArray[np.uint32]
    trigram: npt.NDArray[np.uint16]
    bigram_values: Floats
    """ln p for each value of the bigram table, shape (256,)."""
    bigram_backoffs: Floats
    trigram_values: Floats

    @cached_property
    def numbers(self) -> Numbers:
        """Code point → number in the alphabet."""
        table = np.full(0x110000, UNKNOWN, np.uint16)
        table[self.alphabet] = np.arange(2, len(self.alphabet) + 2, dtype=np.uint16)
        table[10] = NEWLINE
        return table

    def scores(self, folded: Codes) -> Floats:
        """ln p of each code point of a folded text given up to two before it in its line.

        Shape (n,) → (n,). A newline scores 0 and starts afresh. The value of a code point
        depends on nothing but itself and the two before it.
        """
        padded = np.concatenate([np.zeros(2, np.uint16), self.numbers.take(folded)])
        scores = np.empty(len(folded), np.float32)
        for start in range(0, len(folded), _CHUNK):
            scores[start : start + _CHUNK] = self._chunk(padded[start : start + _CHUNK + 2])
        return scores

    def score_text(self, text: str) -> Floats:
        """`scores` of any text, folded here; shape (len(text),)."""
        return self.scores(fold(encode(text)))

    def steps(self, first: Numbers, second: Numbers, at: Ints, third: Numbers) -> Floats:
        """ln p of single steps, as `scores` has it: of each of `third`, shape (m,), after the
        two numbers that stand at its place `at` in `first` and `second`, both of shape (n,)."""
        heads = _keys(first, second)
        _, backoff, known = self._pairs(heads, first, second)
        middle = second.take(at)
        tails = _keys(middle, third)
        keys = heads.take(at) << np.uint64(16) | third
        head = backoff.take(at), known.take(at)
        return self._combined(keys, head, self._pairs(tails, middle, third), middle, third)

    def _chunk(self, numbers: Numbers) -> Floats:
        pairs = _keys(numbers[:-1], numbers[1:])
        value, backoff, known = self._pairs(pairs, numbers[:-1], numbers[1:])
        keys = pairs[:-1] << np.uint64(16) | numbers[2:]
        tail = value[1:], backoff[1:], known[1:]
        return self._combined(keys, (backoff[:-1], known[:-1]), tail, numbers[1:-1], numbers[2:])

    def _combined(
        self,
        keys: Keys,
        head: tuple[Floats, Mask],
        tail: tuple[Floats, Floats, Mask],
        middle: Numbers,
        last: Numbers,
    ) -> Floats:
        """ln p of the last characters of trigrams, from what is known of both their bigrams."""
        backoff, known = head
        byte, found = look_up(self.trigram, keys, TRIGRAM_BITS)
        opening = middle == NEWLINE  # the character is the first of its line
        # Two bytes a trigram leave few bits for the mark: it is believed only where both bigrams
        # are known, as they are for every trigram in the table.
        found &= known & tail[2] & ~opening
        lower = tail[0] + np.where(opening, np.float32(0), backoff)
        scores: Floats = np.where(found, self.trigram_values.take(byte), lower)
        scores[last == UNKNOWN] = self.unigram[UNKNOWN]
        scores[last == NEWLINE] = 0
        return scores

    def _pairs(self, keys: Keys, first: Numbers, second: Numbers) -> tuple[Floats, Floats, Mask]:
        """(ln p of each second number after the first, back-off weight of the two, known)."""
        byte, known = look_up(self.bigram, keys, BIGRAM_BITS)
        lower = self.unigram_backoff.take(first) + self.unigram.take(second)
        value = np.where(known, self.bigram_values.take(byte), lower)
        backoff = np.where(known, self.bigram_backoffs.take(byte), np.float32(0))
        return value, backoff, known


def _keys(first: Numbers, second: Numbers) -> Keys:
    """The keys of bigrams."""
    keys: Keys = first.astype(np.uint64) << np.uint64(16) | second
    return keys


@cache
def load(path: Path = _FILE) -> LanguageModel:
    """The shipped model, or another file that `clean train lm` wrote."""
    with np.load(path) as tables:
        return LanguageModel(**{name: tables[name] for name in tables.files})


def sequence_scores(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """ln p of each text by the shipped model (none holds a newline, none is empty), shape (n,)."""
    scores = load().scores(fold(encode("\n".join(texts)))).astype(np.float64)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    return np.add.reduceat(scores, starts)
