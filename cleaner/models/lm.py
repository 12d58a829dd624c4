"""The character language model: how likely each character is after the two before it.

A 3-gram model of the folded view (width, case, script), Kneser–Ney smoothed, pruned and
quantised by `cleaner.train.lm`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.lm import Keys, look_up
from cleaner.kernels.text import Codes, encode, fold

Floats = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.uint16]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEWLINE, UNKNOWN = 0, 1
"""Numbers in the alphabet: start of a line, and every character that training hardly saw."""

BIGRAM_BITS, TRIGRAM_BITS = 8, 5
"""Bits of a value in the tables: 32 levels of ln p, beside 8 of the back-off weight."""

_CHUNK = 1 << 15  # code points a step: the scratch arrays stay in the cache
_FILE = Path(__file__).with_name("lm.npz")


class Pairs(NamedTuple):
    """What a model knows of some pairs of numbers; each array shape (n,)."""

    value: Floats
    """ln p of the second after the first."""
    backoff: Floats
    """ln of the weight that is left after the two."""
    known: Mask
    """Whether training has seen the pair."""

    def at(self, which: Ints | slice) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.value[which], self.backoff[which], self.known[which])


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

    def pairs(self, first: Numbers, second: Numbers) -> Pairs:
        """What is known of each second number behind the first, both of shape (n,)."""
        byte, known = look_up(self.bigram, _keys(first, second), BIGRAM_BITS)
        lower = self.unigram_backoff.take(first) + self.unigram.take(second)
        value = np.where(known, self.bigram_values.take(byte), lower)
        return Pairs(value, np.where(known, self.bigram_backoffs.take(byte), np.float32(0)), known)

    def steps(
        self, first: Numbers, second: Numbers, pairs: Pairs, at: Ints, third: Numbers
    ) -> tuple[Floats, Pairs]:
        """ln p of single steps, as `scores` has it: of each of `third`, shape (m,), after the
        two numbers that stand at its place `at` in `first` and `second`, both of shape (n,) with
        what is known of them in `pairs`; and what is known of each third behind the second."""
        middle = second.take(at)
        tails = self.pairs(middle, third)
        keys = _keys(first, second).take(at) << np.uint64(16) | third
        return self._combined(keys, pairs.at(at), tails, middle, third), tails

    def rows(self, numbers: Numbers) -> Floats:
        """ln p of the third number of each row and of all behind it, shape (n, m) → (n, m − 2)."""
        first, middle, last = numbers[:, :-2], numbers[:, 1:-1], numbers[:, 2:]
        shape = (len(numbers), numbers.shape[1] - 1)
        pairs = self.pairs(numbers[:, :-1].ravel(), numbers[:, 1:].ravel())
        columns = [column.reshape(shape) for column in (pairs.value, pairs.backoff, pairs.known)]
        heads = Pairs(*(column[:, :-1].ravel() for column in columns))
        tails = Pairs(*(column[:, 1:].ravel() for column in columns))
        keys = _keys(first, middle).ravel() << np.uint64(16) | last.ravel()
        scores = self._combined(keys, heads, tails, middle.ravel(), last.ravel())
        return scores.reshape(first.shape)

    def openings(self, numbers: Numbers) -> tuple[Reals, Reals]:
        """ln p of two numbers side by side, shape (n, 2), at the beginning of a line, and of both
        without anything known before them; the sums of what `rows` has, shape (n,) each."""
        first, second = numbers.T
        tails = self.pairs(first, second)
        fresh, anywhere = (self._behind(c, first, second, tails) for c in (NEWLINE, UNKNOWN))
        return fresh, anywhere

    def _behind(self, context: int, first: Numbers, second: Numbers, tails: Pairs) -> Reals:
        alone, heads = self._contexts[context]
        keys = _keys(np.full_like(first, context), first) << np.uint64(16) | second
        then = self._combined(keys, heads.at(first.astype(np.int64)), tails, first, second)
        found: Reals = alone.take(first).astype(np.float64) + then
        return found

    @cached_property
    def _contexts(self) -> dict[int, tuple[Floats, Pairs]]:
        """By number: ln p of every number where two of this stand before it, shape (v,), and what
        is known of it behind one."""
        every = np.arange(len(self.unigram), dtype=np.uint16)
        found = {}
        for context in (NEWLINE, UNKNOWN):
            before = np.full_like(every, context)
            alone = self.rows(np.stack([before, before, every], axis=1))[:, 0]
            found[context] = alone, self.pairs(before, every)
        return found

    def _chunk(self, numbers: Numbers) -> Floats:
        pairs = self.pairs(numbers[:-1], numbers[1:])
        keys = _keys(numbers[:-2], numbers[1:-1]) << np.uint64(16) | numbers[2:]
        heads, tails = pairs.at(slice(-1)), pairs.at(slice(1, None))
        return self._combined(keys, heads, tails, numbers[1:-1], numbers[2:])

    def _combined(
        self, keys: Keys, head: Pairs, tail: Pairs, middle: Numbers, last: Numbers
    ) -> Floats:
        """ln p of the last characters of trigrams, from what is known of both their bigrams."""
        opening = middle == NEWLINE  # the character is the first of its line
        scores: Floats = tail.value + np.where(opening, np.float32(0), head.backoff)
        # Two bytes a trigram leave few bits for the mark: it is believed only where both bigrams
        # are known, as they are for every trigram in the table.
        at = np.flatnonzero(head.known & tail.known & ~opening)
        byte, found = look_up(self.trigram, keys[at], TRIGRAM_BITS)
        scores[at[found]] = self.trigram_values.take(byte[found])
        scores[last == UNKNOWN] = self.unigram[UNKNOWN]
        scores[last == NEWLINE] = 0
        return scores


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
