"""Restore: pages of our own making come out as their articles, sound texts as they are."""

from __future__ import annotations

import itertools
import json
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks import generate, pages
from benchmarks.page_truth import Tally, judge, origins, restored
from cleaner.batch import Batch
from cleaner.catalog import build
from cleaner.cuts import lines_of, trimmed
from cleaner.document import Document
from cleaner.filter import Restorer
from cleaner.kernels.pairs import BITS, pair_hashes, pair_mask
from cleaner.kernels.text import classify, encode
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook

CASES = Path(__file__).parent / "cases" / "restore"
ALL = ("restore.wrap", "restore.repeats", "restore.briefs", "restore.feed", "restore.page")


@cache
def restorer(name: str) -> Restorer:
    item = build(name, RuleBook.load(), {})
    assert isinstance(item, Restorer)
    return item


def texts(text: str, *names: str) -> list[str]:
    """The texts that the restorers named (all of them, if none) make of one text."""
    docs = restored(text, [restorer(name) for name in names or ALL], None)
    return [doc.text.strip() for doc in docs]


def cases(name: str) -> list[dict[str, object]]:
    lines = (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("case", cases("synthetic"), ids=lambda case: str(case["id"]))
def test_damaged_pages_come_out_whole(case: dict[str, object]) -> None:
    assert texts(str(case["text"])) == case["texts"], case["why"]


@pytest.mark.parametrize("seed", [1, 7, 8])
def test_columns_of_other_articles_are_no_teasers(seed: int) -> None:
    rng = random.Random(seed)
    made = generate.articles(40, seed=seed)
    for first in range(0, 40, 4):
        chosen = made[first : first + rng.choice((2, 3, 4))]
        page = pages.interleave(
            [pages.Source((a.title,), "", tuple(a.paragraphs)) for a in chosen], rng
        )
        assert texts(page.text, "restore.feed") == [page.text]


@pytest.mark.parametrize("case", cases("negative"), ids=lambda case: str(case["id"]))
def test_sound_texts_stay(case: dict[str, object]) -> None:
    (doc,) = restored(str(case["text"]), [restorer(name) for name in ALL], None)
    assert doc.text == case["text"], case["why"]


@pytest.mark.parametrize("case", cases("known_failures"), ids=lambda case: str(case["id"]))
def test_known_failures_still_fail(case: dict[str, object]) -> None:
    assert texts(str(case["text"])) != case["texts"], "mended: move the case to synthetic"


@pytest.mark.parametrize(
    ("second", "parts"),
    [
        ("北港货轮航线恢复通航", 2),
        ("本报记者 林一舟", 1),  # a byline
        ("停航两天之后，首班船昨天上午从北港", 1),  # a piece of a sentence
        ("停航两天之后首班船昨天上午驶出北港。", 1),  # a paragraph
        ("2、北港货轮航线恢复通航", 1),  # an item
    ],
)
def test_briefs_have_titles(second: str, parts: int) -> None:
    care = "今天，城东养老服务中心正式开门迎客，设床位一百二十张，周边老人可以就近登记入住。"
    ship = "据港务部门消息，受大雾影响停航两天的货轮昨天上午起航，载着六百个集装箱驶往南岛。"
    page = "\n".join(["城东养老服务中心开门", care, second, ship])
    assert len(texts(page, "restore.briefs")) == parts


def sources(count: int, seed: int) -> list[pages.Source]:
    made = generate.articles(count, seed=seed)
    return [pages.Source((a.title,), a.byline, tuple(a.paragraphs)) for a in made]


def test_nothing_is_lost_or_said_twice_on_interleaved_pages() -> None:
    rng = random.Random(4)
    items = sources(24, 9)
    for start in range(0, 24, 4):
        page = pages.interleave(items[start : start + 4], rng)
        docs = restored(page.text, [restorer("restore.page")], None)
        at = np.sort(np.concatenate([origins(doc) for doc in docs]))
        kept = at[at >= 0]
        assert len(np.unique(kept)) == len(kept)
        solid = {n for n, char in enumerate(page.text) if not char.isspace()}
        assert len(solid - set(kept.tolist())) < 20  # an orphan at most


def test_the_same_page_twice_is_arranged_the_same() -> None:
    page = pages.interleave(sources(4, 3), random.Random(1))
    assert texts(page.text) == texts(page.text)


def test_sound_generated_articles_stay() -> None:
    for article in generate.articles(40, seed=12):
        (doc,) = restored(article.text, [restorer(name) for name in ALL], None)
        assert doc.text == article.text


def test_the_judge_calls_an_untouched_page_unjoined_and_a_perfect_one_perfect() -> None:
    page = pages.interleave(sources(3, 5), random.Random(3))
    tally = Tally.empty()
    judge(page, [Document("page", page.text)], tally)
    figures = tally.figures()
    assert figures["joins.recall"] == 0
    assert figures["pairs.f1"] < 1


def test_lines_are_found_without_their_blanks() -> None:
    batch = Batch([Document("a", "  一行字 \n\n\u3000二\n   "), Document("b", "")])
    starts, ends = trimmed(batch)
    found = ["".join(map(chr, batch.codes[a:b])) for a, b in zip(starts, ends, strict=True)]
    assert found == ["一行字", "", "二", "", ""]


@pytest.mark.parametrize(
    ("line", "open_end", "bad_start"),
    [
        ("昨日，全市春耕生产工作会议在青川县召开。", False, False),
        ("昨日，全市春耕生产工作会议在青川", True, False),
        ("昨日，全市春耕生产工作会议召开，", True, False),
        ("，各乡镇要抓好落实。", False, True),
        ("青川县春耕生产工作全面展开再传捷报", False, False),  # a heading has no mark inside
        ("短，句", False, False),
    ],
)
def test_cut_lines(line: str, open_end: bool, bad_start: bool) -> None:
    lines = lines_of(Batch([Document("a", line)]))
    assert (bool(lines.open_end[0]), bool(lines.bad_start[0])) == (open_end, bad_start)


SIGNERS = (
    *("责任编辑", "责编", "编辑", "主编", "编审", "审核", "校对", "来源", "作者", "记者"),
    *("通讯员", "供稿", "终审", "监制", "摄影", "文/", "图/"),
)


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_signature_behind_the_last_sentence_is_no_cut(signer: str) -> None:
    report = "昨日，全市春耕生产工作会议在青川县召开。"
    cut = f"{report}{signer}在会上说各乡镇要抓好落实并在月底前把进展情况"
    lines = lines_of(Batch([Document("a", f"{report}{signer} 林一舟\n{cut}")]))
    assert lines.open_end.tolist() == [False, True]


def test_pairs_are_hashed_one_by_one() -> None:
    text = encode("春耕生产，a1春耕")
    hashes, mask = pair_hashes(text), pair_mask(classify(text))
    slow = [
        ((int(a) * 0x9E3779B1 + int(b) * 0x85EBCA6B) % 2**32) >> (32 - BITS)
        for a, b in itertools.pairwise(text)
    ]
    assert hashes[:-1].tolist() == slow
    assert mask.tolist() == [True, True, True, False, False, False, False, True, False]
    assert hashes[0] == hashes[7]


def test_completeness_counts_what_is_cut() -> None:
    scorer = build("score.completeness", RuleBook.load(), {})
    whole = "昨日，全市春耕生产工作会议召开。"
    cut = "昨日，全市春耕生产工作会议在青川\n，各乡镇要抓好落实。\n" + whole
    docs = [Document("a", whole), Document("b", cut), Document("c", "")]
    signals = scorer.score(Batch(docs))  # type: ignore[union-attr]
    assert signals["cut_ends"].tolist() == [0, 1, 0]
    assert signals["cut_starts"].tolist() == [0, 1, 0]
    assert signals["fragment_share"].tolist() == [0, 26 / len(cut), 0]


BRIEFS = (
    "白石镇修好防火道\n全镇十二条防火道昨天全部修好，护林员可以骑车上山，从山脚到最远的护林点只要"
    "四十分钟。镇里还在每条道口立了牌子，写明谁来管、找谁报。",
    "县里请来农技员\n农技员本周起到各村讲课，先讲水肥，再讲病虫害，村民带着自家的苗来问。"
    "县农业局的人说，讲课一直办到夏收，讲过的村子还要再去看一次。",
    "两座新桥通车\n桥长三百米，昨天下午通车，公交车同时改走新桥，两岸的学生不用再绕路。"
    "住在桥头的林老师说，他算过了，每天能省下一个小时。",
)
BORDERS = {
    "archive": ("第1版(要闻)\n专栏:\n\n", ""),
    "gallery": ("", "\n春耕社记者 石一舟 摄pagebreak"),
    "hijacked": ("春雨彩票骗局\n\n", ""),
}


@pytest.mark.parametrize("kind", BORDERS)
def test_a_page_comes_apart_where_its_site_parted_it(kind: str) -> None:
    before, behind = BORDERS[kind]
    page = "\n\n".join(before + brief + behind for brief in BRIEFS)
    if kind == "hijacked":
        page = page.replace("骗局\n", "骗局|新版下载\n春雨彩票代理2023-01-31 16:05\n", 1)
        page = page.replace("新桥通车\n", "新桥通车******\n")
    parts = list(Pipeline.from_recipe("news-zh")([page]))
    bare = [part.text.replace("\n春耕社记者 石一舟 摄", "").strip() for part in parts]
    assert bare == list(BRIEFS)
    assert all(part.changes[-1].replay() == part.text for part in parts)
    assert all(part.original == page for part in parts)


@pytest.mark.parametrize(
    "page",
    [
        f"春耕日报 第3版\n\n第3版(国际)\n专栏:记者专访\n\n{BRIEFS[0]}",
        f"{BRIEFS[0]}\n\n第1版(要闻)\n专栏:",
        f"第1版()\n专栏:\n\n白石镇修好防火道\n\n第1版()\n专栏:\n\n{BRIEFS[1]}",
    ],
)
def test_a_border_parts_texts_and_no_titles(page: str) -> None:
    (doc,) = Pipeline.from_recipe("news-zh")([page])
    assert "第1版" not in doc.text


def test_a_title_said_on_both_sides_of_a_border_goes_with_what_follows() -> None:
    border = "第6版(国际)\n专栏:\n\n"
    titles = [brief.split("\n")[0] for brief in BRIEFS]
    page = "\n\n".join(
        f"{title}\n\n{border}{brief}" for title, brief in zip(titles, BRIEFS, strict=True)
    )
    parts = list(Pipeline.from_recipe("news-zh")([page]))
    assert [part.text.split("\n")[0] for part in parts] == titles
    assert [part.text.count(title) for part, title in zip(parts, titles, strict=True)] == [1, 1, 1]


def test_where_nothing_is_split_borders_leave_a_blank_line() -> None:
    page = "\n\n".join("第1版(要闻)\n专栏:\n\n" + brief for brief in BRIEFS)
    (doc,) = Pipeline.from_recipe("news-zh", split=False)([page])
    assert doc.text.strip() == "\n\n".join(BRIEFS)
