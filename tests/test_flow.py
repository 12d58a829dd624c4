"""How well a text goes on behind a seam."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.kernels.text import encode, fold
from cleaner.models import flow

CUT = [
    ("青川市昨天召开防汛工作会议，要求各县区切实保障人民群", "众生命财产安全，做好物资储备。"),
    ("记者从市教育局获悉，今年秋季起，全市中小学将统一开设劳动", "课程，每周不少于一课时。"),
    ("这家企业去年投入研发资金三千万元，新产品已经出口到东南", "亚多个国家，销售额增长两成。"),
    ("比赛进行到第七十八分钟，主队前锋接到传球，在禁区内一脚", "低射破门，将比分改写为二比一。"),
    ("村里的老人说，过去走出大山要花整整一天，如今公路修到家门", "口，半个小时就能到县城。"),
    ("医院负责人介绍，新门诊楼建成后，将大大缓解周边居民看", "病难的问题，预计明年投入使用。"),
]


def ranges(texts: list[str], start: int) -> np.ndarray:
    ends = start + np.cumsum([len(text) + 1 for text in texts]) - 1
    return np.stack([ends - [len(text) for text in texts], ends], axis=1)


def scores(ends: list[str], starts: list[str]) -> np.ndarray:
    codes = fold(encode("\n".join([*ends, *starts])))
    first = ranges(ends, 0)
    return flow.load().scores(codes, first, ranges(starts, int(first[-1, 1]) + 1))


def test_each_end_finds_its_beginning_and_each_beginning_its_end() -> None:
    table = scores([one for one, _ in CUT], [two for _, two in CUT])
    assert table.argmax(axis=0).tolist() == list(range(len(CUT)))
    assert table.argmax(axis=1).tolist() == list(range(len(CUT)))


def test_a_beginning_that_lost_characters_fits_less() -> None:
    table = scores([one for one, _ in CUT], [two for _, two in CUT])
    torn = scores([one for one, _ in CUT], [two[4:] for _, two in CUT])
    assert np.diag(table).mean() > np.diag(torn).mean() + 2


def test_a_pair_scores_the_same_bits_in_any_company() -> None:
    ends, starts = (list(side) for side in zip(*CUT, strict=True))
    table = scores(ends, starts)
    for row, end in enumerate(ends):
        assert scores([end], starts[::-1]).tolist() == [table[row, ::-1].tolist()]


def test_no_sum_of_the_model_outgrows_single_precision() -> None:
    model = flow.load()
    for side in (model.tail, model.head):
        for layer, bias in ((side.hidden, side.hidden_bias), (side.out, side.out_bias)):
            assert (np.abs(layer).sum(axis=0) * flow.MOST + np.abs(bias)).max() < 2**24
            assert (layer == np.rint(layer)).all() and (bias == np.rint(bias)).all()


@pytest.mark.parametrize("text", ["，", "一", "a b", "\U0001f600\ud800", "全"])
def test_any_passage_has_a_score(text: str) -> None:
    assert np.isfinite(scores([text], [text, "人"])).all()


def test_a_model_reads_what_it_wrote() -> None:
    model = flow.load()
    assert flow.from_bytes(model.to_bytes()).to_bytes() == model.to_bytes()
