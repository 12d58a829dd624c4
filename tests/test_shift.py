"""GBK that was cut between the bytes of a character comes back into step."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.damage_shift import MANY, shifted
from benchmarks.repair import shift_invented
from cleaner.apply import edited
from cleaner.batch import Batch
from cleaner.catalog import build
from cleaner.document import Document
from cleaner.filter import Editor
from cleaner.repair.habits import Form
from cleaner.repair.readings import read_readings
from cleaner.repair.stream import Walker, pair
from cleaner.rules import RuleBook

CASES = Path(__file__).parent / "cases" / "repair"


def cases(name: str) -> list[Any]:
    lines = (CASES / name).read_text("utf-8").splitlines()
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


@cache
def editor() -> Editor:
    found = build("repair.shift", RuleBook.load(), {})
    assert isinstance(found, Editor)
    return found


def mend(text: str) -> str:
    batch = Batch([Document("case", text)])
    doc = edited(batch, 0, editor()) if editor().suspects(batch)[0] else None
    return doc.text if doc else text


@pytest.mark.parametrize("case", cases("shift_wild.jsonl"))
def test_wild_spots(case: dict[str, str]) -> None:
    assert mend(case["text"]) == case["want"]


@pytest.mark.parametrize("case", cases("shift_known_failures.jsonl"))
@pytest.mark.xfail(strict=True, reason="known failure: see its `why`")
def test_known_failures(case: dict[str, str]) -> None:
    assert mend(case["text"]) == case["want"]


@pytest.mark.parametrize("case", cases("shift_negative.jsonl"))
def test_sound_text_stays(case: dict[str, str]) -> None:
    assert mend(case["text"]) == case["text"]


def test_invented_pages_come_back() -> None:
    figures = shift_invented(str)
    assert figures["traditional_pinyin.exact"] >= 0.8
    assert figures["simplified.exact"] >= 0.55  # digits that were swallowed stay unknown
    assert figures["traditional_pinyin_nfkc.exact"] >= 0.7


def test_a_swallowed_digit_is_not_made_up() -> None:
    # 长3 lost the second byte of 长 and the digit; which one it was nobody can tell.
    mended = mend("环境治理投资增?.5%。昨日，市里公布了数据。")
    assert "增" in mended
    assert not any(digit in mended for digit in "0123467891")


def test_a_cut_that_left_no_mark() -> None:
    assert (
        mend("一步投身检测工作！翱v向領導、橫向到邊。") == "一步投身检测工作。“縱向領導、橫向到邊。"
    )


@pytest.mark.parametrize(
    "sound",
    [
        "“这条路修好以后，大家出门方便多了。”村民们高兴地说，“往年下雨天，孩子上学要绕行十几里。”",
        "他说：“产品质量是企业的生命。”会上，代表们围绕生产安全、环境保护等方面交流了经验。",
    ],
)
def test_a_page_whose_cuts_left_no_mark(sound: str) -> None:
    damaged = shifted(sound, None, MANY, lost="")
    assert damaged != sound
    assert mend(damaged) == sound


def test_pages_of_one_batch_come_back_as_each_alone() -> None:
    sound = "他说：“产品质量是企业的生命。”会上，代表们交流了经验。大家认为，环境保护要先行。"
    readings = "他認為日qìng)bào)對(duì)這(yàn)個(gè)問(wèn)題(dì)的報(bào)道很及時(shí)。"
    pages = [sound, shifted(sound, None, MANY), shifted(sound, None, MANY, lost=""), readings]
    batch = Batch([Document(str(k), page) for k, page in enumerate(pages)])
    for at in (3, 0, 2, 1):  # whoever is asked for first
        doc = edited(batch, at, editor())
        assert (doc.text if doc else pages[at]) == mend(pages[at])
    assert sum(mend(page) != page for page in pages) >= 2


def test_readings_that_lost_their_bracket() -> None:
    damaged = "他認為日qìng)bào)對(duì)這(yàn)個(gè)問(wèn)題(dì)的報(bào)道很及時(shí)。"
    assert mend(damaged).startswith("他認為日報(bào)對(duì)這")


def test_quotes_and_brackets_in_turn() -> None:
    inside = Form("他说：“好", "他又说：“")
    assert inside.worth("。”") > inside.worth("。“")
    assert Form("他说", "").worth("。") > Form("他说", "").worth("，")
    assert Form("如图（一", "所示").worth("）") > Form("如图（一", "所示").worth("（")


def test_pairs_of_bytes() -> None:
    assert pair("\xb0", "\xa1") == "啊"
    assert "啊" in (pair("\xb0", "\xff") or "")
    assert "啊" in (pair("\xff", "\xa1") or "")
    assert pair("\xff", "\x30") is None


def test_a_walk_is_back_in_step_at_an_ascii_trail() -> None:
    walker = Walker(read_readings(RuleBook.load()), folded=False)
    # 。“縱向 without its first byte and the second: A3 | A1 B0 | BF 76
    walks = walker.walks("翱v向", 0, "\xa1")
    assert [(walk.end, walk.slots) for walk in walks] == [(2, ("“", "縱"))]


def test_the_founding_page(founding: Path) -> None:
    page = next((founding / "seeds").glob("002_1*.txt")).read_text("utf-8")
    mended = mend(page)
    for spot in ("更幸福——太原市", "保卡的短信，年齡", "工作。“縱向", "所在。”迎澤街道黨工委"):
        assert spot in mended
    assert mended.count("日報(bào)") == 2


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("“市民可以放心?！彼f，檢查將持續到月底。", "“市民可以放心。”他說，檢查將持續到月底。"),
        ("“新館今天開放?！彼f，歡迎市民前來。", "“新館今天開放。”他說，歡迎市民前來。"),
        ("记者从文物?；に裣?，场馆已经修好。", "记者从文物保护所获悉，场馆已经修好。"),
        (
            "昨日，河橋縣公安局聯合8個部門對?；愤M行檢查，現場整改102處。",
            "昨日，河橋縣公安局聯合8個部門對危化品進行檢查，現場整改102處。",
        ),
        (
            "但是，對于當?shù)卮迕穸裕笊匠蔀樽韪羲麄兣c外界的障礙。",
            "但是，對于當地村民而言，大山成為阻隔他們與外界的障礙。",
        ),
    ],
)
def test_pairs_of_private_use_that_were_dropped(text: str, want: str) -> None:
    assert mend(text) == want


def test_strange_characters_stay_where_private_use_was_kept() -> None:
    kept = "昨日有風\ue000。“市民可以放心?！彼f，檢查將持續到月底。"
    assert "他說" not in mend(kept)
