"""Strip: what goes and what stays, on pages of our own making and on founding pages."""

from __future__ import annotations

import json
import random
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import recipe as recipes
from cleaner.apply import edited
from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.kernels.items import Vocabulary
from cleaner.kernels.text import encode
from cleaner.pipeline import Pipeline
from cleaner.strip.spam_words import longest_words
from cleaner.strip.spans import any_of
from cleaner.strip.told import Told

CASES = Path(__file__).parent / "cases" / "strip"
Case = dict[str, str]


@cache
def pipe(*names: str) -> Pipeline:
    """The strip stage of the default recipe, or the filters named."""
    recipe = recipes.load("news-zh")
    wanted = names or tuple(n for n in recipe.filters if n.startswith("strip."))
    return Pipeline.from_recipe(replace(recipe, filters=wanted, limits={}), split=False)


def strip(text: str, *names: str) -> Document:
    (doc,) = pipe(*names).clean([Document("case", text)]).docs
    return doc


def cases(name: str) -> list[Case]:
    lines = (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def same(text: str, other: str) -> bool:
    """Equal but for blanks at the ends of lines."""
    return [line.rstrip() for line in text.rstrip().split("\n")] == [
        line.rstrip() for line in other.rstrip().split("\n")
    ]


@pytest.mark.parametrize("nfkc", [False, True], ids=["native", "nfkc"])
@pytest.mark.parametrize("case", [*cases("wild"), *cases("synthetic")], ids=lambda case: case["id"])
def test_junk_goes(case: Case, nfkc: bool) -> None:
    before, after = case["before"], case["after"]
    if nfkc:
        before, after = (unicodedata.normalize("NFKC", text) for text in (before, after))
    assert same(strip(before).text, after), case["why"]


@pytest.mark.parametrize("nfkc", [False, True], ids=["native", "nfkc"])
@pytest.mark.parametrize("case", cases("negative"), ids=lambda case: case["id"])
def test_sound_text_stays(case: Case, nfkc: bool) -> None:
    text = unicodedata.normalize("NFKC", case["before"]) if nfkc else case["before"]
    assert strip(text).text == text, case["why"]


@pytest.mark.parametrize("case", cases("known_failures"), ids=lambda case: case["id"])
def test_known_failures_are_still_failures(case: Case) -> None:
    assert not same(strip(case["before"]).text, case["after"]), "works now: move it"


def test_every_removal_names_its_rule() -> None:
    for case in cases("synthetic"):
        doc = strip(case["before"])
        rules = [put.rule for change in doc.changes for put in change.puts]
        assert rules
        assert all(rule.startswith("strip.") and rule.count(".") == 2 for rule in rules), case["id"]


def test_edits_imply_suspects_on_pages_made_of_the_words_of_rules() -> None:
    """Random texts hardly ever hold the words that strip looks for; these hold little else."""
    rng = random.Random(1)
    book, editors = pipe().book, pipe().strip
    words = [
        word for name in ("spam_porn", "menu_words", "feed_headings") for word in book.words(name)
    ]
    words += [hit for rule in book.rules.values() for hit in rule.hits]
    glue = [
        "_",
        "|",
        " ",
        "\n",
        "\n\n",
        "，",
        "。",
        " I ",
        "...",
        "• ",
        "1 ",
        "?",
        "■",
        "\u3000",
        "中",
        "\t",
    ]
    for _ in range(120):
        texts = [
            "".join(rng.choice(rng.choice((words, glue))) for _ in range(rng.randint(1, 40)))
            for _ in range(6)
        ]
        batch = Batch([Document(str(n), text) for n, text in enumerate(texts)], book.automaton)
        for item in editors:
            for at in np.flatnonzero(~item.suspects(batch)).tolist():
                assert edited(batch, at, item) is None, (item.name, texts[at])


def test_meta_can_leave_the_lines_where_they_are() -> None:
    body = "市里昨天召开春耕会议，部署今年的备耕工作，各县区和有关部门的负责人参加。" * 3
    page = f"全市春耕全面展开\n2021-03-02 08:30 来源:某市日报\n{body}"
    recipe = replace(recipes.load("news-zh"), filters=("strip.meta",), limits={})
    pipeline = Pipeline.from_recipe(recipe.with_options("strip.meta", remove=False), split=False)
    (doc,) = pipeline.clean([Document("case", page)]).docs
    assert doc.text == page
    assert doc.meta["source"] == "某市日报"


def test_blanks_leaves_a_document_alone_that_lost_nothing() -> None:
    text = "\n\n甲。\n\n\n\n乙。\n\n"
    assert strip(text).text == text


def test_meta_moves_the_lines_above_the_text() -> None:
    body = "市里昨天召开春耕会议，部署今年的备耕工作，各县区和有关部门的负责人参加。" * 3
    page = f"全市春耕全面展开\n2021-03-02 08:30 来源:某市日报 作者:李小明\n{body}"
    doc = strip(page, "strip.meta", "strip.blanks")
    assert doc.text == body
    assert doc.meta == {
        "title": "全市春耕全面展开",
        "published": "2021-03-02 08:30",
        "source": "某市日报",
        "authors": "李小明",
    }


@pytest.mark.usefixtures("founding")
def test_founding_pages() -> None:
    """Page 001 keeps its three posts, 002 its article, 003 and 004 all but ornaments."""
    from benchmarks.strip import seeds

    for form in ("NFC", "NFKC"):
        figures = seeds(lambda text, form=form: unicodedata.normalize(form, text))  # type: ignore[misc]
        assert (figures["left"], figures["lost"], figures["counters"]) == (0, 0, 0)


def test_the_longest_of_some_words_is_found() -> None:
    pattern = any_of(["免费", "免费观看", "观看", "a-b", "a"])
    assert pattern.findall("免费观看免费 a-b a") == ["免费观看", "免费", "a-b", "a"]


def _longest_one_by_one(hits: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Literal, start and end of the words of some hits, as `strip.spam` has always told them."""
    found = {(start, end): literal for literal, start, end in hits}
    words = []
    last = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        first = max(start, last)
        if end - first >= 2:
            words.append((found[start, end], first, end))
            last = end
    return words


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40), st.integers(1, 6)), max_size=30))
def test_words_that_overlap_are_told_as_one_by_one(hits: list[tuple[int, int, int]]) -> None:
    spans = [(literal, start, start + size) for literal, start, size in hits]
    spans.sort(key=lambda hit: hit[2])  # as an automaton gives them
    found = longest_words(np.array(spans, np.int64).reshape(-1, 3).T)
    assert [tuple(word) for word in found.T.tolist()] == _longest_one_by_one(spans)


@pytest.mark.parametrize("stops", [0, 1, 20])
def test_an_endless_row_of_spam_goes_unless_it_states_something(stops: int) -> None:
    (rule,) = (rule for rule in pipe().book.of("strip.spam") if rule.id.endswith(".porn"))
    words = [word for word in rule.literals if word.isalpha()][:50]
    text = "市里昨天召开春耕会议，部署今年的备耕工作，各县区的负责人都到会参加。"
    row = " ".join([*(f"{one} {two}" for one in words for two in words[:4]), *["好看。"] * stops])
    assert (strip(f"{text}\n{row}", "strip.spam").text.strip() == text) is (stops < 20)


_FEW = st.text("ab甲乙丙丁", min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    st.text("ab甲乙丙丁\n", max_size=60).flatmap(lambda text: st.sampled_from([text, 400 * text])),
    st.lists(_FEW, max_size=8),
    st.floats(0.05, 1),
)
def test_lines_are_strange_that_share_too_few_pairs(
    text: str, lines: list[str], share: float
) -> None:
    told = Told(text)
    pairs = [[line[at : at + 2] for at in range(len(line) - 1)] for line in lines]
    held = [sum(pair in text for pair in own) for own in pairs]
    limits = [share * max(1, len(own)) for own in pairs]
    assert told.strange(lines, share) == [a < b for a, b in zip(held, limits, strict=True)]
    assert list(map(told.count, lines, told.likely(lines))) == held


@settings(max_examples=200, deadline=None)
@given(st.lists(_FEW, max_size=8), st.lists(_FEW, min_size=1, max_size=30))
def test_a_vocabulary_holds_its_words_and_no_others(words: list[str], items: list[str]) -> None:
    sizes = np.array(list(map(len, items)))
    codes = encode("".join(items))
    held = Vocabulary(words).holds(codes, np.cumsum(sizes) - sizes, sizes)
    assert held.tolist() == [item in words for item in items]
