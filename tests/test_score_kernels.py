"""The kernels of the score room against slow, obvious twins."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.kernels import grams, mentions, units, vectors
from cleaner.kernels.repeats import GRAM, repeated_share
from cleaner.kernels.text import encode, fold, fold_text
from cleaner.score import basics
from cleaner.train.linear import folded_of_texts, stream_of_texts

TEXTS = st.lists(
    st.text(st.sampled_from("市民参观了图书馆新馆。！，\n 0 9aＡ國,國"), max_size=60),
    min_size=1,
    max_size=5,
)
MANY = settings(max_examples=150)


def letters(text: str) -> str:
    """What a stream keeps of one text."""
    return "".join("0" if c.isdigit() else c for c in fold_text(text) if c.isalnum())


def one_stream(text: str) -> grams.Stream:
    return stream_of_texts([text])


@MANY
@given(TEXTS)
def test_a_stream_keeps_letters_and_digits(texts: list[str]) -> None:
    stream = stream_of_texts(texts)
    joined = stream.codes.astype("<u4").tobytes().decode("utf-32-le")
    assert joined == "".join(letters(text) + "\n" for text in texts)
    assert stream.sizes.tolist() == [len(letters(text)) for text in texts]


@MANY
@given(TEXTS)
def test_grams_do_not_see_other_documents(texts: list[str]) -> None:
    stream = stream_of_texts(texts)
    for at, text in enumerate(texts):
        alone = one_stream(text)
        span = slice(int(stream.starts[at]), int(stream.ends[at]) + 1)
        assert (stream.pairs[span] == alone.pairs).all()
        assert (stream.triples[span] == alone.triples).all()


def test_equal_grams_share_a_bucket_and_others_hardly_ever() -> None:
    stream = one_stream("图书馆新馆图书馆")
    assert stream.pairs[0] == stream.pairs[5] and stream.triples[0] == stream.triples[5]
    assert len(set(stream.pairs[:5].tolist())) == 5
    assert stream.pairs[-1] == stream.pairs[-2] == 0, "grams over the border have bucket 0"


@MANY
@given(TEXTS)
def test_gram_sums_are_sums_of_weights(texts: list[str]) -> None:
    stream = stream_of_texts(texts)
    weights = (np.arange(1 << grams.BITS) % 199 - 99).astype(np.int16)
    weights[0] = 0
    for order in (2, 3):
        sums, sizes = grams.gram_sums(stream, weights, order)
        for at, text in enumerate(texts):
            alone = one_stream(text)
            assert sums[at] == sum(int(weights[b]) for b in alone.grams(order))
            assert sizes[at] == max(0, len(letters(text)) - order + 1)


@MANY
@given(TEXTS)
def test_repeated_share_counts_sampled_grams(texts: list[str]) -> None:
    found = repeated_share(stream_of_texts(texts))
    for at, text in enumerate(texts):
        own, stream = letters(text), one_stream(text)
        sampled = [
            own[k : k + GRAM]
            for k in range(len(own) - GRAM + 1)
            if stream.pairs[k] % 4 == 1 and own[k] != "0"
        ]
        again = sum(count - 1 for count in Counter(sampled).values())
        assert found[at] == again / max(len(sampled), 1)


def test_a_text_said_twice_is_half_repeated() -> None:
    text = "".join(chr(0x4E00 + 7 * k) for k in range(400))
    once, twice = repeated_share(stream_of_texts([text, text + text]))
    assert once == 0.0
    assert 0.4 < twice < 0.6


@MANY
@given(TEXTS)
def test_units_cover_each_document_and_depend_on_it_alone(texts: list[str]) -> None:
    stream = stream_of_texts(texts)
    cut = units.units_of(stream, folded_of_texts(texts))
    docs = units.docs_of(stream, cut.units)
    assert set(docs.tolist()) == {at for at, text in enumerate(texts) if letters(text)}
    assert set(cut.units.tolist()) >= {int(stream.starts[at]) for at in set(docs.tolist())}
    assert (units.ends_of(stream, cut.units) - cut.units <= units.LONGEST).all()
    for at, text in enumerate(texts):
        alone = units.units_of(one_stream(text), folded_of_texts([text]))
        base = int(stream.starts[at])
        assert (cut.units[docs == at] - base).tolist() == alone.units.tolist()
        own = units.docs_of(stream, cut.sentences) == at
        assert (cut.sentences[own] - base).tolist() == alone.sentences.tolist()
        assert cut.opens[own].tolist() == alone.opens.tolist()


def test_one_long_line_and_many_short_ones_give_units_alike() -> None:
    sentence = "市图书馆新馆昨日向读者开放，首批读者走进阅览室，工作人员作了介绍。"
    one, many = sentence * 16, "\n".join([sentence * 4] * 4)
    counts = [
        len(units.units_of(one_stream(text), fold(encode(text + "\n"))).units)
        for text in (one, many)
    ]
    assert counts == [4, 4]


@MANY
@given(st.lists(st.lists(st.integers(0, 15), max_size=20), min_size=1, max_size=8))
def test_sums_of_vectors(parts: list[list[int]]) -> None:
    table = ((np.arange(16 * 8) * 37) % 255 - 127).astype(np.int8).reshape(16, 8)
    keys = np.array([key for part in parts for key in part], np.int32)
    starts = np.cumsum([0, *map(len, parts[:-1])])
    words = vectors.sums(vectors.packed(table), keys, starts)
    slow = np.array([table[part].sum(axis=0, dtype=np.int64) for part in parts])
    every = np.arange(len(parts))
    assert (words.taken(every) == slow).all()
    if len(keys) <= 257:
        assert (words.gathered(np.array([0])) == slow.sum(axis=0)).all()


@MANY
@given(TEXTS)
def test_mentions_know_the_first_and_last_place(texts: list[str]) -> None:
    stream = stream_of_texts(texts)
    found = mentions.mentions_of(stream, np.arange(1 << grams.BITS) > 0)
    docs = units.docs_of(stream, found.at)
    for at, doc, first, last in zip(found.at, docs, found.first, found.last, strict=True):
        span = range(int(stream.starts[doc]), int(stream.ends[doc]) - 1)
        places = [k for k in span if stream.pairs[k] == stream.pairs[at]]
        assert (first, last) == (places[0], places[-1])


@MANY
@given(TEXTS)
def test_edges_and_contexts_do_not_see_other_documents(texts: list[str]) -> None:
    stream = stream_of_texts(texts)
    cut = units.units_of(stream, folded_of_texts(texts))
    ends = units.ends_of(stream, cut.sentences)
    begin, close = mentions.edges(stream, cut.sentences, ends, 4)
    docs = units.docs_of(stream, cut.sentences)
    for at, text in enumerate(texts):
        alone = one_stream(text)
        own = units.units_of(alone, folded_of_texts([text]))
        expected = mentions.edges(alone, own.sentences, units.ends_of(alone, own.sentences), 4)
        for got, want in ((begin, expected[0]), (close, expected[1])):
            assert all((g[docs == at] == w).all() for g, w in zip(got, want, strict=True))


@MANY
@given(st.lists(st.integers(0, 40), max_size=20))
def test_blocks_hold_each_row_once(sizes: list[int]) -> None:
    seen = []
    for block in vectors.blocks(np.array(sizes, np.int64)):
        assert block.rows.shape == (len(block.docs), block.width)
        seen += block.rows[block.rows >= 0].tolist()
    assert sorted(seen) == list(range(sum(sizes)))


LINES = st.text(st.sampled_from("汉字ab1 \n。，한あ\u200b龘…"), max_size=40)


@MANY
@given(st.lists(st.tuples(LINES, st.integers(0, 70)), min_size=1, max_size=4))
def test_basics_against_slow_twins(parts: list[tuple[str, int]]) -> None:
    texts = [text + " " * blanks for text, blanks in parts]
    batch = Batch([Document(str(at), text) for at, text in enumerate(texts)])
    ended = basics.terminal_punctuation(batch)
    length, share = basics.length(batch), basics.han_share(batch)
    for at, text in enumerate(texts):
        lines = [line.rstrip(" \u200b") for line in text.split("\n")]
        total = sum(map(len, lines))
        good = sum(len(line) for line in lines if line and line[-1] in "。…")
        assert ended[at] == good / max(total, 1)
        assert length[at] == sum(c not in " \n\u200b" for c in text)
        han, letters = sum(c in "汉字龘" for c in text), sum(c in "汉字龘ab한あ" for c in text)
        assert share[at] == han / max(letters, 1)
