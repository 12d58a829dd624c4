"""What a passage speaks of."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.kernels.text import encode, fold
from cleaner.models import kin

FLOOD = [
    "青川市昨天召开防汛工作会议，要求各县区加强水库巡查，做好沙袋和冲锋舟的储备。",
    "水利部门表示，今年汛期降雨偏多，堤防一旦出现险情，要立即转移下游群众。",
]
SCHOOL = [
    "记者从市教育局获悉，今年秋季起，全市中小学开设劳动课程，每周不少于一课时。",
    "校长介绍，学生在课堂上学习做饭、种菜，老师由学校统一培训，家长也可以参加。",
]


def vectors(passages: list[str]) -> np.ndarray:
    ends = np.cumsum([len(passage) + 1 for passage in passages]) - 1
    edges = np.stack([ends - [len(passage) for passage in passages], ends], axis=1)
    return kin.load().of(fold(encode("\n".join(passages))), edges)


def test_passages_of_one_story_lie_nearer_than_those_of_two() -> None:
    found = vectors([*FLOOD, *SCHOOL])
    near = found @ found.T
    assert near[0, 1] > near[0, 2:].max() and near[2, 3] > near[2, :2].max()


def test_a_passage_has_the_same_bits_in_any_company() -> None:
    together = vectors([*FLOOD, "防", *SCHOOL])
    for row, passage in zip(together, [*FLOOD, "防", *SCHOOL], strict=True):
        assert vectors([passage]).tolist() == [row.tolist()]


@pytest.mark.parametrize("text", ["，", "一", "a b", "\U0001f600\ud800", "防汛"])
def test_any_passage_has_a_vector_of_length_one_or_none(text: str) -> None:
    (found,) = vectors([text])
    assert float(found @ found) == pytest.approx(1.0) or not found.any()


def test_a_model_reads_what_it_wrote() -> None:
    model = kin.load()
    assert kin.from_bytes(model.to_bytes()).to_bytes() == model.to_bytes()
