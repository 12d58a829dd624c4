"""The five founding pages through the default recipe with `--keep-all`, line by line."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from benchmarks.definition import FOLDER, read
from benchmarks.quality import run
from cleaner.cli import main
from cleaner.document import Document
from cleaner.pipeline import Pipeline

PAGES = ["000", "001", "002", "003", "004"]
GO = {"spam_header", "chrome", "feed", "footer", "ornament"}
STAY = {"title", "subhead", "body", "byline", "caption", "meta", "banner"}
ANNOTATION = re.compile(r"[一-龥]\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6})\)")


def seed(founding: Path, number: str) -> str:
    (path,) = (founding / "seeds").glob(f"{number}_{16 * '?'}.txt")
    return path.read_text("utf-8")


def gold(founding: Path, number: str) -> list[dict[str, object]]:
    for line in (founding / "seeds" / "gold.jsonl").read_text("utf-8").splitlines():
        page = json.loads(line)
        if page["file"].startswith(number):
            lines: list[dict[str, object]] = page["lines"]
            return lines
    raise AssertionError(number)


def sound(founding: Path, number: str) -> list[str]:
    """The lines as the author wrote them; those of 002 with their characters repaired."""
    path = founding / "seeds" / "002_repaired.txt"
    text = path.read_text("utf-8") if number == "002" else seed(founding, number)
    return text.split("\n")


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@cache
def cleaned(founding: Path, number: str) -> tuple[Document, ...]:
    return tuple(Pipeline.from_recipe("news-zh")([seed(founding, number)]))


def output(founding: Path, number: str) -> str:
    return plain("\n".join(doc.text for doc in cleaned(founding, number)))


def lines_of(founding: Path, number: str, labels: set[str]) -> list[str]:
    lines = sound(founding, number)
    wanted = [row for row in gold(founding, number) if row["label"] in labels]
    texts = []
    for row in wanted:
        text = lines[int(str(row["line"]))]
        spans = row.get("spans", {})
        assert isinstance(spans, dict)
        for gone in spans.get("go", ()):
            text = text.replace(gone, "")
        texts.append(plain(text))
    return texts


@pytest.mark.parametrize("number", PAGES)
def test_what_the_author_wrote_stays(founding: Path, number: str) -> None:
    text = output(founding, number)
    lost = [line for line in lines_of(founding, number, STAY) if line not in text]
    assert not lost


@pytest.mark.parametrize("number", ["001", "002", "003", "004"])
def test_junk_goes(founding: Path, number: str) -> None:
    text = output(founding, number)
    left = [line for line in lines_of(founding, number, GO) if line in text and line != "!!"]
    assert not left


def test_teasers_without_a_heading_go(founding: Path) -> None:
    text = output(founding, "000")
    assert not [line for line in lines_of(founding, "000", {"feed"}) if line in text]


def test_annotations_go(founding: Path) -> None:
    assert len(ANNOTATION.findall(seed(founding, "002"))) > 480
    assert not ANNOTATION.findall(output(founding, "002"))


def test_repair_only_gives_the_page_back(founding: Path) -> None:
    (doc,) = Pipeline.from_recipe("repair-only")([seed(founding, "002")])
    repaired = (founding / "seeds" / "002_repaired.txt").read_text("utf-8")
    assert unicodedata.normalize("NFKC", doc.text) == unicodedata.normalize("NFKC", repaired)


@pytest.mark.parametrize("number", PAGES)
def test_the_command_does_what_the_library_does(
    founding: Path, number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(seed(founding, number), "utf-8")
    with pytest.raises(SystemExit) as end:
        main(["--keep-all", "--quiet", str(page)])
    assert end.value.code == 0
    texts = [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()]
    assert texts == [doc.text for doc in cleaned(founding, number)]


@pytest.mark.usefixtures("founding")
@pytest.mark.parametrize("name", ["restore/seeds", "score/founding"])
def test_floors_hold_on_native_and_normalised_text(name: str) -> None:
    assert not run(read(FOLDER / f"{name}.toml")).faults
