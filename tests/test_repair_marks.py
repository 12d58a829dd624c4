"""Escapes, annotations, invisible characters, look-alikes, width, spacing and script."""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import opencc
import pytest

from benchmarks.damage_marks import ANNOTATIONS, sound_for_annotation
from benchmarks.generate import articles
from cleaner.apply import edited
from cleaner.batch import Batch
from cleaner.catalog import FILTERS, build
from cleaner.document import Document
from cleaner.errors import RecipeError
from cleaner.filter import Editor
from cleaner.pipeline import Pipeline
from cleaner.recipe import load
from cleaner.rules import RuleBook

CASES = Path(__file__).parent / "cases" / "repair"
BOOK = RuleBook.load()
MARKS = ["escapes", "pinyin", "invisible", "compat", "spacing"]


def cases(name: str) -> list[Any]:
    lines = (CASES / f"{name}.jsonl").read_text("utf-8").rstrip("\n").split("\n")
    return [pytest.param(row, id=row["id"]) for row in map(json.loads, lines)]


@cache
def editor(name: str, **options: Any) -> Editor:
    found = build(name, BOOK, options)
    assert isinstance(found, Editor)
    return found


def after(name: str, text: str, **options: Any) -> str:
    """The text after one editor, which must suspect what it edits."""
    batch = Batch([Document("1", text)], BOOK.automaton)
    doc = edited(batch, 0, editor(name, **options))
    if doc is None:
        return text
    assert editor(name, **options).suspects(batch)[0]
    return doc.text


@pytest.mark.parametrize("case", [*cases("marks_wild"), *cases("marks_synthetic")])
def test_damage_is_repaired(case: dict[str, str]) -> None:
    assert after(case["filter"], case["text"]) == case["out"]


@pytest.mark.xfail(strict=True, reason="known failures: see why in the case")
@pytest.mark.parametrize("case", cases("marks_known_failures"))
def test_known_failures(case: dict[str, str]) -> None:
    assert after(case["filter"], case["text"]) == case["out"]


@pytest.mark.parametrize("case", cases("marks_negative"))
@pytest.mark.parametrize("name", MARKS)
def test_sound_text_stays(name: str, case: dict[str, str]) -> None:
    assert after(f"repair.{name}", case["text"]) == case["text"]


@pytest.mark.parametrize("case", cases("marks_negative"))
def test_the_whole_recipe_leaves_sound_text_alone(case: dict[str, str]) -> None:
    (doc,) = pipeline()([case["text"]])
    assert doc.text == case["text"]


@cache
def pipeline(mode: str = "off") -> Pipeline:
    return Pipeline.from_recipe(load("repair-only").with_options("repair.script", mode=mode))


@pytest.mark.parametrize("kind", ANNOTATIONS)
def test_annotations_go_from_a_page(kind: str) -> None:

    for number, article in enumerate(articles(5, seed=21)):
        damaged = ANNOTATIONS[kind](article.text, random.Random(number))
        assert after("repair.pinyin", damaged) == sound_for_annotation(kind, article.text)


def test_a_gloss_on_an_annotated_page_stays() -> None:

    page = articles(1, seed=21)[0].text + "\n村民张翀(chōng)说，收成很好。"
    damaged = ANNOTATIONS["pinyin_a"](page, random.Random(1)).replace("(chōng)(chōng)", "(chōng)")
    assert "翀(chōng)" in after("repair.pinyin", damaged)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("地區(qū)的圖書館昨日開(kāi)放，讀者很多。", "地區的圖書館昨日開放，讀者很多。"),
        ("讀者說，國(guó)家圖書館昨日重新開放了。", "讀者說，國家圖書館昨日重新開放了。"),
        ("校長(zhǎng)", "校長(zhǎng)"),
    ],
)
def test_few_annotations_behind_common_traditional_characters(text: str, out: str) -> None:
    assert after("repair.pinyin", text) == out


def test_the_order_of_the_recipes_is_that_of_the_damage() -> None:
    """Bytes first: what private-use characters, annotations and widths carry is read before
    any of them goes; conversion comes last."""
    order = ["escapes", "mojibake", "shift", "pinyin", "invisible", "compat", "spacing", "script"]
    for name in ("repair-only", "news-zh", "web-zh"):
        recipe = load(name)
        steps = [f.partition(".")[2] for f in recipe.filters if f.startswith("repair.")]
        wanted = [step for step in order if f"repair.{step}" in FILTERS]
        assert [step for step in steps if step in order] == wanted


def test_script_auto_knows_the_forms_of_a_converter() -> None:
    made = "市裏的會議認爲，今年要爲羣衆辦好十件實事，成爲大家的好幫手。"
    assert after("repair.script", made, mode="auto").startswith("市里的会议认为，")
    written = made.replace("爲", "為").replace("衆", "眾")
    assert after("repair.script", written, mode="auto") == written
    of_old = "學而時習之，不亦說乎。人不知而不慍，不亦君子乎。其爲人也孝弟，衆星共之，爲政以德。"
    assert after("repair.script", of_old, mode="auto") == of_old


def test_script_off_on_auto() -> None:
    genuine = "立法會議員於會上表示，政府應就「長者醫療券」展開諮詢，並於年內公布結果。"
    made = (
        "區委書記說，關于春耕的準備工作，街道黨委要并行推進，今后多采取“網格”的辦法，"
        "把干部派到村里，同群眾聯系。"
    )
    simplified = opencc.OpenCC("t2s").convert(made)
    assert after("repair.script", made) == made
    assert after("repair.script", made, mode="auto") == simplified
    assert after("repair.script", genuine, mode="auto") == genuine
    assert after("repair.script", genuine, mode="on") == opencc.OpenCC("t2s").convert(genuine)
    japanese = "東京都は４月、新しい図書館を開いた。\n東京都"
    assert after("repair.script", japanese, mode="on") == japanese


def test_script_maps_every_character_to_its_source() -> None:
    text = "頭髮乾了，她著手寫《後漢書》的評論，並於瞭望臺上讀給大家聽。"
    batch = Batch([Document("1", text)], BOOK.automaton)
    doc = edited(batch, 0, editor("repair.script", mode="on"))
    assert doc is not None
    for at, character in enumerate(doc.text):
        start, end = doc.source_range(at, at + 1)
        assert start <= at + 1 and end - start <= 4
        assert text[start:end] == character or character not in text[start:end]


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(RecipeError, match="off, on, auto"):
        build("repair.script", BOOK, {"mode": "always"})


def test_the_decision_on_script_is_a_signal() -> None:
    made = "關于春耕，黨委要并行推進，今后多采取“網格”的辦法，把干部派到村里，同群眾聯系。"
    scorer = build("score.script", BOOK, {})
    (doc,) = pipeline("auto")([made])
    assert doc.text != made
    signals = scorer.score(Batch([doc]))  # type: ignore[union-attr]
    assert signals["traditional"][0] > 0.2
    assert signals["converted"][0] > 0.66


@pytest.mark.parametrize(
    "text",
    [
        "锟斤拷锟斤拷锟斤拷锟斤拷",
        "烫烫烫烫烫烫烫烫",
        "??????2022??6??????????12???",
        "昨日\ufffd\ufffd\ufffd，市图\ufffd\ufffd新馆",
        "\ue000\ue102\ue233昨日",
        "闂傚倸鍊搁崐鎼佸磹閹间礁纾归柟闂寸绾惧湱鎲搁悧鍫濈瑲闁稿孩",
        "\x00\x01PK\x03\x04\x14\x00\x06\x00\x08",
    ],
)
def test_what_is_lost_is_measured(text: str) -> None:
    scorer = build("score.damage", BOOK, {})
    batch = Batch([Document("1", text)])
    assert scorer.score(batch)["damage"][0] > 0.2  # type: ignore[union-attr]
    evidence = list(scorer.evidence(batch.view(0)))  # type: ignore[union-attr]
    assert evidence
    assert all(0 <= e.start < e.end <= len(text) for e in evidence)


@pytest.mark.parametrize("case", cases("marks_negative"))
def test_sound_text_is_not_damaged(case: dict[str, str]) -> None:
    scorer = build("score.damage", BOOK, {})
    assert scorer.score(Batch([Document("1", case["text"])]))["damage"][0] == 0  # type: ignore[union-attr]


def discuz_noise(rng: random.Random) -> str:
    """What the function `jammer` of Discuz writes, as a crawler hands it on."""
    pairs = (chr(rng.randint(32, 59)) + " " + chr(rng.randint(63, 126)) for _ in range(15))
    return " ".join("".join(islice(pairs, rng.randint(5, 15))).split())


def test_noise_of_forums_goes_and_nothing_else() -> None:
    rng = random.Random(0)
    paragraphs = [text for text in articles(3, seed=1)[0].text.split("\n") if text.strip()][:3]
    whole = 0
    for _ in range(60):
        noisy = "\n".join(
            part for text in paragraphs for part in (discuz_noise(rng), text + discuz_noise(rng))
        )
        lines = (line.strip() for line in after("repair.spacing", noisy).split("\n"))
        whole += [line for line in lines if line] == paragraphs
    assert whole >= 57
