"""The kernels of the score room against slow, obvious twins."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.kernels import exact, grams, mentions, squares, units, vectors
from cleaner.kernels.repeats import GRAM, repeated_share
from cleaner.kernels.segments import Groups, firsts
from cleaner.kernels.text import Class, among, encode, fold, fold_text
from cleaner.models.coherence import FOLLOW, FOLLOW_UNIT, NEAR, SIDES, WINDOW
from cleaner.score import basics, follows
from cleaner.train import orders
from cleaner.train.linear import folded_of_texts

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
    return all_of([text])


def all_of(texts: list[str]) -> grams.Stream:
    """The stream of texts with their heads."""
    ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    return grams.stream_of(folded_of_texts(texts), ends)


@MANY
@given(TEXTS)
def test_a_stream_keeps_letters_and_digits(texts: list[str]) -> None:
    stream = all_of(texts)
    joined = stream.codes.astype("<u4").tobytes().decode("utf-32-le")
    assert joined == "".join(letters(text) + "\n" for text in texts)
    assert stream.sizes.tolist() == [len(letters(text)) for text in texts]


@MANY
@given(TEXTS)
def test_grams_do_not_see_other_documents(texts: list[str]) -> None:
    stream = all_of(texts)
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
    stream = all_of(texts)
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
    found = repeated_share(all_of(texts))
    for at, text in enumerate(texts):
        own, stream = letters(text), one_stream(text)
        sampled = [
            own[k : k + GRAM]
            for k in range(len(own) - GRAM + 1)
            if stream.pairs[k] % 8 == 1 and own[k] != "0"
        ]
        again = sum(count - 1 for count in Counter(sampled).values())
        assert found[at] == again / max(len(sampled), 1)


def test_a_text_said_twice_is_half_repeated() -> None:
    text = "".join(chr(0x4E00 + 7 * k) for k in range(400))
    once, twice = repeated_share(all_of([text, text + text]))
    assert once == 0.0
    assert 0.4 < twice < 0.6


@MANY
@given(TEXTS)
def test_units_cover_each_document_and_depend_on_it_alone(texts: list[str]) -> None:
    stream = all_of(texts)
    cut = units.units_of(stream, folded_of_texts(texts))
    docs = stream.docs_at(cut.units)
    assert set(docs.tolist()) == {at for at, text in enumerate(texts) if letters(text)}
    assert set(cut.units.tolist()) >= {int(stream.starts[at]) for at in set(docs.tolist())}
    assert (units.ends_of(stream, cut.units) - cut.units <= units.LONGEST).all()
    for at, text in enumerate(texts):
        alone = units.units_of(one_stream(text), folded_of_texts([text]))
        base = int(stream.starts[at])
        assert (cut.units[docs == at] - base).tolist() == alone.units.tolist()
        own = stream.docs_at(cut.sentences) == at
        assert (cut.sentences[own] - base).tolist() == alone.sentences.tolist()
        assert cut.opens[own].tolist() == alone.opens.tolist()


@pytest.mark.parametrize(
    "facts",
    [
        "来源：春耕日报 2021-03-11 11:35 http://www.example.com/a.html\n",
        "https://www.example.com/2021/0311/c1002-39.html\n",
        "您现在的位置：首页 > 新闻中心 > 本地新闻 > 正文内容页\n",
        "（责任编辑：林一舟 校对：周小满 审核：陈立新）\n",
    ],
)
def test_a_line_about_the_text_is_no_unit(facts: str) -> None:
    body = "市里昨天召开春耕会议，部署今年的备耕工作，各县区和有关部门的负责人参加。\n" * 2
    title = "全市春耕全面展开 三座新桥同时通车方便农机下地\n"
    reporter = "记者在现场看到，三座新桥昨天同时通车，来往的农机川流不息。\n"
    around = [body, facts + body, body + facts, body + "完\n", body + reporter]
    counts = [
        len(units.units_of(one_stream(text), fold(encode(text + "\n"))).units)
        for text in (title + rest for rest in around)
    ]
    assert counts == [3, 3, 3, 3, 4]  # the line and the paragraph below it, or above, are one


@pytest.mark.parametrize("line", ["(2021-03-11 11:35:20)\n", "【2021.3.11】\n"])
def test_a_date_in_brackets_is_a_heading_as_a_bare_one_is(line: str) -> None:
    text = "全市春耕全面展开\n" + line + "市里昨天召开春耕会议，部署今年的备耕工作。\n"
    cut = units.units_of(one_stream(text), fold(encode(text + "\n")))
    assert cut.headings.tolist() == [True, True, False]


def test_one_long_line_and_many_short_ones_give_units_alike() -> None:
    sentence = "市图书馆新馆昨日向读者开放，首批读者走进阅览室，工作人员作了介绍。"
    one, many = sentence * 24, "\n".join([sentence * 6] * 4)
    counts = [
        len(units.units_of(one_stream(text), fold(encode(text + "\n"))).units)
        for text in (one, many)
    ]
    assert counts == [4, 4]


@MANY
@given(st.lists(st.lists(st.integers(0, 15), max_size=20), min_size=1, max_size=8))
def test_sums_of_vectors(parts: list[list[int]]) -> None:
    table = ((np.arange(16 * 8) * 37) % 255 - 127).astype(np.int16).reshape(16, 8)
    keys = np.array([3, *(key for part in parts for key in part)], np.int32)
    starts = np.cumsum([1, *map(len, parts[:-1])])
    found = vectors.sums(table, keys, starts)
    assert (found == np.array([table[part].sum(axis=0) for part in parts])).all()
    (whole,) = vectors.gathered(found, np.zeros(1, np.int64))
    assert (whole == found.sum(axis=0)).all()


def test_a_stretch_of_the_most_vectors_does_not_overflow() -> None:
    table = np.array([[0, 0], [127, -127]], np.int16)
    (total,) = vectors.sums(table, np.ones(vectors.MOST, np.int32), np.zeros(1, np.int64))
    assert total.tolist() == [127 * vectors.MOST, -127 * vectors.MOST]


def check_mentions(stream: grams.Stream) -> None:
    """Against the places of each pair of each document, document by document."""
    found = mentions.mentions_of(stream, np.flatnonzero(stream.pairs > 0))
    runs = [own.tolist() for own in np.split(found.at, found.opens[1:]) if len(own)]
    assert list(map(len, runs)) == found.sizes.tolist()
    assert found.run.tolist() == [at for at, run in enumerate(runs) for _ in run]
    slow = []
    for start, end in zip(stream.starts.tolist(), stream.ends.tolist(), strict=True):
        places: dict[int, list[int]] = {}
        for at in range(start, max(start, end - 1)):
            places.setdefault(int(stream.pairs[at]), []).append(at)
        slow += [own for own in places.values() if len(own) > 1]
    assert sorted(runs) == sorted(slow)


@MANY
@given(TEXTS)
def test_mentions_are_the_pairs_said_twice_in_one_document(texts: list[str]) -> None:
    check_mentions(all_of(texts))


def test_mentions_of_a_long_document_do_not_overflow() -> None:
    chance = Random(4)
    long = "".join(chr(chance.randint(0x4E00, 0x5E00)) for _ in range(40_000))
    check_mentions(all_of(["市民参观图书馆，市民很多。", long + long[:9]]))


@MANY
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-9, 9)), max_size=30))
def test_groups_are_summed_each_by_itself(items: list[tuple[int, int]]) -> None:
    items.sort(key=lambda item: item[0])
    groups = Groups.of(np.array([group for group, _ in items], np.int64), 5)
    values = np.array([value for _, value in items], np.float64)
    own = [[value for group, value in items if group == at] for at in range(5)]
    assert groups.counts.tolist() == list(map(len, own))
    assert groups.sums(values).tolist() == list(map(sum, own))
    assert groups.sums(np.stack([values, -values], axis=1))[:, 1].tolist() == [-sum(v) for v in own]
    assert groups.sums(values > 0).tolist() == [sum(v > 0 for v in vs) for vs in own]
    assert groups.means(values).tolist() == [sum(v) / max(len(v), 1) for v in own]
    assert groups.number().tolist() == [at for vs in own for at in range(len(vs))]
    assert np.flatnonzero(firsts(groups.of_item)).tolist() == groups.starts.tolist()


@given(st.lists(st.sampled_from(Class), max_size=20), st.sets(st.sampled_from(Class)))
def test_classes_are_looked_for_together(classes: list[Class], wanted: set[Class]) -> None:
    found = among(np.array(classes, np.uint8), wanted)
    assert found.tolist() == [cls in wanted for cls in classes]


SIZES = st.lists(st.one_of(st.integers(0, 6), st.just(10)), min_size=1, max_size=5)


def places_of(found: squares.Squares) -> dict[tuple[int, int], int]:
    """The flat place of the cell of every two rows of a document."""
    places = {}
    for block in found.blocks:
        cells = np.arange(block.cells.start, block.cells.stop).reshape(block.shape)
        for one, other, square in zip(*np.nonzero(block.pairs), strict=True):
            pair = int(block.rows[one, square]), int(block.rows[other, square])
            places[pair] = int(cells[one, other, square])
    return places


@MANY
@given(SIZES)
def test_squares_compare_all_rows_of_a_document(sizes: list[int]) -> None:
    found = squares.Squares.of(np.array(sizes, np.int64))
    docs = np.repeat(np.arange(len(sizes)), sizes).tolist()
    rows = range(sum(sizes))
    places = places_of(found)
    assert sorted(places) == [(a, b) for a in rows for b in rows if docs[a] == docs[b] and a != b]
    assert all(place == found.starts[a] + found.steps[b] for (a, b), place in places.items())
    assert sorted(found.rows[found.held].tolist()) == list(rows)
    assert [docs[row] for row in found.rows[found.held]] == found.docs[found.held].tolist()


@MANY
@given(SIZES, st.randoms(use_true_random=False))
def test_products_and_sums_of_squares(sizes: list[int], chance: Random) -> None:
    found = squares.Squares.of(np.array(sizes, np.int64))
    size = sum(sizes)
    rows = np.array([[chance.randint(-99, 99) for _ in range(3)] for _ in range(size + 1)])
    rows = rows.reshape(-1, 3).astype(np.float32)
    cells = [squares.products(rows[block.rows]) * block.pairs for block in found.blocks]
    flat = squares.flat(cells, np.float64)
    places = places_of(found)
    sums = found.sums(cells)
    for (a, b), place in places.items():
        assert flat[place] == float(rows[a] @ rows[b])
    for slot in np.flatnonzero(found.held):
        row = found.rows[slot]
        assert sums[slot] == sum(flat[at] for (_, b), at in places.items() if b == row)
    docs = np.repeat(np.arange(len(sizes)), sizes)
    by_row = np.zeros(size)
    by_row[found.rows[found.held]] = sums[found.held]
    assert found.by_doc(sums).tolist() == [by_row[docs == doc].sum() for doc in range(len(sizes))]


@MANY
@given(SIZES, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 99)), max_size=30))
def test_what_two_rows_share(sizes: list[int], said: list[tuple[int, int]]) -> None:
    found = squares.Squares.of(np.array(sizes, np.int64))
    docs = np.repeat(np.arange(len(sizes)), sizes).tolist()
    entries = sorted((docs[r % len(docs)] * 9 + w, r % len(docs)) for w, r in said if docs)
    runs = np.array([run for run, _ in entries], np.int64)
    rows = np.array([row for _, row in entries], np.int64)
    shared = squares.shared(found, runs, rows, runs + 1)
    words: dict[int, set[int]] = {row: set() for row in range(sum(sizes))}
    for run, row in entries:
        words[row].add(run)
    places = places_of(found)
    for (a, b), place in places.items():
        assert shared[place] == sum(run + 1 for run in words[a] & words[b])
    assert not np.delete(shared, sorted(places.values())).any()


@MANY
@given(st.integers(1, 9), st.integers(1, 40), st.integers(1, 5), st.randoms(use_true_random=False))
def test_a_product_does_not_depend_on_its_shape(n: int, f: int, h: int, chance: Random) -> None:
    values = np.array([[chance.uniform(-9, 9) for _ in range(f)] for _ in range(n)])
    weights = np.array([[chance.uniform(-3, 3) for _ in range(h)] for _ in range(f)])
    found = exact.product(values, weights)
    assert np.allclose(found, values @ weights, atol=1e-2)
    for row in range(n):
        assert (exact.product(values[row : row + 1], weights)[0] == found[row]).all()
    assert (exact.product(values, weights[:, 0]) == found[:, 0]).all()


@MANY
@given(TEXTS)
def test_beginnings_do_not_see_other_documents(texts: list[str]) -> None:
    stream = all_of(texts)
    cut = units.units_of(stream, folded_of_texts(texts))
    found = mentions.beginnings(stream.pairs, stream, cut.sentences, 4)
    docs = stream.docs_at(cut.sentences)
    for at, text in enumerate(texts):
        alone = one_stream(text)
        own = units.units_of(alone, folded_of_texts([text]))
        expected = mentions.beginnings(alone.pairs, alone, own.sentences, 4)
        assert (found[:, docs == at] == expected).all()


@MANY
@given(TEXTS)
def test_contexts_do_not_see_other_documents(texts: list[str]) -> None:
    stream = all_of(texts)
    for start, end, text in zip(stream.starts, stream.ends, texts, strict=True):
        alone = one_stream(text)
        own = np.arange(max(0, end - start - 1))
        got = mentions.contexts(stream.pairs, stream.codes, own + start, own)
        want = mentions.contexts(alone.pairs, alone.codes, own, own)
        assert all((g == w).all() for g, w in zip(got, want, strict=True))


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
        good = sum(max(line.rfind("。"), line.rfind("…")) + 1 for line in lines)
        assert ended[at] == good / max(total, 1)
        assert length[at] == sum(c not in " \n\u200b" for c in text)
        han, letters = sum(c in "汉字龘" for c in text), sum(c in "汉字龘ab한あ" for c in text)
        assert share[at] == han / max(letters, 1)


def test_bags_are_sums_of_the_vectors_of_their_places() -> None:
    chance = np.random.default_rng(1)
    table = chance.integers(-127, 128, (SIDES * 7, 3)).astype(np.int16)
    words = chance.integers(0, 7, (WINDOW, 5)).astype(np.uint16)
    found = follows.bags(table, words, 14)
    for column, own in zip(words.T.tolist(), found.tolist(), strict=True):
        rows = [word + (14 if at < NEAR else 21) for at, word in enumerate(column)]
        assert own == table[rows].sum(axis=0).tolist()


@pytest.mark.parametrize("alone", [False, True])
def test_what_follows_is_held_against_all_that_might(alone: bool) -> None:
    chance = np.random.default_rng(2)
    docs = np.repeat([0, 2, 3], [5, 1, 4])
    expected, offered = chance.integers(-90, 90, (2, 10, FOLLOW)).astype(np.float32)
    own = np.full(10, alone)
    found = follows.sequence_features(expected, offered, own, Groups.of(docs, 4))
    assert found[1].tolist() == [0, 0, 0, follows._HIGHEST, 0]
    for doc in (0, 3):
        items = np.flatnonzero(docs == doc)
        odds = expected[items] @ offered[items].T / FOLLOW_UNIT**2
        usual = [np.delete(row, at).mean() if alone else row.mean() for at, row in enumerate(odds)]
        leads = [odds[at, at + 1] - usual[at] for at in range(len(items) - 1)]
        back = [odds[at + 1, at] - usual[at + 1] for at in range(len(items) - 1)]
        holds = -np.log1p(np.exp(-np.array(leads))).mean()
        mean = np.mean(leads)
        wanted = [mean, mean * len(items) ** 0.5, mean - np.mean(back), min(leads), holds]
        assert found[doc].tolist() == pytest.approx([*wanted[:3], min(wanted[3], 5.0), wanted[4]])


def test_slopes_of_the_order_are_those_of_its_loss() -> None:
    chance = np.random.default_rng(3)
    counts = np.array([4, 6])
    drawn = orders.Drawn(np.arange(10), counts, np.array([True, False]), np.array([True, True]))
    opens = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1], np.bool_)
    said = chance.standard_normal((10, 3 * FOLLOW + 3)).astype(np.float32) / 2
    slope, _ = orders.slope_of(said, opens, drawn, 6)
    for row, column in [(0, 0), (3, FOLLOW + 1), (5, 2 * FOLLOW), (2, -3), (8, -2), (9, -1)]:
        sides = []
        for step in (1e-2, -1e-2):
            moved = said.copy()
            moved[row, column] += step
            sides.append(orders.slope_of(moved, opens, drawn, 6)[1])
        assert slope[row, column] == pytest.approx((sides[0] - sides[1]) / 2e-2, abs=2e-3)
