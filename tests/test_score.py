"""The score room: signals, the combined number, shortcuts that are shut, training and tuning."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from opencc import OpenCC

from benchmarks.generate import Article, articles
from cleaner.batch import Batch
from cleaner.cuts import is_report
from cleaner.document import Change, Document, Keep, Put
from cleaner.errors import InputError, RecipeError
from cleaner.kernels.text import fold_text
from cleaner.models import coherence as coherence_model
from cleaner.models import news as news_model
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook
from cleaner.score.coherence import Coherence
from cleaner.score.combined import Combination, NewsCoherence, combination, line_of
from cleaner.score.fasttext import FastText
from cleaner.score.filler import Filler
from cleaner.score.forms import Forms
from cleaner.score.judged import doc_inputs, pyramid_of
from cleaner.score.narration import Narration
from cleaner.score.news import News
from cleaner.score.openings import Openings
from cleaner.score.removed import removed_share
from cleaner.score.streams import stream_of_batch
from cleaner.train import measures
from cleaner.train.ablation import ablation
from cleaner.train.coherence import Settings, judged_of, train_coherence
from cleaner.train.follows import FollowSettings
from cleaner.train.incoherent import DAMAGES, excerpt, is_told, pairs, with_one_foreign
from cleaner.train.measures import auc
from cleaner.train.news import train_news
from cleaner.train.pyramid import built, pyramid_weights, with_pyramid
from cleaner.train.small import logistic
from cleaner.train.topics_of_units import TopicSettings
from cleaner.train.tune import as_toml, fits, limit_of, tuned

BOOK = RuleBook.load()
CASES = Path(__file__).parent / "cases" / "score"


def cases(kind: str) -> list[dict[str, Any]]:
    path = CASES / f"{kind}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@cache
def pipe() -> Pipeline:
    return Pipeline.from_recipe("news-zh", limits={}, split=False)


def batch_of(*texts: str) -> Batch:
    docs = [Document(str(number), text) for number, text in enumerate(texts)]
    return Batch(docs, BOOK.automaton)


def signals(text: str) -> dict[str, float]:
    batch = batch_of(text)
    found = {n: float(v[0]) for item in pipe().score for n, v in item.score(batch).items()}
    return found | {"news_coherence": float(NewsCoherence(BOOK).score(batch)["news_coherence"][0])}


@cache
def samples() -> tuple[Article, ...]:
    return tuple(articles(40, seed=11))


def body(article: Article) -> str:
    return "\n".join(article.paragraphs)


@pytest.mark.parametrize("kind", ["wild", "synthetic", "negative"])
def test_cases(kind: str) -> None:
    wrong = []
    for case in cases(kind):
        found = signals(case["text"])
        for signal, (low, high) in case["expect"].items():
            if not low <= found[signal] <= high:
                wrong.append((case["id"], signal, round(found[signal], 3), case["expect"][signal]))
    assert not wrong


def test_known_failures_still_fail() -> None:
    for case in cases("known_failures"):
        found = signals(case["text"])
        held = all(low <= found[s] <= high for s, (low, high) in case["expect"].items())
        assert not held, f"{case['id']} is mended: move it to its kind"


def test_width_of_punctuation_does_not_move_the_score() -> None:
    table = str.maketrans("，：；？！（）", ",:;?!()")
    for article in samples()[:10]:
        text = body(article)
        wide, narrow = signals(text), signals(text.translate(table))
        for signal in ("news", "coherence", "news_coherence", "terminal_punctuation"):
            assert wide[signal] == pytest.approx(narrow[signal], abs=1e-6), signal


def test_script_does_not_move_the_score() -> None:
    import opencc

    to_traditional = opencc.OpenCC("s2t")
    for article in samples()[:10]:
        text = body(article)
        other = to_traditional.convert(text)
        if fold_text(other) != fold_text(text):
            continue  # the conversion chose characters that the folded view keeps apart
        assert signals(text)["news_coherence"] == signals(other)["news_coherence"]


def test_length_and_paragraphs_hardly_move_the_news_part() -> None:
    for article in samples()[:10]:
        text = body(article)
        joined = text.replace("\n", "")
        assert signals(joined)["news"] == signals(text)["news"]
        assert signals(text + "\n" + text)["news"] == pytest.approx(signals(text)["news"], abs=0.02)


def test_line_breaks_alone_do_not_decide() -> None:
    """The same sentences in one line stay on the same side."""
    for case in cases("negative"):
        joined = case["text"].replace("\n", "")
        low, high = case["expect"]["news_coherence"]
        assert low - 0.1 <= signals(joined)["news_coherence"] <= high, case["id"]


def test_a_foreign_paragraph_is_marked() -> None:
    texts = {case["id"]: case["text"] for case in cases("negative")}
    own = (texts["party_paper"] + "\n" + texts["party_paper"].replace("今年", "明年")).split("\n")
    stranger = texts["police_brief"].split("\n")[1]
    view = batch_of("\n".join([*own[:2], stranger, *own[2:]])).view(0)
    marked = [e for e in NewsCoherence(BOOK).evidence(view) if e.signal == "coherence"]
    assert marked
    assert view.text[marked[0].start : marked[0].end] in stranger


def test_evidence_shows_what_each_part_takes_away() -> None:
    text = "第一条　为了规范管理，制定本办法。\n第二条　本办法自公布之日起施行。\n" * 4
    notes = [e.note for e in NewsCoherence(BOOK).evidence(batch_of(text).view(0))]
    assert any(note.startswith("repetition: ×") for note in notes)


def test_the_combination_is_monotone() -> None:
    found = combination()
    groups = (found.parts, found.kind, found.piece, {"calibration": found.calibration})
    lines = [pair for group in groups for pair in group.items()]
    for name, line in lines:
        steps = np.diff(line.value)
        assert (np.diff(line.at) > 0).all(), name
        assert (steps >= 0).all() or (steps <= 0).all(), name
    assert (np.diff(found.calibration.value) >= 0).all()


def test_better_parts_never_lower_the_score() -> None:
    found = combination()
    grid = np.linspace(0, 1, 21)
    lines = {**found.parts, **found.kind, **found.piece}
    best = {name: np.full(21, line.at[np.argmax(line.value)]) for name, line in lines.items()}
    for part in ("news", "pyramid", "unity", "order", "coherence"):
        values = found.calibration(found.mean({**best, part: grid}))
        assert (np.diff(values) >= 0).all() and values[-1] > values[0]


def test_the_lower_of_kind_and_piece_decides() -> None:
    """A mean of products: neither can be made up for by the other, and each part has its share."""
    line = line_of([0, 1], [0.01, 1])
    table = Combination({"damage": line}, {"news": line, "unity": line}, {"unity": line}, 0.5, line)
    both = {
        "damage": np.array([1.0, 1.0, 1.0, 0.1]),
        "news": np.array([1.0, 0.1, 1.0, 1.0]),
        "unity": np.array([1.0, 1.0, 0.1, 1.0]),
    }
    mean = table.mean(both)
    assert mean.tolist() == pytest.approx([1.0, 2 / (1 / 0.109 + 1), 0.109, 0.109])
    assert table.shares(both)["unity"].tolist() == pytest.approx([1.0, 1.0, 0.109, 1.0])


def test_removed_share_counts_strip_and_restore_only() -> None:
    source = "广告在此。正文 正文"
    strip = Change("strip.feed", source, (Put("", 0, 5, "r"), Keep(5, 10)))
    repair = Change("repair.pinyin", source, (Put("", 0, 5, "r"), Keep(5, 10)))
    assert removed_share(Document("1", source).changed(strip)) == pytest.approx(5 / 9)
    assert removed_share(Document("1", source).changed(repair)) == 0.0
    joined = Change("restore.page", source, (Keep(0, 7), Put("", 7, 8, "join"), Keep(8, 10)))
    assert removed_share(Document("1", source).changed(joined)) == 0.0


COUNTED = [(kind, rule) for kind in (Filler, Forms, Narration) for rule in BOOK.of(kind.name)]


@pytest.mark.parametrize(("kind", "rule"), COUNTED, ids=lambda item: getattr(item, "id", ""))
def test_rules_that_count_find_their_hits_and_spare_near_misses(kind: Any, rule: Any) -> None:
    scorer = kind(BOOK)
    assert rule.hits and rule.near_misses
    for text in rule.hits:
        view = batch_of(f"市里昨天开会。\n{text}").view(0)
        assert rule.id in {e.note for e in scorer.evidence(view)}, text
    for text in rule.near_misses:
        view = batch_of(f"市里昨天开会。\n{text}").view(0)
        assert rule.id not in {e.note for e in scorer.evidence(view)}, text


def test_articles_of_a_law_are_a_form_of_their_own() -> None:
    law = "第一条 为了保护湖泊,制定本办法。\n第二条 本办法适用于全市。\n第三条 市水务局负责实施。"
    news = "市水务局昨日发布湖泊保护办法。\n依照办法第三条的规定，围湖的须恢复原状。"
    found = Forms(BOOK).score(Batch([Document("1", law), Document("2", news)], BOOK.automaton))
    assert found["other_form"].tolist() == [pytest.approx(1 - 0.45**3), 0.0]


def test_years_long_past_are_the_form_of_a_history() -> None:
    history = "1683年，县城建起第一座书院。\n1871年书院失火，1902年重建，改称学堂。"
    news = "市图书馆新馆昨日开放，馆藏始于1958年。\n今年前8个月，全市新增岗位1950个。"
    found = Forms(BOOK).score(batch_of(history, news))["other_form"]
    assert found.tolist() == [pytest.approx(1 - 0.7**3), pytest.approx(0.3)]


def test_a_story_has_different_phrases_of_story_tellers() -> None:
    story = "周书记皱着眉，半晌没说话。老郑压低声音，凑到他耳边：“您看这事？”"
    topic = "眉头一皱，是这个表情符号的名字。" + "“眉头一皱”昨日上架。" * 40
    report = "老人皱着眉说，楼道的灯坏了半个月。社区昨日派人换上了新灯。"
    values = Narration(BOOK).score(batch_of(story, topic, report, ""))["narration"]
    assert values.tolist() == [pytest.approx(1000 * 4 / 400), 0.0, 0.0, 0.0]


def test_fiction_of_official_life_is_no_news_in_whatever_width_and_script() -> None:
    (case,) = [case for case in cases("synthetic") if case["id"] == "official_fiction"]
    forms = (case["text"], normalize("NFKC", case["text"]), OpenCC("s2t").convert(case["text"]))
    assert max(signals(text)["news_coherence"] for text in forms) < 0.2


def test_what_has_another_form_is_no_news_however_it_is_worded() -> None:
    table = combination()
    sound = {name: np.ones(2) for name in (*table.kind, *table.piece, *table.parts)}
    sound["length"] = np.full(2, 500)
    sound |= dict.fromkeys(
        ("fragment_share", "repetition", "damage", "machine_filler", "more_articles", "narration"),
        np.zeros(2),
    )
    sound["other_form"] = np.array([0.0, 0.91])  # three articles of a law
    values = table.calibration(table.mean(sound))
    assert values[0] > 0.95
    assert values[1] < 0.2


HEADS = (
    "2026年05月01日 星期五\n新馆开放\n可以夜读\n发布日期：2026-05-01\n来源：临江日报\n编辑：林一舟",
    "市图书馆新馆开放\n图为新馆的阅览室，读者正在看书。",
    "市图书馆新馆开放\n左图：读者在看书。\n新馆的阅览室里，读者们找到了座位。 林一舟 摄",
    "临江市图书馆新馆昨日开放",
    "北桥区\n市图书馆新馆开放\n读者可以夜读（组图）",
    "“夜里也能读书”\n本报记者 林一舟\n2024-05-01 10:20",
    "市图书馆新馆即日起向全市 1,700 名登记在册的街坊和北桥南岛两镇的读者免费开放",
    "夜里也能读书\n◆新馆要做城市的客厅。怎样把灯留到夜里，怎样让更多的人走进来，还需继续探索",
)


@pytest.mark.parametrize("head", HEADS)
def test_the_head_of_a_text_does_not_count_in_its_wording_and_order(head: str) -> None:
    plain = [body(article) for article in articles(6, seed=31)]
    bare, headed = batch_of(*plain), batch_of(*(f"{head}\n\n{text}" for text in plain))
    for scorer in (Coherence(BOOK), News(BOOK)):
        for name, values in scorer.score(bare).items():
            assert scorer.score(headed)[name].tolist() == pytest.approx(values.tolist(), abs=1e-9)


def test_captions_between_the_title_and_the_opening_of_a_report_are_its_head() -> None:
    title, caption = "市图书馆新馆开放", "读者在阅览室里看书，管理员在一旁登记。"
    report = "本报讯（记者 林一舟）市图书馆新馆昨日开放，读者可以夜读。"

    def size(*lines: str) -> int:
        return int(stream_of_batch(batch_of("\n".join(lines))).sizes[0])

    assert size(title, caption, report) == size(title, report) == size(report)
    assert size(caption, report) > size(report)  # no title: a paragraph like others
    assert size(title, caption, caption, caption, report) > size(report)


def test_a_list_of_headlines_is_no_head() -> None:
    titles = ["市图书馆新馆开放", "北桥今起封闭施工", "三条公交线改道", "夏粮收购开始", "明日有雨"]
    short, long = batch_of("\n".join(titles[:4])), batch_of("\n".join([*titles, "昨日全市放晴。"]))
    assert stream_of_batch(short).sizes.tolist() == [sum(map(len, titles[:4]))]
    assert stream_of_batch(long).sizes.tolist() == [sum(map(len, titles)) + 6]
    headed = batch_of("\n".join([*titles[:4], "昨日全市放晴。"]))
    assert stream_of_batch(headed).sizes.tolist() == [6]


@pytest.mark.parametrize("rule", BOOK.of("score.openings"), ids=lambda rule: rule.id)
def test_openings_of_reports(rule: Any) -> None:
    assert all(rule.pattern.search(fold_text(text)) for text in rule.hits)
    assert not any(rule.pattern.search(fold_text(text)) for text in rule.near_misses)


def test_several_openings_are_several_articles() -> None:
    report = "本报讯（记者 林一舟）市图书馆新馆昨日开放。\n读者走进了阅览室。\n晚上还有讲座。\n"
    scorer = Openings(BOOK)
    values = scorer.score(batch_of(report, report * 3, "读者走进了阅览室。"))["more_articles"]
    assert values.tolist() == [0.0, 2.0, 0.0]
    assert len(list(scorer.evidence(batch_of(report * 3).view(0)))) == 2


def groups() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    texts = [body(a) for a in articles(60, seed=5)]
    other = [
        f"第{n}步，把面粉和水按{n}比一揉成面团，放入锅中蒸熟，加盐和油调味后即可食用。" * 4
        for n in range(2, 62)
    ]
    return {"one": texts[:30], "two": texts[30:]}, {"recipes": other[:30], "more": other[30:]}


def test_training_gives_the_same_bytes_from_the_same_seed() -> None:
    good, bad = groups()
    one, two = (train_news(good, bad, per_group=40, leave_out=False) for _ in range(2))
    assert news_model.to_bytes(one.model) == news_model.to_bytes(two.model)
    other = train_news(good, bad, per_group=40, seed=1, leave_out=False)
    assert news_model.to_bytes(one.model) != news_model.to_bytes(other.model)


def test_coherence_is_trained_to_the_same_bytes_and_its_parts_are_measured() -> None:
    texts = [article.text for article in articles(160, seed=3)]
    settings = Settings(
        TopicSettings(dims=4, epochs=2, rare=3), FollowSettings(steps=20, articles=8), folds=2
    )
    one, two = (
        train_coherence({"a": texts[:100]}, {"a": texts[100:140]}, settings) for _ in range(2)
    )
    assert one.to_bytes() == two.to_bytes()
    figures = ablation(one, {"a": texts[130:]}, seed=0)
    assert {"all parts: splice", "without links: halves"} <= set(figures)
    assert figures["all parts: sentences"] > 0.5


def test_how_news_is_built_is_learned_and_its_lines_are_not() -> None:
    good, bad = groups()
    one, two = (with_pyramid(coherence_model.load(), good, bad, seed=0) for _ in range(2))
    assert one.to_bytes() == two.to_bytes()
    news = [body(article) for article in articles(20, seed=8)]
    recipes = [text.replace("。", "。\n") for text in groups()[1]["more"][:20]]
    for texts in (news, [text.replace("\n", "") for text in news]):
        for others in (recipes, [text.replace("\n", "") for text in recipes]):
            chances = [
                pyramid_of(doc_inputs(judged_of(one, part), one), one) for part in (texts, others)
            ]
            assert auc(*chances) > 0.95


def test_a_group_left_out_is_not_learned_from() -> None:
    good, bad = groups()
    whole = built(coherence_model.load(), good, bad, seed=0)
    rest = built(coherence_model.load(), good, {"recipes": bad["recipes"]}, seed=0)
    assert np.array_equal(whole.without("more").inputs, rest.inputs)
    assert pyramid_weights(whole.without("more")).tolist() == pyramid_weights(rest).tolist()
    assert pyramid_weights(whole).tolist() != pyramid_weights(rest).tolist()


def test_a_kind_may_be_called_like_a_source() -> None:
    good, bad = groups()
    by_name, alike = (
        built(coherence_model.load(), good, {name: bad["more"]}, seed=0) for name in ("more", "one")
    )
    assert pyramid_weights(alike).tolist() == pytest.approx(pyramid_weights(by_name).tolist())


def test_rows_that_count_more_are_rows_that_are_there_again() -> None:
    chance = np.random.default_rng(0)
    rows = chance.standard_normal((60, 3))
    truth = (rows[:, 0] + chance.standard_normal(60) > 0).astype(float)
    counts = chance.integers(1, 4, 60)
    again = np.repeat(np.arange(60), counts)
    logits = []
    for learned in (
        logistic(rows, truth, counts=counts.astype(float), decay=1e-9),
        logistic(rows[again], truth[again], decay=1e-9),
    ):
        mean, scale, weights = learned
        logits.append((rows - mean) / scale @ weights[:-1] + weights[-1])
    assert logits[0] == pytest.approx(logits[1], abs=1e-6)


def test_training_tells_news_from_recipes_and_reports_what_was_left_out() -> None:
    trained = train_news(*groups(), per_group=40)
    assert trained.figures["held.auc"] > 0.95
    assert {"left_out.auc.one", "left_out.auc.recipes"} <= set(trained.figures)


def test_training_without_one_side_is_an_error() -> None:
    with pytest.raises(InputError, match="positive and negative"):
        train_news({}, {"x": ["文"]})


def test_a_trained_model_goes_into_a_recipe(tmp_path: Path) -> None:
    good, bad = groups()
    path = tmp_path / "mine.zst"
    path.write_bytes(news_model.to_bytes(train_news(good, bad, leave_out=False).model))
    recipe = tmp_path / "mine.toml"
    recipe.write_text(
        f'filters = ["score.news"]\n[options."score.news"]\nmodel = "{path}"\n', "utf-8"
    )
    mine = Pipeline.from_recipe(recipe)
    news, other = mine.clean([Document("1", good["one"][0]), Document("2", bad["more"][0])]).docs
    assert news.signals["news"] > 0.5 > other.signals["news"]


def test_a_fasttext_model_of_ones_own(tmp_path: Path) -> None:
    import fasttext

    good, bad = groups()
    lines = [f"__label__news {' '.join(fold_text(t)[:200])}" for t in good["one"]]
    lines += [f"__label__other {' '.join(fold_text(t)[:200])}" for t in bad["more"]]
    data, path = tmp_path / "data.txt", tmp_path / "mine.bin"
    data.write_text("\n".join(line.replace("\n", " ") for line in lines), "utf-8")
    fasttext.train_supervised(
        str(data), dim=8, epoch=20, lr=0.5, minCount=1, thread=1, bucket=1000, verbose=0
    ).save_model(str(path))
    recipe = tmp_path / "mine.toml"
    recipe.write_text(
        'filters = ["score.fasttext"]\n[options]\n'
        f'"score.fasttext" = {{ path = "{path}", label = "news", preprocess = "characters" }}\n'
        "[limits]\nfasttext = { min = 0.5 }\n",
        "utf-8",
    )
    news, other = (
        Pipeline.from_recipe(recipe)
        .clean([Document("1", good["one"][3]), Document("2", bad["more"][3])])
        .docs
    )
    assert news.kept and not other.kept
    assert other.reasons[0].signal == "fasttext"


def test_a_missing_fasttext_model_is_a_plain_error() -> None:
    with pytest.raises(RecipeError, match="no model"):
        FastText(BOOK, path="nowhere.bin", label="x").score(batch_of("文"))
    with pytest.raises(RecipeError, match="preprocess"):
        FastText(BOOK, preprocess="upper")  # type: ignore[arg-type]


def test_measures_against_slow_twins() -> None:
    chance = np.random.default_rng(0)
    good, bad = chance.integers(0, 9, 40) / 9, chance.integers(0, 9, 50) / 9
    slow = np.mean([(g > b) + (g == b) / 2 for g in good for b in bad])
    assert measures.auc(good, bad) == pytest.approx(slow)
    truth = np.array([True, False, True, False])
    values = np.array([0.9, 0.8, 0.7, 0.1])
    assert measures.average_precision(values, truth) == pytest.approx((1 + 2 / 3) / 2)
    assert measures.calibration_error(np.array([0.0, 1.0]), np.array([False, True])) == 0.0
    assert measures.calibration_error(np.full(10, 0.5), np.arange(10) < 5) == 0.0
    low, high = measures.interval(8, 10)
    assert 0 <= low < 0.8 < high <= 1


def test_limits_that_keep_or_that_are_precise() -> None:
    values = np.arange(100) / 100
    good = np.arange(100) >= 40
    assert limit_of(values, good, keep=0.99, precision=None) == pytest.approx(0.4)
    assert limit_of(values, good, keep=0.5, precision=None) == pytest.approx(0.7)
    assert limit_of(values, good, keep=None, precision=1.0) == pytest.approx(0.4)
    assert limit_of(values, ~good, keep=None, precision=0.9) is None


def test_a_tuned_recipe_can_be_read_and_keeps_the_good(tmp_path: Path) -> None:
    values = {"length": np.arange(100.0), "repetition": np.linspace(1, 0, 100)}
    good = np.arange(100) >= 40
    found = fits(values, {"length": "min", "repetition": "max"}, good, keep=0.99, precision=None)
    assert [fit.auc for fit in found] == [1.0, 1.0]
    recipe = pipe().recipe
    limits = tuned(recipe, found, ["length", "repetition"])
    path = tmp_path / "tuned.toml"
    path.write_text(as_toml(recipe, limits, "tuned"), "utf-8")
    read = Pipeline.from_recipe(path).recipe
    assert read.filters == recipe.filters and dict(read.limits) == limits
    assert limits["length"].min == pytest.approx(40, abs=1e-5)
    with pytest.raises(InputError, match="good and bad"):
        fits(values, {}, np.ones(100, np.bool_), keep=0.9, precision=None)


@pytest.mark.parametrize("kind", DAMAGES)
def test_damage_changes_every_article(kind: str) -> None:
    texts = [body(a) for a in articles(80, seed=3)]
    sound, broken = pairs(texts, kind, seed=1, least=4)
    assert len(sound) >= 10
    assert all(a != b for a, b in zip(sound, broken, strict=True))


def _with_headings(number: int) -> str:
    """An article whose lines say its number, half of them headings and lines of names."""
    lines = [f"第{number}号馆开放", *(f"第{number}号馆第{k}段到此为止。" for k in range(3))]
    lines += [f"第{number}号馆的细节", *(f"第{number}号馆第{k}段到此为止。”（完）" for k in (3, 4))]
    return "\n".join([*lines, f"记者 第{number}号", f"编辑 第{number}号"])


@pytest.mark.parametrize("kind", ["splice", "halves"])
def test_what_makes_an_article_damaged_is_text(kind: str) -> None:
    """Of a heading or a line of names nobody could tell the article."""
    sound, broken = pairs([_with_headings(number) for number in range(9)], kind, seed=3)
    assert len(sound) == 9
    for old, new in zip(sound, broken, strict=True):
        foreign = set(new.split("\n")) - set(old.split("\n"))
        assert any(is_told(line) for line in foreign)
        assert any(is_told(line) for line in set(new.split("\n")) - foreign)
        assert kind == "halves" or all(is_told(line) for line in foreign)


def test_articles_of_few_paragraphs_of_text_are_left_out() -> None:
    short = "开馆\n新馆昨日开放。\n记者 林一舟\n编辑 方小满\n摄影 石青"
    assert pairs([short, short.replace("新", "旧")], "splice", seed=0) == ([], [])
    mixed, lines = with_one_foreign([_with_headings(1), _with_headings(2), short], seed=0)
    assert len(mixed) == 2
    for text, line in zip(mixed, lines, strict=True):
        assert is_told(text.split("\n")[line])


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        (30, "新馆昨日开放。\n读者走进了阅览室。"),
        (15, "新馆昨日开放。\n"),
        (3, "新馆昨"),
        (99, None),
    ],
)
def test_excerpts_end_with_a_sentence_where_they_can(size: int, kept: str | None) -> None:
    text = "新馆昨日开放。\n读者走进了阅览室。馆长说，晚上还有一场讲座，欢迎市民前来。"
    found = excerpt(text, size)
    assert found == (text if kept is None else kept)
    assert text.startswith(found)


def test_sentences_and_lines_in_another_order_are_seen() -> None:
    """`order` falls for most invented articles whose sentences or lines are shuffled."""
    texts = [body(article) for article in articles(80, seed=4)]
    for kind in ("paragraphs", "sentences"):
        sound, broken = pairs(texts, kind, seed=2, least=4)
        values = [Coherence(BOOK).score(batch_of(*part))["order"] for part in (sound, broken)]
        assert measures.auc(*values) > 0.6, kind


def test_weights_are_small_and_load_from_bytes() -> None:
    files = [coherence_model._FILE, news_model._FILE]
    assert sum(path.stat().st_size for path in files) < 10e6
    model = coherence_model.load()
    again = coherence_model.from_bytes(model.to_bytes())
    assert (again.topics == model.topics).all() and (again.doc_weights == model.doc_weights).all()


def test_founding_pages_pass(founding: Path) -> None:
    for name, low in (("000", 0.6), ("002", 0.8)):
        (path,) = [p for p in (founding / "seeds").glob(f"{name}_*") if "repaired" not in p.name]
        raw = path.read_text("utf-8")
        (doc,) = pipe().clean([Document(name, raw)]).docs
        cleaned = doc.signals["news_coherence"]
        assert cleaned >= low
        assert signals(raw)["news_coherence"] < cleaned


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("本报讯 昨日凌晨，城南一家便利店被盗。", True),
        ("中新社临江５月６日电（记者 李晓晨）临江市昨日发布数据。", True),
        ("青河大学举行开学典礼\n2024-09-01\n青河大学新闻网讯（通讯员 赵文静）典礼昨日举行。", True),
        ("第一段。\n第二段。\n第三段。\n本报讯 第四段。", False),
        ("据本报讯息，会议将于明天召开。", False),
        ("昨日电话采访了负责人。", False),
        ("3月2日电影节开幕。", False),
        ("量子通讯（一种保密的办法）正在试用。", False),
        ("电\n讯", False),
        ("", False),
    ],
)
def test_a_report_is_known_by_its_opening(text: str, report: bool) -> None:
    both = batch_of("本报讯 别的一篇。", text, "讯")
    assert is_report(both).tolist() == [True, report, False]
    assert is_report(batch_of(text)).tolist() == [report]
