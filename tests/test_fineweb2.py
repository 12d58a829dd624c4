"""The signals of FineWeb2 against slow, obvious twins, and its recipe."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.errors import RecipeError
from cleaner.kernels.words import Words, repeated, top
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook
from cleaner.score.fineweb2 import FineWeb2

# Few letters, so that n-grams repeat, and so that "ab", "a" meets "a", "ba".
WORDS = st.lists(st.text("ab𠮷", min_size=1, max_size=2), max_size=40)
SENTENCES = [
    "昨天上午，市图书馆在新馆举行开馆仪式，三百多位读者走进大厅。",
    "馆长说，今年的借书量比去年增加了两成，孩子们的座位也多了一倍。",
    "家住附近的陈老师带着学生来上阅读课，她觉得这里安静、明亮。",
    "志愿者在门口帮老人办理新证，不到中午就办了一百二十张。",
    "下个月起，二楼的自习室将开放到晚上十点，周末照常开门。",
]
ARTICLE = "\n".join(SENTENCES)


def slow_top(words: list[str], n: int) -> int:
    grams = [" ".join(words[at : at + n]) for at in range(len(words) - n + 1)]
    if not grams:
        return 0
    gram, count = Counter(grams).most_common(1)[0]
    return len(gram) * count


def slow_repeated(words: list[str], n: int) -> int:
    seen: set[str] = set()
    at = total = 0
    while at + n <= len(words):
        gram = "".join(words[at : at + n])
        total += len(gram) if gram in seen else 0
        at += n if gram in seen else 1
        seen.add(gram)
    return total


@settings(max_examples=200, deadline=None)
@given(WORDS, st.integers(1, 6))
def test_repeats_of_words_are_those_of_the_slow_twins(words: list[str], n: int) -> None:
    found = Words.of(words)
    assert top(found, n) == slow_top(words, n)
    assert repeated(found, n) == slow_repeated(words, n)


@pytest.fixture(scope="module")
def scorer() -> FineWeb2:
    pytest.importorskip("jieba", reason="the extra fineweb2 is not installed")
    return FineWeb2(RuleBook.load(None), stop_words=["的", "在", "了"])


def signals(scorer: FineWeb2, text: str) -> dict[str, float]:
    found = scorer.score(Batch([Document("1", text)]))
    return {name.removeprefix("fineweb2_"): float(value[0]) for name, value in found.items()}


def test_signals_of_lines_and_marks(scorer: FineWeb2) -> None:
    found = signals(scorer, "甲村修了路。\n甲村修了路。\n\n- 路灯也亮了\n# 明天…\n")
    assert found["duplicate_lines"] == pytest.approx(1 / 5)  # the empty end is a line of its own
    assert found["line_ends"] == 2 / 4
    assert found["duplicate_line_chars"] == pytest.approx(6 / 24)
    assert found["bullets"] == 1 / 5
    assert found["ellipsis_lines"] == 1 / 5
    assert found["hashes"] > 0
    assert found["stop_words"] == 1


def test_words_of_symbols_are_not_counted_but_lack_letters(scorer: FineWeb2) -> None:
    found = signals(scorer, "图书馆，阅读课。")
    assert found["words"] == 2
    assert found["word_length"] == 3
    assert found["letters"] == 2 / 4


@pytest.mark.parametrize("text", ["", "\n\n", "。", " 　"])
def test_texts_without_words_have_signals(scorer: FineWeb2, text: str) -> None:
    assert signals(scorer, text)["words"] == 0


DROPPED = {
    "fineweb2_words": SENTENCES[0],
    "fineweb2_duplicate_line_chars": "\n".join([*SENTENCES, *SENTENCES]),
    "fineweb2_line_ends": "".join(SENTENCES).replace("。", "、"),
    "fineweb2_lists": ARTICLE.replace("，", "。\n").replace("、", "。\n").replace("的", "的\n"),
    "fineweb2_letters": ARTICLE + " 1 - 2 - 3 - 4 - 5 - 6 - 7 - 8 - 9 - 10 - 11 - 12 。",
    "fineweb2_stop_words": "".join(s.translate({ord(c): "某" for c in "的在了年月和日"})
                                   for s in SENTENCES),
}  # fmt: skip


@pytest.mark.usefixtures("scorer")
def test_recipe_keeps_an_article() -> None:
    (doc,) = Pipeline.from_recipe("fineweb2-zh")([ARTICLE])
    assert doc.kept, doc.reasons


@pytest.mark.usefixtures("scorer")
@pytest.mark.parametrize("signal", DROPPED)
def test_recipe_drops_for_the_reason(signal: str) -> None:
    (doc,) = Pipeline.from_recipe("fineweb2-zh")([DROPPED[signal]])
    assert signal in {reason.signal for reason in doc.reasons}


def test_without_jieba_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(RecipeError, match=r"corpus-mend\[fineweb2\]"):
        FineWeb2(RuleBook.load(None))
