"""What every filter promises, over random documents of all scripts and all filters."""

from __future__ import annotations

from functools import cache
from itertools import accumulate, pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.apply import arranged, edited
from cleaner.batch import Batch
from cleaner.catalog import FILTERS, build, stage_of
from cleaner.document import Change, Document, Edit, Keep, Put, change_from_edits
from cleaner.filter import Filter
from cleaner.kernels.literals import Automaton
from cleaner.kernels.segments import segment_sum
from cleaner.kernels.text import Class, classify, decode, encode, fold, fold_table, fold_text
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook

BOOK = RuleBook.load()

# Damage of every stage in small, so that random documents meet the filters and not only their
# pre-screens.
SNIPPETS = [
    "昨日，市图书馆新馆向读者开放。",
    "本报讯（记者 林一舟）6月2日，青川县召开春耕会议。",
    "&nbsp;&#20013;&amp;lt;b&gt;",
    "國(guó)家(jiā)發(fā)展(zhǎn)",
    "æˆ‘ä»¬",
    "ÎÒÃÇ°®±±¾©",
    "锟斤拷烫烫烫",
    "??11月5日",
    "更幸?!杏",
    "责任编辑：王小明",
    "热门推荐",
    "  • 一条不相干的新闻标题",
    "■ ■ ■",
    "浏览次数:",
    "上一篇：春耕 下一篇：秋收",
    "👩‍👩‍👧 é ñ 한국어 ひらがな 𠀀𝒳",
    "\u200b\ufeff\u00ad",
    "中 文 字 间 有 空 格",
    "⼀⾧",
    "x = [i for i in range(3)]",
]
SNIPPETS += [hit for rule in BOOK.rules.values() for hit in rule.hits]

TEXT = st.one_of(
    st.sampled_from(SNIPPETS),
    st.text(st.characters(), max_size=30),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30),
    st.text(st.sampled_from("，。？！?!()（）、 \n新闻记者报道a1\u3000\ue000\x80"), max_size=30),
)
TEXTS = st.lists(
    st.lists(st.one_of(TEXT, st.just("\n")), max_size=8).map("".join), min_size=1, max_size=4
)


@cache
def filter_named(name: str) -> Filter:
    return build(name, BOOK, {})


def names(*stages: str) -> list[str]:
    return [name for name in FILTERS if name.partition(".")[0] in stages]


def batch_of(texts: list[str]) -> Batch:
    docs = [Document(str(number), text) for number, text in enumerate(texts)]
    return Batch(docs, BOOK.automaton)


@pytest.mark.parametrize("name", FILTERS)
def test_the_catalog_names_filters_of_the_right_kind(name: str) -> None:
    item = filter_named(name)
    assert item.name == name
    assert stage_of(item) == name.partition(".")[0]


@pytest.mark.parametrize("name", names("repair", "strip"))
@settings(max_examples=60)
@given(texts=TEXTS)
def test_edits_imply_suspects_and_replay(name: str, texts: list[str]) -> None:
    editor = filter_named(name)
    batch = batch_of(texts)
    suspects = editor.suspects(batch)
    assert suspects.shape == (len(texts),)
    for at, text in enumerate(texts):
        doc = edited(batch, at, editor)
        if doc is None:
            continue
        assert suspects[at], f"{name} edits a document that it does not suspect"
        assert doc.original == text
        assert doc.changes[0].replay() == doc.text
        for start in range(len(doc.text)):
            low, high = doc.source_range(start, start + 1)
            assert 0 <= low <= high <= len(text)


@pytest.mark.parametrize("name", names("restore"))
@settings(max_examples=60)
@given(texts=TEXTS)
def test_arrangements_imply_suspects_and_partition(name: str, texts: list[str]) -> None:
    restorer = filter_named(name)
    batch = batch_of(texts)
    suspects = restorer.suspects(batch)
    for at, text in enumerate(texts):
        docs = arranged(batch, at, restorer, split=True)
        assert docs is None or suspects[at]
        for doc in docs or []:
            assert doc.changes[0].replay() == doc.text
            kept = [p for p in doc.changes[0].pieces if isinstance(p, Keep)]
            assert all(text[p.start : p.end] in doc.text for p in kept)


@pytest.mark.parametrize("name", names("score"))
@settings(max_examples=60)
@given(texts=TEXTS)
def test_scores_of_a_batch_are_those_of_one_by_one(name: str, texts: list[str]) -> None:
    scorer = filter_named(name)
    together = scorer.score(batch_of(texts))
    assert set(together) == set(scorer.names)
    for at, text in enumerate(texts):
        alone = scorer.score(batch_of([text]))
        for signal, values in together.items():
            assert values.dtype == np.float64
            assert values[at].tobytes() == alone[signal][0].tobytes(), signal


@settings(max_examples=60)
@given(texts=TEXTS, data=st.data())
def test_spliced_facts_are_those_of_a_new_batch(texts: list[str], data: st.DataObject) -> None:
    batch = batch_of(texts)
    for fact in ("codes", "classes", "folded", "hits"):
        getattr(batch, fact)
    chosen = data.draw(st.sets(st.integers(0, len(texts) - 1)))
    changed = {
        at: [Document(f"{at}.{k}", text) for k, text in enumerate(data.draw(TEXTS))]
        for at in chosen
    }
    if not changed:
        return
    spliced = batch.with_texts(changed)
    fresh = Batch(spliced.docs, BOOK.automaton)
    for fact in ("codes", "classes", "folded", "line_ends"):
        assert np.array_equal(getattr(spliced, fact), getattr(fresh, fact))
    assert all(map(np.array_equal, spliced.hits, fresh.hits))


@given(
    lines=st.lists(st.sampled_from(["分享到微信", "首页", "", "今天有雨", "责任编辑：李明"])),
    gone=st.sets(st.integers(0, 9)),
    inline=st.booleans(),
)
def test_hits_move_with_what_is_left(lines: list[str], gone: set[int], inline: bool) -> None:
    text = "\n".join(lines)
    ends = list(accumulate(len(line) + 1 for line in lines))
    edits = [
        Edit(end - len(line) - 1, min(end, len(text)) - (inline and len(line) > 1), "", "x")
        for at, (line, end) in enumerate(zip(lines, ends, strict=True))
        if at in gone and line
    ]
    batch = batch_of(["首页", text, "微信"])
    assert len(batch.hits.end) >= 0
    doc = batch.docs[1].changed(change_from_edits("strip.test", batch.docs[1].text, edits))
    moved = batch.with_texts({1: [doc]})
    assert all(map(np.array_equal, moved.hits, Batch(moved.docs, BOOK.automaton).hits))


@given(
    text=st.text(st.sampled_from("天天微\n"), max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_hits_move_with_pieces_in_any_order(text: str, cuts: list[int], order: Random) -> None:
    automaton = Automaton(["天天微天", "微天天", "天", "天微微"])
    borders = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    news = ["", "微", "天\n"]
    pieces: list[Keep | Put] = [
        Keep(*span) if order.random() < 0.6 else Put(order.choice(news), *span, "x")
        for span in pairwise(borders)
    ]
    order.shuffle(pieces)
    batch = Batch([Document("a", "微天天"), Document("b", text), Document("c", "天")], automaton)
    assert len(batch.hits.end) >= 2
    half = len(pieces) // 2
    for parts in ([pieces], [pieces[:half], pieces[half:]]):
        docs = [batch.docs[1].changed(Change("x", text, tuple(part))) for part in parts]
        moved = batch.with_texts({1: docs})
        assert all(map(np.array_equal, moved.hits, Batch(moved.docs, automaton).hits))


@given(text=st.text(st.characters(exclude_categories=[]), max_size=60))
def test_the_folded_view_keeps_every_position(text: str) -> None:
    codes = encode(text)
    assert decode(codes) == text
    assert len(fold(codes)) == len(codes) == len(text)
    assert classify(codes).max(initial=0) <= max(Class)


def test_folding_twice_changes_nothing_more() -> None:
    table = fold_table()
    assert np.array_equal(table.take(table), table)


def test_the_folded_view_of_news() -> None:
    assert fold_text("《國家發展》ＡＢＣ１２，（Ⅷ）“好”⼀𝑨") == '《国家发展》abc12,(Ⅷ)"好"一a'


@given(values=st.lists(st.lists(st.integers(-5, 5), min_size=1, max_size=5), min_size=1))
def test_segment_sum(values: list[list[int]]) -> None:
    flat = np.array([v for row in values for v in row])
    starts = np.cumsum([0, *(len(row) for row in values[:-1])])
    assert segment_sum(flat, starts).tolist() == [sum(row) for row in values]


@pytest.mark.parametrize("recipe", ["news-zh", "web-zh", "repair-only", "dedup-only"])
def test_every_recipe_survives_every_text(recipe: str) -> None:
    pipe = Pipeline.from_recipe(recipe)
    texts = ["", "\n", " ", "\ud800 lone", "\x00", *SNIPPETS, "\n".join(SNIPPETS), "好" * 5000]
    results = list(pipe({"id": str(at), "text": text} for at, text in enumerate(texts)))
    wholes = {doc.part_of or doc.id for doc in results}
    assert wholes == {str(at) for at in range(len(texts))}
    for doc in results:
        assert doc.original == texts[int(doc.part_of or doc.id)]


@given(
    literals=st.lists(
        st.text(st.sampled_from("新闻a记b者Ａ國"), min_size=1, max_size=3), min_size=1, max_size=5
    ),
    text=st.text(st.sampled_from("新闻a记b者Ａ國𠀀"), max_size=20),
)
def test_the_automaton_finds_what_a_search_finds(literals: list[str], text: str) -> None:
    folded = fold(encode(text))
    plain = decode(folded)
    expected = sorted(
        (start + len(word), number, start)
        for number, word in enumerate(fold_text(w) for w in literals)
        for start in range(len(plain))
        if plain.startswith(word, start)
    )
    found = Automaton(literals).find(folded)
    assert list(zip(found.end, found.literal, found.start, strict=True)) == expected
