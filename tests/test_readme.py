"""README tells the truth: its example comes out as shown, its code runs."""

from __future__ import annotations

import re
from pathlib import Path

import cleaner

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
