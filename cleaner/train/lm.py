"""Trains the character language model: counts, Kneser–Ney smoothing, pruning, quantising.

Interpolated modified Kneser–Ney (Chen & Goodman 1999), pruned by weighted difference (Seymore &
Rosenfeld 1996) to what the tables of `cleaner.kernels.lm` hold, back-off weights made anew so
that every distribution sums to one. The same texts in the same order give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.lm import build
from cleaner.kernels.text import Codes, encode, fold
from cleaner.models.lm import BIGRAM_BITS, NEWLINE, TRIGRAM_BITS, UNKNOWN, LanguageModel

Keys = npt.NDArray[np.uint64]
Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SEEN = 3  # a rarer character is unknown
_UNKNOWN = 14.0  # −ln p of an unknown character
_LOAD = 0.79  # keys a slot: peeling fails above 0.81
BIGRAM_SLOTS, TRIGRAM_SLOTS = 3 * 260_000, 3 * 790_000  # of 4 and of 2 bytes


class Grams(NamedTuple):
    """N-grams of one order: sorted keys (16 bits a character), counts, smoothed p; shape (n,)."""

    keys: Keys
    counts: Ints
    p: Reals


def train(texts: Iterable[str]) -> LanguageModel:
    """The model of these texts, which are folded and taken line by line."""
    codes = np.concatenate([fold(encode(_lines(text))) for text in texts])
    alphabet = _alphabet(codes)
    numbers = _numbers(codes, alphabet)
    one, two, three = _smoothed(numbers, len(alphabet) + 2)
    two, three = _pruned(one, two, three)
    return _compressed(alphabet, one, two, three)


def save(model: LanguageModel, path: Path) -> None:
    """Write a model; the same model gives the same bytes."""
    tables = {field.name: getattr(model, field.name) for field in fields(model)}
    with path.open("wb") as file:  # given a path, NumPy would change its suffix
        np.savez(file, **tables)


def _lines(text: str) -> str:
    return "\n".join(["", *(line.strip() for line in text.splitlines() if line.strip()), ""])


def _alphabet(codes: Codes) -> npt.NDArray[np.uint32]:
    counts = np.bincount(codes, minlength=11)
    counts[10] = 0
    return np.flatnonzero(counts >= _SEEN).astype(np.uint32)


def _numbers(codes: Codes, alphabet: npt.NDArray[np.uint32]) -> Keys:
    table = np.full(0x110000, UNKNOWN, np.uint64)
    table[alphabet] = np.arange(2, len(alphabet) + 2)
    table[10] = NEWLINE
    return table[codes]


def _smoothed(numbers: Keys, size: int) -> tuple[Reals, Grams, Grams]:
    """p of each character (shape (size,)), of each bigram and of each trigram."""
    first, second, third = numbers[:-2], numbers[1:-1], numbers[2:]
    sixteen, low = np.uint64(16), np.uint64(0xFFFFFFFF)
    known = (third > UNKNOWN) & (second != UNKNOWN)
    inner = known & (first != UNKNOWN) & (second != NEWLINE)
    keys = (first << sixteen | second) << sixteen | third
    tri, tri_counts = np.unique(keys[inner], return_counts=True)
    opening, opening_counts = np.unique(keys[known & (second == NEWLINE)] & low, return_counts=True)
    # Below the top a count is the number of different characters before it; none stands
    # before the first of a line, so there it is the plain count.
    inside, kinds = np.unique(tri & low, return_counts=True)
    bi, bi_counts = np.concatenate([opening, inside]), np.concatenate([opening_counts, kinds])
    order = np.argsort(bi, kind="stable")
    bi, bi_counts = bi[order], bi_counts[order]
    single = np.bincount((bi & np.uint64(0xFFFF)).astype(np.int64), minlength=size)
    unigram = (single + 0.1) / (single + 0.1).sum()
    p2 = _interpolated(bi, bi_counts, unigram[(bi & np.uint64(0xFFFF)).astype(np.int64)])
    at = np.searchsorted(bi, tri & low)
    p3 = _interpolated(tri, tri_counts, p2[at])
    return unigram, Grams(bi, bi_counts, p2), Grams(tri, tri_counts, p3)


def _interpolated(keys: Keys, counts: Ints, lower: Reals) -> Reals:
    """Smoothed p of sorted n-grams from their counts and the p of the order below."""
    ones = [int((counts == k).sum()) for k in (1, 2, 3, 4)]
    share = ones[0] / max(1, ones[0] + 2 * ones[1])
    ratios = [ones[k] / max(1, ones[k - 1]) for k in (1, 2, 3)]
    discount = np.array([0, *(k - (k + 1) * share * ratios[k - 1] for k in (1, 2, 3))])
    taken = np.clip(discount, 0, [0, 1, 2, 3]).take(np.minimum(counts, 3))
    starts, groups = _contexts(keys)
    totals = np.add.reduceat(counts, starts)[groups]
    p: Reals = (counts - taken) / totals
    return p + np.add.reduceat(taken, starts)[groups] / totals * lower


def _contexts(keys: Keys) -> tuple[Ints, Ints]:
    """Where each run of one context begins in sorted keys, and the run of each key."""
    contexts = keys >> np.uint64(16)
    fresh = np.concatenate([[True], contexts[1:] != contexts[:-1]])
    return np.flatnonzero(fresh), np.cumsum(fresh) - 1


def _pruned(unigram: Reals, two: Grams, three: Grams) -> tuple[Grams, Grams]:
    """What is kept: the n-grams that lose most if they are guessed from the order below.

    A trigram goes with either of its bigrams, since look-up asks for both.
    """
    low, last, sixteen = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF), np.uint64(16)
    head, tail = (np.searchsorted(two.keys, k) for k in (three.keys >> sixteen, three.keys & low))
    gain_three = _gain(three, two.p[tail])
    top = _best(gain_three, int(_LOAD * TRIGRAM_SLOTS))
    # A bigram is worth what it tells by itself and a share of the trigrams that hang on it.
    gain_two = _gain(two, unigram[(two.keys & last).astype(np.int64)])
    for at in (head[top], tail[top]):
        gain_two += 0.5 * np.bincount(at, gain_three[top], minlength=len(gain_two))
    kept = _best(gain_two, int(_LOAD * BIGRAM_SLOTS))
    is_kept = np.zeros(len(two.keys), np.bool_)
    is_kept[kept] = True
    gain_three[~(is_kept[head] & is_kept[tail])] = 0
    top = _best(gain_three, int(_LOAD * TRIGRAM_SLOTS))
    top = top[gain_three[top] > 0]
    return _rows(two, kept), _rows(three, top)


def _rows(grams: Grams, rows: Ints) -> Grams:
    return Grams(grams.keys[rows], grams.counts[rows], grams.p[rows])


def _gain(grams: Grams, below: Reals) -> Reals:
    """What each n-gram adds to the likelihood of the training text, in nats."""
    starts, groups = _contexts(grams.keys)
    seen: Ints = np.diff([*starts, len(groups)])[groups]
    weight = np.minimum(1.0, 0.3 + 1 / seen)  # what backing off would leave, roughly
    gain: Reals = grams.counts * np.abs(np.log(grams.p) - np.log(below * weight))
    return gain


def _best(gain: Reals, room: int) -> Ints:
    return np.sort(np.argsort(-gain, kind="stable")[:room])


def _compressed(
    alphabet: npt.NDArray[np.uint32], unigram: Reals, two: Grams, three: Grams
) -> LanguageModel:
    low, last = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
    single = np.log(unigram)
    single[[NEWLINE, UNKNOWN]] = 0, -_UNKNOWN
    weight_one = np.zeros(len(unigram))
    _spread(weight_one, two, unigram[(two.keys & last).astype(np.int64)], np.arange(len(unigram)))
    at = np.searchsorted(two.keys, three.keys & low)
    at[at == len(two.keys)] = 0
    known = two.keys[at] == three.keys & low
    tail = (three.keys & last).astype(np.int64)
    middle = ((three.keys & low) >> np.uint64(16)).astype(np.int64)
    below = np.where(known, two.p[at], np.exp(weight_one[middle]) * unigram[tail])
    weight_two = np.zeros(len(two.keys))
    _spread(weight_two, three, below, two.keys)
    value_book, value = _quantised(np.log(two.p), 32)
    weight_book, weight = _quantised(weight_two, 8)
    top_book, top = _quantised(np.log(three.p), 1 << TRIGRAM_BITS)
    return LanguageModel(
        alphabet=alphabet,
        unigram=single.astype(np.float32),
        unigram_backoff=weight_one.astype(np.float32),
        bigram=build(two.keys, value * np.uint8(8) + weight, BIGRAM_BITS, BIGRAM_SLOTS, np.uint32),
        trigram=build(three.keys, top, TRIGRAM_BITS, TRIGRAM_SLOTS, np.uint16),
        bigram_values=np.repeat(value_book, 8).astype(np.float32),
        bigram_backoffs=np.tile(weight_book, 32).astype(np.float32),
        trigram_values=top_book.astype(np.float32),
    )


def _spread(weights: Reals, grams: Grams, below: Reals, contexts: npt.NDArray[np.integer]) -> None:
    """Set ln of the back-off weight of each context that has kept n-grams: the mass they leave
    over the mass that the order below leaves."""
    starts, _ = _contexts(grams.keys)
    mass = np.maximum(1e-4, 1 - np.add.reduceat(grams.p, starts))
    rest = np.maximum(1e-4, 1 - np.add.reduceat(below, starts))
    own = grams.keys[starts] >> np.uint64(16)
    at = np.searchsorted(contexts, own.astype(contexts.dtype))
    at[at == len(contexts)] = 0
    hit = contexts[at] == own
    weights[at[hit]] = np.log(mass[hit] / rest[hit])


def _quantised(values: Reals, levels: int) -> tuple[Reals, npt.NDArray[np.uint8]]:
    """(book of `levels` values, place of each value in it), by Lloyd's algorithm."""
    book = np.quantile(values, (np.arange(levels) + 0.5) / levels)
    for _ in range(30):
        places = np.searchsorted((book[1:] + book[:-1]) / 2, values)
        counts = np.bincount(places, minlength=levels)
        sums = np.bincount(places, values, minlength=levels)
        book = np.sort(np.where(counts > 0, sums / np.maximum(counts, 1), book))
    return book, np.searchsorted((book[1:] + book[:-1]) / 2, values).astype(np.uint8)
