"""README tells the truth: its example comes out as shown, its code runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import cleaner
from cleaner.recipe import parse

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_example() -> None:
    before, after = blocks("text")[:2]
    assert cleaner.clean(before).text.strip() == after.strip()


def test_the_code() -> None:
    text = "昨日，市图书馆新馆向读者开放。"
    names = {"text": text, "records": [text, {"id": "b", "text": text}]}
    for block in blocks("python"):
        exec(block, names)
    pipe = names["pipe"]
    assert isinstance(pipe, cleaner.Pipeline)
    (doc,) = pipe([f"{text}{text}订报热线 12345678，欢迎来电！"])
    assert doc.text == text * 2
    assert doc.signals["exclamations"] == 0.0


def test_the_recipe() -> None:
    recipe = parse("mine", tomllib.loads(blocks("toml")[0]), "README.md")
    pipe = cleaner.Pipeline.from_recipe(recipe)
    assert [item.name for item in (*pipe.repair, *pipe.strip)] == ["repair.mojibake", "strip.spam"]


def test_the_rule(tmp_path: Path) -> None:
    path = tmp_path / "strip/chrome/doorbell.toml"
    path.parent.mkdir(parents=True)
    path.write_text(blocks("toml")[1], "utf-8")
    (doc,) = cleaner.Pipeline.from_recipe("repair-only", rules=tmp_path)(["按铃订报"])
    assert doc.text == "按铃订报"  # the recipe strips nothing
    (doc,) = cleaner.Pipeline.from_recipe("web-zh", rules=tmp_path)(["今天有雨。\n按铃订报"])
    assert doc.text == "今天有雨。"


def test_the_table_of_signals() -> None:
    rows = re.findall(r"^\| (`[^|]*) \| (high|low) \|", README, re.MULTILINE)
    told = {name: side for names, side in rows for name in re.findall(r"`(\w+)`", names)}
    pipe = cleaner.Pipeline.from_recipe("news-zh")
    sides = {signal: side for item in pipe.score for signal, side in item.names.items()}
    assert told == {name: "high" if side == "min" else "low" for name, side in sides.items()}
