"""The search for the articles of a page."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.models import pages
from cleaner.restore.blocks import units_of
from cleaner.restore.chains import chains
from cleaner.restore.evidence import Evidence
from cleaner.restore.moves import moves
from cleaner.restore.page import gather, with_models
from cleaner.restore.states import Beam, Moves, Page, begun, grown, page_of, said

FLOOD = [
    "青川市启动防汛应急响应",
    "本报记者　周启明",
    "青川市昨天召开防汛工作会议。会议指出，今年汛期降雨偏多，各县区要切实保障人民群",
    "众生命财产安全，做好沙袋、冲锋舟等防汛物资的储备。",
    "会议要求，水库要严格控制水位，堤防要有人巡查，低洼地带的居民要及时转移。",
]
SCHOOL = [
    "青川中小学秋季开设劳动课",
    "本报记者　林一舟",
    "记者从市教育局获悉，今年秋季起，全市中小学的课表将有变化。学校将统一开设劳动",
    "课程，每周不少于一课时，学生要学会做饭、种菜和修理。",
    "市教育局表示，劳动课程的教师由学校统一培训，家长也可以走进课堂。",
]
PAGE = [*FLOOD[:3], *SCHOOL[:3], *FLOOD[3:], *SCHOOL[3:]]


def evidence_of(lines: list[str]) -> Evidence:
    view = Batch([Document("page", "\n".join(lines))]).view(0)
    return with_models(view, gather(view, units_of(view)))


def test_two_articles_in_columns_are_told_apart() -> None:
    found = chains(evidence_of(PAGE), pages.load())
    texts = [[PAGE[link.unit] for link in chain] for chain in found]
    assert texts == [FLOOD, SCHOOL]


def test_ends_of_columns_that_look_like_headings_are_found() -> None:
    first = "青川市昨天召开防汛工作会议，要求各县区切实保障人民群"
    lines = [*FLOOD[:2], first, *SCHOOL[:3], *FLOOD[3:], *SCHOOL[3:]]
    found = chains(evidence_of(lines), pages.load())
    assert [[lines[link.unit] for link in chain] for chain in found] == [
        [*FLOOD[:2], first, *FLOOD[3:]],
        SCHOOL,
    ]


def test_one_article_stays_whole() -> None:
    found = chains(evidence_of(FLOOD), pages.load())
    assert [[link.unit for link in chain] for chain in found] == [list(range(len(FLOOD)))]


@pytest.mark.parametrize("unit", [4, 6, 8])
def test_moves_of_a_beam_are_those_of_each_state(unit: int) -> None:
    page = page_of(evidence_of(PAGE), pages.load())
    beam = begun(page, 3)
    for at in range(3, unit):
        found = moves(page, beam, at)
        beam = grown(page, beam, at, found.taken(np.arange(len(found.score))[:6]))
    together = moves(page, beam, unit)
    for state in range(len(beam.score)):
        alone = moves(page, beam.taken(np.array([state])), unit)
        own = together.taken(np.flatnonzero(together.state == state))
        key = np.lexsort((own.text, own.to)), np.lexsort((alone.text, alone.to))
        for name in ("to", "text", "new", "score", "end", "key"):
            one, two = getattr(own, name)[key[0]], getattr(alone, name)[key[1]]
            assert one == pytest.approx(two)


def test_articles_of_a_stack_take_turns() -> None:
    page = page_of(evidence_of(PAGE), pages.load())
    beam = begun(page, 3)
    way = [1, 1, 0, 1, 2, 2]  # the first two come back in a second column, a third opens
    turns, stacks = [], []
    for unit, to in enumerate(way, 3):
        beam = moved(page, beam, unit, to)
        turns.append(int(beam.turn[0]))
        stacks.append(int(beam.stack[0]))
    assert stacks == [0, 0, 0, 0, 2, 2]
    assert turns == [0, 0, 1, 0, 2, 2]


def test_words_of_texts_beyond_the_first_set_of_bits() -> None:
    lines = [f"第{n}段写的是{chr(0x5000 + 2 * n)}{chr(0x5001 + 2 * n)}的事情。" for n in range(70)]
    page = page_of(evidence_of([*lines, lines[2], lines[66]]), pages.load())
    beam = begun(page, 70)
    words = page.evidence.words
    assert said(page, beam.units, words.of[70]).all()
    assert said(page, beam.units, words.of[71]).all()
    assert not said(page, begun(page, 66).units, words.of[71]).all()
    assert beam.mass[0, 0] == pytest.approx(sum(words.weight[np.unique(np.concatenate(words.of))]))


def test_columns_of_each_article_are_measured() -> None:
    page = page_of(evidence_of(PAGE), pages.load())
    beam = moved(page, begun(page, 3), 3, 1)
    first = len(PAGE[2])
    assert beam.column[0] == 0  # a title is above the columns
    assert (beam.filled[0].tolist(), beam.columns[0].tolist()) == ([first, 0], [1, 0])
    for unit, to in ((4, 1), (5, 1), (6, 0)):
        beam = moved(page, beam, unit, to)
    assert beam.filled[0].tolist() == [first, len(PAGE[5])]
    assert beam.columns[0].tolist() == [1, 1]
    assert beam.column[0] > len(PAGE[6])  # its last line is half empty


@pytest.mark.parametrize(("filled", "stays"), [(90.0, True), (10.0, False)])
def test_columns_of_an_article_are_of_one_height(filled: float, stays: bool) -> None:
    page = page_of(evidence_of(PAGE), pages.load())
    beam = begun(page, 3)
    for unit, to in ((3, 1), (4, 1), (5, 1), (6, 0)):
        beam = moved(page, beam, unit, to)

    def ahead(beam: Beam) -> float:
        found = moves(page, beam, 7)
        one, two = (float(found.score[found.text & (found.to == to)][0]) for to in (0, 1))
        return one - two

    told = ahead(beam._replace(filled=np.full_like(beam.filled, filled)))
    untold = ahead(beam._replace(columns=np.zeros_like(beam.columns)))
    assert told > untold if stays else told < untold


def moved(page: Page, beam: Beam, unit: int, to: int) -> Beam:
    """The only state once a unit went to an article, as what it seems."""
    none, text = np.zeros(1), page.evidence.text[[unit]]
    step = Moves(none.astype(int), np.array([to]), text, none, none, none.astype(int), beam.key)
    return grown(page, beam, unit, step)
