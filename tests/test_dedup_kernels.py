"""The kernels of dedup against slow, obvious twins."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.kernels import minhash, shingles
from cleaner.kernels.postings import Postings
from cleaner.kernels.text import encode

WORD = (1 << 64) - 1
TEXTS = st.text(st.characters(codec="utf-32-le"), max_size=40)


def slow_hash(gram: str, n: int) -> int:
    """The documented hash of one shingle, in Python's integers."""
    codes = [ord(c) for c in gram] + [0] * (n - len(gram))
    h = 0
    for code in codes:
        h = (h * 0x9E3779B97F4A7C15 + code) & WORD
    h = ((h ^ h >> 32) * 0xBF58476D1CE4E5B9) & WORD
    return ((h ^ h >> 29) * 0x94D049BB133111EB) & WORD


def slow_grams(text: str, n: int) -> list[str]:
    if len(text) < n:
        return [text] if text else []
    return [text[at : at + n] for at in range(len(text) - n + 1)]


def slow_round(text: str, n: int, slots: int, number: int) -> list[int | None]:
    """One round of one-permutation hashing; None is an empty bin."""
    constants = (0, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7)
    bits = slots.bit_length() - 1
    bins: list[int | None] = [None] * slots
    for gram in slow_grams(text, n):
        h = slow_hash(gram, n)
        if number:
            h ^= constants[number]
            h = ((h ^ h >> 32) * 0xFF51AFD7ED558CCD) & WORD
        value, at = h >> (32 - bits) & 0xFFFFFFFF, h >> (64 - bits)
        old = bins[at]
        bins[at] = value if old is None else min(old, value)
    return bins


def slow_donor(bin_: int, attempt: int, slots: int) -> int:
    x = (bin_ * 0x9E3779B97F4A7C15 + (attempt + 1) * 0xC2B2AE3D27D4EB4F) & WORD
    x = ((x ^ x >> 32) * 0xBF58476D1CE4E5B9) & WORD
    x = ((x ^ x >> 29) * 0x94D049BB133111EB) & WORD
    return x >> (64 - (slots.bit_length() - 1))


def slow_signature(text: str, n: int, slots: int) -> list[int]:
    bins = slow_round(text, n, slots, 0)
    if 0 < len(slow_grams(text, n)) < 4 * slots:
        for number in (1, 2):
            more = slow_round(text, n, slots, number)
            bins = [b if a is None else a for a, b in zip(bins, more, strict=True)]
    filled = [at for at, value in enumerate(bins) if value is not None]
    if not filled:
        return [0xFFFFFFFF] * slots
    return [bins[slow_place(at, filled, slots)] or 0 for at in range(slots)]


def slow_place(at: int, filled: list[int], slots: int) -> int:
    """The bin that bin `at` takes its value from."""
    if at in filled:
        return at
    for attempt in range(64):
        donor = slow_donor(at, attempt, slots)
        if donor in filled:
            return donor
    return next((place for place in filled if place >= at), filled[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.integers(1, 7), st.sampled_from([2, 16, 128]))
def test_signatures_are_the_documented_ones(texts: list[str], n: int, slots: int) -> None:
    lengths = np.array([len(text) for text in texts])
    found = minhash.signatures(encode("".join(texts)), lengths, n=n, slots=slots)
    assert found.tolist() == [slow_signature(text, n, slots) for text in texts]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 9))
def test_hashes_are_the_documented_ones(text: str, n: int) -> None:
    expected = [slow_hash(gram, n) for gram in slow_grams(text, n)]
    assert shingles.hashes(encode(text), n).tolist() == expected
    assert shingles.distinct(encode(text), n).tolist() == sorted(set(expected))


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, max_size=6), st.integers(1, 7))
def test_shingles_of_many_are_those_of_each(texts: list[str], n: int) -> None:
    codes = [encode(text) for text in texts]
    found = shingles.distinct_each(codes, n)
    assert [f.tolist() for f in found] == [shingles.distinct(c, n).tolist() for c in codes]


def test_values_never_change() -> None:
    """Signatures are kept on disk by users: these values are part of the format."""
    text = "本报讯 昨日上午，全市水利工作会议在礼堂召开。"
    found = minhash.signatures(encode(text), np.array([len(text)]), n=5, slots=16)
    assert found[0, :4].tolist() == GOLDEN_VALUES
    assert int(minhash.band_keys(found, 4, 4)[0, 1]) == GOLDEN_KEY


GOLDEN_VALUES = [2183430103, 308143544, 682223950, 2449377738]
GOLDEN_KEY = 2391086187873445774


def test_long_text_over_many_blocks_equals_its_slow_signature() -> None:
    rng = np.random.default_rng(3)
    text = "".join(map(chr, rng.integers(0x4E00, 0x9000, 3 * shingles.BLOCK // 2)))
    found = minhash.signatures(encode("前" + text), np.array([1, len(text)]), slots=64)
    assert found[1].tolist() == slow_signature(text, 5, 64)


@pytest.mark.parametrize("shingle_count", [10, 40, 150, 600, 2000])
def test_estimates_are_unbiased_at_every_length(shingle_count: int) -> None:
    """The mean error of 200 estimates stays within four standard errors of zero."""
    rng = np.random.default_rng(shingle_count)
    left = [rng.integers(0x4E00, 0x9000, shingle_count + 4).astype(np.uint32) for _ in range(200)]
    right = [codes.copy() for codes in left]
    for codes in right:
        codes[rng.integers(0, shingle_count, max(1, shingle_count // 20))] = 0x3042
    exact = np.array([slow_jaccard(a, b) for a, b in zip(left, right, strict=True)])
    lengths = np.full(200, shingle_count + 4)
    pair = [minhash.signatures(np.concatenate(side), lengths) for side in (left, right)]
    errors = (pair[0] == pair[1]).mean(axis=1) - exact
    assert abs(errors.mean()) < 4 * errors.std() / 200**0.5
    assert errors.std() < 1.3 * (exact * (1 - exact) / 128).mean() ** 0.5


def slow_jaccard(a: np.ndarray, b: np.ndarray) -> float:
    one, two = ({tuple(c[i : i + 5]) for i in range(len(c) - 4)} for c in (a, b))
    return len(one & two) / len(one | two)


def test_shared_counts_what_sets_share() -> None:
    rng = np.random.default_rng(1)
    a, b = (np.unique(rng.integers(0, 500, size).astype(np.uint64)) for size in (300, 200))
    assert shingles.shared(a, b) == len(set(a.tolist()) & set(b.tolist()))
    assert shingles.shared(a[:0], b) == 0


def test_band_keys_differ_between_bands_and_follow_the_values() -> None:
    same = np.full((1, 128), 7, np.uint32)
    keys = minhash.band_keys(same, 16, 8)
    assert len(set(keys[0].tolist())) == 16
    other = same.copy()
    other[0, 8] = 8
    changed = minhash.band_keys(other, 16, 8) != keys
    assert changed[0].nonzero()[0].tolist() == [1]


def test_slots_must_be_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="power of two"):
        minhash.signatures(encode("文"), np.array([1]), slots=100)


class Library:
    """Keys in a list: the log that a table asks for."""

    def __init__(self) -> None:
        self.rows = np.zeros((0, 3), np.uint64)

    def read(self, first: int, last: int) -> np.ndarray:
        return self.rows[first:last]


def test_postings_find_what_a_dict_finds_while_they_grow() -> None:
    rng = np.random.default_rng(4)
    library, expected = Library(), defaultdict(set)
    table = Postings(library.read, size=8)
    for _ in range(60):
        keys = rng.integers(1, 1 << 64, (int(rng.integers(0, 60)), 3), dtype=np.uint64)
        keys[rng.random(keys.shape) < 0.1] = 0
        keys[rng.random(keys.shape) < 0.1] = 77 << 50
        for row, doc in zip(keys, range(len(table), len(table) + len(keys)), strict=True):
            for key in row[row > 0].tolist():
                expected[key].add(doc)
        library.rows = np.concatenate([library.rows, keys])
        table.add(keys)
    asked = np.array([*expected, 5 << 40], np.uint64)
    found = defaultdict(set)
    for query, doc in zip(*(part.tolist() for part in table.find(asked)), strict=True):
        found[int(asked[query])].add(doc)
    assert all(docs <= found[key] for key, docs in expected.items())
    wrong = sum(len(found[key] - expected[key]) for key in found)
    assert wrong < 0.01 * len(expected)
