"""Text in the wrong codec comes back; sound text of every language stays."""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from benchmarks.damage_codec import KINDS
from benchmarks.repair import codec_invented
from cleaner.apply import edited
from cleaner.batch import Batch
from cleaner.catalog import build
from cleaner.document import Document
from cleaner.filter import Editor
from cleaner.kernels.text import encode, fold
from cleaner.models.lm import load as load_model
from cleaner.repair.habits import Habits
from cleaner.repair.hybrid_lattice import BLANK_COST, spots_of_all, utf8_of
from cleaner.repair.in_step import Ask, Task, in_step
from cleaner.repair.readers import LOST, SINGLE, WIDE, reader
from cleaner.repair.remembered import remembered
from cleaner.repair.routes import common_share
from cleaner.rules import RuleBook

CASES = Path(__file__).parent / "cases" / "repair"

# Shares of invented sentences that come back exactly, where it is not nearly all.
LOSSY = {
    "utf16_swapped": 0.7,
    "utf8_as_cp1252_stripped": 0.7,
    "utf8_as_gbk": 0.75,
    "utf8_as_cp936": 0.2,  # digits that were swallowed stay unknown
    "utf8_as_gb18030": 0.75,
    "gbk_as_big5": 0.6,
    "gbk_as_shift_jis": 0.3,
    "gbk_as_euc_kr": 0.7,
    "utf8_as_shift_jis": 0.6,
    "gbk_as_utf8_latin1": 0.9,
}
HOPELESS = {"utf8_as_euc_kr", "utf8_as_big5", "big5_as_gbk"}


def cases(name: str) -> list[Any]:
    lines = (CASES / name).read_text("utf-8").splitlines()
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


@cache
def editor() -> Editor:
    found = build("repair.mojibake", RuleBook.load(), {})
    assert isinstance(found, Editor)
    return found


def mend(text: str) -> str:
    batch = Batch([Document("case", text)])
    doc = edited(batch, 0, editor()) if editor().suspects(batch)[0] else None
    return doc.text if doc else text


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    return codec_invented(str)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in HOPELESS])
def test_every_kind_comes_back(kind: str, figures: dict[str, float]) -> None:
    assert figures[f"{kind}.exact"] >= LOSSY.get(kind, 0.97)


@pytest.mark.parametrize("case", cases("mojibake_wild.jsonl"))
def test_wild_spots(case: dict[str, str]) -> None:
    assert mend(case["text"]) == case["want"]


@pytest.mark.parametrize("case", cases("mojibake_negative.jsonl"))
def test_sound_text_stays(case: dict[str, str]) -> None:
    assert mend(case["text"]) == case["text"]


def test_a_damaged_paragraph_in_a_sound_page() -> None:
    sound = "市图书馆周末开放夜场，读者可凭证件入馆。"
    bad = KINDS["utf8_as_gbk"]("附近居民都说新馆环境很好，来看书很方便。")
    assert mend(f"{sound}\n{bad}\n{sound}") == (
        f"{sound}\n附近居民都说新馆环境很好，来看书很方便。\n{sound}"
    )


def test_pages_of_one_batch_come_back_as_each_alone() -> None:
    text = "昨天上午，市里召开防汛工作会议。\n会议要求各地落实责任，确保群众安全。"
    kinds = ("utf8_as_gbk", "gbk_as_big5", "gbk_as_latin-1", "utf8_as_cp936", "gbk_as_utf8_latin1")
    pages = [text, *(KINDS[kind](text) for kind in kinds), "x" * (1 << 16), KINDS[kinds[0]](text)]
    batch = Batch([Document(str(k), page) for k, page in enumerate(pages)])
    suspects = editor().suspects(batch)
    for at in reversed(range(len(pages))):  # whoever is asked for first
        doc = edited(batch, at, editor())
        assert (doc.text if doc else pages[at]) == mend(pages[at])
        assert suspects[at] or doc is None


def test_tasks_in_step_get_the_answers_to_their_own_questions() -> None:
    calls: list[list[int]] = []

    def doubled(numbers: list[int]) -> list[int]:
        calls.append(numbers)
        return [2 * number for number in numbers]

    def task(*steps: list[int]) -> Task[list[int]]:
        found: list[int] = []
        for step in steps:
            found += yield Ask(doubled, step)
        return found

    assert in_step([task([1], [2, 3]), task(), task([], [4])]) == [[2, 4, 6], [], [8]]
    assert calls == [[1], [2, 3, 4]]  # one call a step


def test_a_damaged_stretch_within_a_line() -> None:
    bad = KINDS["utf8_as_cp1252"]("市图书馆开放夜场")
    assert mend(f"标题：{bad}（全文）") == "标题：市图书馆开放夜场（全文）"


@pytest.mark.parametrize(
    "line",
    [
        "面对这样的问题,今后几年究竟应当怎样解决?",
        "我们要问,这样做是否合适?",
        "他说,今年的收成很好!",
        "全市防汛工作会议召开",  # a headline, which may have lost its last byte alone
        "我们要问，这样做是否合适？",
    ],
)
def test_the_mark_at_the_end_of_a_line(line: str) -> None:
    assert mend(KINDS["utf8_as_cp936"](line)) == line


@pytest.mark.parametrize(
    "text",
    [
        "市气象台今天发布大风预警。\n各区已经停止室外施工，学校调整了上课时间。\n市民可以拨打热线了解情况。",
        "会议昨天在本市举行,代表们讨论了新的规划。\n代表们认为,新的规划很及时。",
        "图书馆今天开放了新的阅览室。\n读者可以在这里借阅各类图书，也可以参加讲座。",
    ],
)
def test_newlines_that_were_swallowed(text: str) -> None:
    assert mend(KINDS["utf8_as_cp936"](text)) == text


@pytest.mark.parametrize(
    "line",
    [
        "王老师告诉记者,为了检查大桥的安全状况,他们每天都要下河。",
        "我们看到,从制造,到物流,再到销售,全市企业都很忙。",
        "每条船可坐十二个桨手,一个鼓手,大家齐心用力。",
        "他说,大家把这里叫作‘小书房’,每天都有孩子来看书。",
        "市里决定加强学校管理;完善医疗服务体系;扩大就业渠道,让群众得到实惠。",
    ],
)
def test_marks_that_were_swallowed(line: str) -> None:
    assert mend(KINDS["utf8_as_cp936"](line)) == line


def test_habits_of_marks() -> None:
    plain, listing = Habits("今年增长很快,明年继续"), Habits("修路;架桥;建房")
    assert plain.bias(",") > plain.bias(";") > plain.bias('"')
    assert listing.bias(";") - listing.bias(":") > plain.bias(";") - plain.bias(":")
    wide = Habits("今年增长很快，明年继续")
    assert wide.bias(",") < plain.bias(",")


def test_many_digits_in_a_row_that_were_swallowed() -> None:
    line = "比赛以3战1胜1平1负结束，两队握手言和，观众热烈鼓掌。"
    found = mend(KINDS["utf8_as_cp936"](line))
    assert len(found) == len(line)
    assert found.isprintable()
    assert found.endswith("负结束，两队握手言和，观众热烈鼓掌。")


def test_answers_are_remembered_for_lines_of_every_length() -> None:
    asked: list[str] = []

    @remembered
    def size(line: str) -> int:
        asked.append(line)
        return len(line)

    lines = ["一", "一" * 5000, "二"]
    assert [size(line) for line in lines * 2] == [1, 5000, 1] * 2
    assert asked == lines


def spots_of(line: str) -> list[list[str]]:
    return spots_of_all([line])[0]


def test_lines_side_by_side_have_the_lattice_of_each_alone() -> None:
    texts = ("国务院办公厅", "我", "2026年，市图书馆开放夜场。")
    lines = [KINDS["gbk_as_utf8_latin1"](text) for text in (*texts, texts[0] * 30)]
    assert spots_of_all([*lines, "一", lines[0]]) == [*map(spots_of, [*lines, "一", lines[0]])]
    assert spots_of_all([]) == []


def test_short_lines_follow_the_others() -> None:
    text = "市图书馆周末开放夜场，读者可凭证件入馆。\n图片\n附近居民都说来这里看书十分方便。"
    assert mend(KINDS["gbk_as_latin-1"](text)) == text


def test_edits_carry_a_rule_and_a_confidence() -> None:
    batch = Batch([Document("case", KINDS["utf8_as_gbk"]("市图书馆周末开放夜场，读者可入馆。"))])
    (edit,) = editor().edits(batch.view(0))
    assert edit.rule == "repair.mojibake.utf8_as_gbk"
    assert 0 < edit.confidence <= 0.99


@pytest.mark.parametrize("codec", [*WIDE, *SINGLE])
def test_readers_lead_back_to_the_bytes(codec: str) -> None:
    table = reader(codec)
    for char, data in list(table.table.items())[::97]:
        if data != LOST and codec in SINGLE:
            assert table.to_text(data) == chr(char)
        assert table.to_bytes(chr(char)) == data


def test_readers_know_what_they_lose() -> None:
    fails = reader("gbk").fails
    assert fails[0x80, :0xFF].all()  # no lead byte
    assert fails[0xB0, 0x20]  # no trail byte
    assert not fails[0xB0, 0xA1]  # 啊


def _best_reading(line: str) -> str:
    """The bytes of a line in the reading whose characters are most common, all being tried."""
    model = load_model()
    best, data = -1e9, ""
    ways = [[char, utf8_of(char)] if "\x80" <= char <= "\xff" else [utf8_of(char)] for char in line]
    for pieces in product(*ways):
        raw = "".join(pieces).encode("latin-1")
        chars = raw.decode("gbk", "replace")
        if raw.decode("utf-8", "cleaner_latin1") != line or "\ufffd" in chars:
            continue
        outer = "".join(char for char in chars if char >= "\x80")
        score = float(model.unigram[model.numbers[fold(encode(outer))]].sum())
        score -= BLANK_COST * outer.count("\u3000")
        if score > best:
            best, data = score, raw.decode("latin-1")
    return data


@pytest.mark.parametrize("text", ["妈妈买了绿色蔬菜", "论坛A区明天开门", "没有门路,只有两米"])
def test_the_first_ways_of_a_lattice_make_the_most_common_reading(text: str) -> None:
    line = KINDS["gbk_as_utf8_latin1"](text)
    assert "".join(ways[0] for ways in spots_of(line)) == _best_reading(line)


def test_no_reading_of_what_cannot_be_gbk() -> None:
    assert spots_of("一") == []  # three bytes


def test_the_share_of_common_characters() -> None:
    assert common_share("今天有雨。") == 1.0
    assert common_share("今天囍嬲a") == 0.5
    assert common_share("abc") == 0.0
