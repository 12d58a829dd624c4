"""The language model: its tables, its training, its scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generate import articles
from cleaner.kernels.lm import build, look_up
from cleaner.kernels.text import encode, fold
from cleaner.models.lm import LanguageModel, load
from cleaner.train import lm as training

SENTENCE = "市图书馆周末开放夜场，读者可凭证件入馆。"


@pytest.mark.parametrize(("dtype", "bits"), [(np.uint16, 5), (np.uint16, 8), (np.uint32, 8)])
def test_tables_answer_like_a_dictionary(dtype: type[np.uint16], bits: int) -> None:
    chance = np.random.default_rng(1)
    keys = np.unique(chance.integers(0, 1 << 48, 5000).astype(np.uint64))
    values = chance.integers(0, 1 << bits, len(keys)).astype(np.uint8)
    found, present = look_up(build(keys, values, bits, 6600, dtype), keys, bits)
    assert present.all()
    assert (found == values).all()


def test_tables_hardly_know_strangers() -> None:
    keys = np.arange(5000, dtype=np.uint64)
    strangers = np.arange(10**6, 10**6 + 50_000, dtype=np.uint64)
    for dtype, bits, most in ((np.uint16, 5, 100), (np.uint32, 8, 2)):
        table = build(keys, np.zeros(5000, np.uint8), bits, 6600, dtype)
        assert look_up(table, strangers, bits)[1].sum() <= most


def test_a_table_that_is_too_small_says_so() -> None:
    keys = np.arange(1000, dtype=np.uint64)
    with pytest.raises(ValueError, match="too many for a table of 900 slots"):
        build(keys, np.zeros(1000, np.uint8), 8, 900, np.uint16)


@pytest.fixture(scope="module")
def small() -> LanguageModel:
    return trained(60)


def trained(count: int) -> LanguageModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "BIGRAM_SLOTS", 3 * 20_000)
        patch.setattr(training, "TRIGRAM_SLOTS", 3 * 30_000)
        return training.train(article.text for article in articles(count, seed=3))


@pytest.mark.parametrize("context", ["", "市", "市图", "，记", "龘"])
def test_probabilities_sum_to_one(context: str, small: LanguageModel) -> None:
    letters = "".join(map(chr, small.alphabet))
    text = "\n".join(context + letter for letter in letters)
    scores = small.scores(encode(text))
    step = len(context) + 2
    assert np.exp(scores[len(context) :: step].astype(np.float64)).sum() == pytest.approx(
        1, abs=0.12
    )  # of values that are quantised


def test_the_same_texts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        training.save(trained(10), tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again = load(tmp_path / "one.npz")
    assert (again.score_text(SENTENCE) == trained(10).score_text(SENTENCE)).all()


def test_the_shipped_model_is_small_and_knows_chinese() -> None:
    path = Path(training.__file__).parents[1] / "models" / "lm.npz"
    assert path.stat().st_size <= 8_000_000
    model = load()
    sound = model.score_text(SENTENCE).mean()
    assert sound > -6
    assert model.score_text("".join(sorted(SENTENCE))).mean() < sound - 1.5
    assert model.score_text("鐧惧害璐村惂鈥斿叏鐞").mean() < -8


def test_traditional_text_scores_like_simplified() -> None:
    assert load().score_text("縣圖書館開放").sum() == load().score_text("县图书馆开放").sum()


@given(st.lists(st.text(alphabet="市图书馆，。 a1\n龘", max_size=40), max_size=6))
def test_a_line_scores_the_same_in_any_company(texts: list[str]) -> None:
    model = load()
    whole = model.scores(fold(encode("\n".join([*texts, ""]))))
    at = 0
    for text in texts:
        assert (whole[at : at + len(text)] == model.score_text(text)).all()
        assert whole[at + len(text)] == 0
        at += len(text) + 1


def test_borders_of_chunks_leave_no_trace() -> None:
    model = load()
    text = SENTENCE * 3000
    scores = model.score_text(text)
    assert len(scores) == len(text)
    period = len(SENTENCE)
    assert (scores[period : 2 * period] == scores[-period:]).all()
    assert (scores[period:].reshape(-1, period) == scores[period : 2 * period]).all()


def test_single_steps_are_those_of_a_text() -> None:
    model = load()
    text = fold(encode("\n" + SENTENCE + "\n炩" + SENTENCE))
    numbers = np.concatenate([np.zeros(2, np.uint16), model.numbers.take(text)])
    at = np.arange(len(text))
    pairs = model.pairs(numbers[:-2], numbers[1:-1])
    scores, after = model.steps(numbers[:-2], numbers[1:-1], pairs, at, numbers[2:])
    assert np.array_equal(scores, model.scores(text))
    assert np.array_equal(after.backoff[:-1], pairs.backoff[1:])
