"""Labels of lines: what a line is on its page."""

from __future__ import annotations

import pytest

from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.structure import Block, Label, closes_signed, structure_of

BODY = (
    "市里昨天召开春耕会议，部署今年的备耕工作，各县区和有关部门的负责人参加。会议要求抓紧检修农机。"
)


def blocks(text: str) -> tuple[Block, ...]:
    return structure_of(Batch([Document("page", text)]).view(0))


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("■ ■ ■", Label.ORNAMENT),
        ("记者 李小明 通讯员 张大山", Label.BYLINE),
        ("□记者 李小明", Label.BYLINE),
        ("(李小明)", Label.BYLINE),
        ("记者从市教育局获悉，今年秋季起，全市中小学的课表将有变化", Label.SUBHEAD),
        ("2021-03-02 08:30 来源:某市日报", Label.SOURCE),
        ("来源：某市日报", Label.SOURCE),
        ("責任編輯: 李小明", Label.EDITOR),
        ("[责任编辑：李小明]", Label.EDITOR),
        ("农技人员在田间查看墒情。李小明摄", Label.CAPTION),
        ("图为新桥通车现场。", Label.CAPTION),
        ("城东县河口镇", Label.PLACE),
        ("首页 > 新闻 > 正文", Label.CHROME),
        ("上一篇:新桥通车", Label.CHROME),
        ("某ICP备12345678号", Label.CHROME),
        (BODY, Label.BODY),
    ],
)
def test_a_line_in_the_middle_of_a_page(line: str, label: Label) -> None:
    found = blocks(f"{BODY}\n{line}\n{BODY}")
    assert found[1].label is label


def test_the_line_above_the_text_is_the_title_and_later_ones_are_subheads() -> None:
    labels = [block.label for block in blocks(f"春耕全面展开\n\n{BODY}\n\n农机下到田头\n\n{BODY}")]
    assert labels == [Label.TITLE, Label.BODY, Label.SUBHEAD, Label.BODY]


def test_blocks_name_their_lines() -> None:
    found = blocks(f"\n春耕\n\n{BODY}")
    assert [block.line for block in found] == [1, 3]
    assert found[1].end - found[1].start == len(BODY)


def test_datelines_and_signatures() -> None:
    first, last = blocks(f"本报讯（记者 李小明）{BODY}\n\n{BODY}（李小明）")
    assert first.dateline and not last.dateline
    assert closes_signed(f"{BODY}（李小明）") and not closes_signed(f"本报讯（记者 李小明）{BODY}")
    for mark in ("⑦", "7", "⑫"):  # of the editor
        view = Batch([Document("1", f"{BODY}（记者 李小明）{mark}")]).view(0)
        assert closes_signed(view.folded)


def test_a_very_long_line_is_body() -> None:
    (block,) = blocks("记者 " + "李小明、" * 100)
    assert block.label is Label.BODY
