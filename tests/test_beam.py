"""The beam search finds what trying everything finds."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.kernels.text import encode, fold
from cleaner.models import flow
from cleaner.models.lm import sequence_scores
from cleaner.repair.beam import search
from cleaner.repair.both_sides import LITTLE, MUCH, Candidate, Cut, weighed, worths
from cleaner.repair.likeliest import Row, candidates, settled
from cleaner.repair.options import Options, Track, fixed, options_of, words_of

CHARACTERS = st.sampled_from("市里昨天召开会议，安排部署今年的防汛工作。炩")
PLACES = st.lists(st.lists(CHARACTERS, min_size=1, max_size=3, unique=True), min_size=1, max_size=4)


def best_of_all(left: str, places: list[list[str]]) -> float:
    texts = [left + "".join(chosen) for chosen in product(*places)]
    alone = sequence_scores([left])[0] if left else 0.0
    return float(sequence_scores(texts).max() - alone)


@settings(max_examples=40, deadline=None)
@given(tracks=st.lists(st.tuples(st.text(CHARACTERS, max_size=3), PLACES), min_size=1, max_size=4))
def test_the_best_of_all_texts_is_found(tracks: list[tuple[str, list[list[str]]]]) -> None:
    found = search([Track(left, [options_of(p) for p in places]) for left, places in tracks])
    for (left, places), guesses in zip(tracks, found, strict=True):
        assert np.isclose(guesses[0].score, best_of_all(left, places), atol=1e-3)
        assert all(text in place for text, place in zip(guesses[0].texts, places, strict=True))
        assert [g.score for g in guesses] == sorted((g.score for g in guesses), reverse=True)


def test_tracks_do_not_see_each_other() -> None:
    tracks = [
        Track("召开", [options_of("会绘"), options_of("议义")]),
        Track("", [fixed("市"), options_of("里理")]),
    ]
    together = search(tracks)
    assert together == [search([track])[0] for track in tracks]


def test_silent_texts_are_not_seen_by_the_model() -> None:
    plain = search([Track("召开", [fixed("会"), fixed("议")])])[0][0]
    silent = search([Track("召开", [fixed("会"), fixed("(huì)"), fixed("议"), fixed("")])])[0][0]
    assert silent.score == plain.score
    assert silent.texts == ("会", "(huì)", "议", "")


def test_runs_of_known_characters_count_in_full() -> None:
    text = "市里昨天召开会议，安排部署"
    readings = [fixed("(shì)") if char == "天" else fixed(char) for char in text]
    places = [options_of("今炩"), *readings, options_of("防仿"), *map(fixed, "汛工作。")]
    (best, *_) = search([Track("", places)])[0]
    spoken = "今" + text.replace("天", "") + "防汛工作。"
    assert "".join(best.texts) == "今" + text.replace("天", "(shì)") + "防汛工作。"
    assert len(best.texts) == len(places)
    assert np.isclose(best.score, sequence_scores([spoken])[0], atol=1e-3)
    (seen, *_) = search([Track("", places)], words_of("安排部署"))[0]
    assert np.isclose(seen.score - best.score, 3 * 1.2 + 2 * 2.6, atol=1e-3)


def test_what_the_document_writes_elsewhere_counts() -> None:
    track = Track("走进", [fixed("灵"), fixed("溪"), fixed("村")])
    (plain,), (seen,) = search([track])[0], search([track], words_of("灵溪村在山里。"))[0]
    assert seen.score > plain.score + 3
    (other,) = search([track], words_of("村在溪边，溪水很灵。"))[0]
    assert other.score == plain.score


def test_a_digit_that_nobody_can_know_stays_open() -> None:
    swallowed = options_of([*"0123456789,"], swallowed=True)
    row = Row("共投入", [[swallowed]], "5万元")
    (found,) = candidates([row])
    (best,) = settled([found], [(row.before, row.after)], [MUCH])
    assert best.text == "?"
    assert best.guess.isdecimal()


def likely(before: str, places: list[Options], after: str) -> str:
    (best,) = settled(candidates([Row(before, [places], after)]), [(before, after)], [MUCH])
    return best.text


@pytest.mark.parametrize(
    ("before", "after", "digit"),
    [
        ("会议将于", "0月29日在省城召开", "1"),
        ("这项工程自", "024年起分三期建设", "2"),
        ("比赛于10月", "日举行", "?"),
        ("共有", "000年的历史", "?"),
    ],
)
def test_a_digit_is_given_where_only_one_makes_a_date(before: str, after: str, digit: str) -> None:
    swallowed = options_of([*"0123456789"], swallowed=True)
    assert likely(before, [swallowed], after) == digit


def test_seams_count_as_the_model_of_passages_has_them() -> None:
    cut = Cut("全市教育系统开展", "安全", "大检查，消除隐患", (0, 1))
    codes = fold(encode(cut.before + cut.text + cut.behind))
    seams = [len(cut.before) + k for k in range(3)]
    ends = np.array([(0, seam) for seam in seams])
    starts = np.array([(seam, len(codes)) for seam in seams])
    odds = np.diag(flow.load().scores(codes, ends, starts)).astype(np.float64)
    (alone,) = worths([cut])
    assert np.isclose(alone, 0.4 * odds.sum(), rtol=1e-6)
    others = [cut._replace(text=text) for text in ("安会", "平全", "工作")]
    assert worths([*others, cut])[-1] == alone  # in any company
    assert alone > max(worths(others[:2]))
    assert worths([]) == []


def test_a_row_where_one_is_far_ahead_is_not_asked_about() -> None:
    first = Candidate("安", "安", -3.0, ("安",), (0,))
    near, far = (
        first._replace(text="字", known="字", texts=("字",), score=-4.0),
        first._replace(text="宇", known="宇", texts=("宇",), score=-20.0),
    )
    around = [("全市教育系统开展", "全大检查")]
    assert weighed([[first, far]], around, [LITTLE]) == [[-3.0, -20.0]]
    (one, two, three) = weighed([[first, near, far]], around, [LITTLE])[0]
    assert one - two > 1.0
    assert three < two  # what was not asked about is worth the least of what was
