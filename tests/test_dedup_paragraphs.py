"""Paragraphs that stand on many pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cleaner.dedup.paragraphs import ParagraphCount, Paragraphs
from cleaner.document import Document
from cleaner.errors import RecipeError
from cleaner.pipeline import Pipeline
from cleaner.recipe import load
from cleaner.rules import RuleBook

BOOK = RuleBook([])
NOTICE = "凡本网注明来源的作品，转载时请写明出处并保留链接。"
OTHER = "读者如有线索，欢迎拨打本报热线或者发来电子邮件。"


def noise(size: int, seed: int) -> str:
    return "".join(map(chr, np.random.default_rng(seed).integers(0x4E00, 0x9000, size)))


def pages() -> list[Document]:
    """Twenty pages with a notice; six with another paragraph too; and a page with five copies."""
    texts = [f"{noise(120, n)}\n{NOTICE}\n{noise(40, n + 50)}" for n in range(20)]
    texts[:6] = [text + "\n" + OTHER for text in texts[:6]]
    article = noise(90, 99) + "\n" + noise(70, 98)
    return [Document(f"p{at}", text) for at, text in enumerate([*texts, *[article] * 5])]


def table(folder: Path, docs: Sequence[Document], limit: int) -> str:
    recipe = load("dedup-only")
    recipe = replace(recipe, filters=(*recipe.filters, "dedup.paragraphs"))
    pipe = Pipeline.from_recipe(recipe)
    list(pipe(docs))
    count = pipe.dedup[-1]
    assert isinstance(count, ParagraphCount)
    path = folder / "often.npy"
    count.save(path, limit)
    return str(path)


def stripped(docs: Sequence[Document], path: str | None, **options: object) -> list[str]:
    recipe = replace(load("repair-only"), filters=("strip.paragraphs",))
    recipe = recipe.with_options("strip.paragraphs", table=path, **options)
    return [doc.text for doc in Pipeline.from_recipe(recipe)(docs)]


def test_frequent_paragraphs_stay_on_their_first_page(tmp_path: Path) -> None:
    docs = pages()
    found = stripped(docs, table(tmp_path, docs, 10))
    assert [NOTICE in text for text in found] == [True] + [False] * 19 + [False] * 5
    assert sum(OTHER in text for text in found) == 6
    rest = [doc.text.replace(NOTICE + "\n", "") for doc in docs[1:]]
    assert found[1:] == rest
    assert found[0] == docs[0].text


def test_or_on_no_page(tmp_path: Path) -> None:
    docs = pages()
    found = stripped(docs, table(tmp_path, docs, 6), stays="none")
    assert not any(NOTICE in text or OTHER in text for text in found)


def test_paragraphs_that_begin_or_end_alike_are_not_the_same(tmp_path: Path) -> None:
    alike = [[f"{noise(20, n)}{NOTICE}", f"{NOTICE}{noise(20, n + 50)}"] for n in range(20)]
    docs = [Document(f"p{n}", "\n".join(lines)) for n, lines in enumerate(alike)]
    assert stripped(docs, table(tmp_path, docs, 2)) == [doc.text for doc in docs]


def test_copies_of_a_page_count_once(tmp_path: Path) -> None:
    docs = pages()
    found = stripped(docs, table(tmp_path, docs, 3))
    assert found[20:] == [doc.text for doc in docs[20:]]


def test_a_paragraph_is_the_same_in_another_script_and_width(tmp_path: Path) -> None:
    path = table(tmp_path, pages(), 10)
    text = "前文。\n凡本網註明來源的作品,轉載時請寫明出處并保留鏈接｡\n后文。"
    assert stripped([Document("x", text)], path) == ["前文。\n后文。"]


def test_suspects_hold_for_all_that_is_edited(tmp_path: Path) -> None:
    from cleaner.batch import Batch

    docs = pages()
    editor = Paragraphs(BOOK, table=table(tmp_path, docs, 10))
    batch = Batch(docs)
    suspects = editor.suspects(batch)
    for at in range(len(docs)):
        assert suspects[at] or not list(editor.edits(batch.view(at)))
    assert not suspects[20:].any()


def test_counts_do_not_depend_on_what_is_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = pages()
    whole = Path(table(tmp_path, docs, 2)).read_bytes()
    monkeypatch.setattr("cleaner.dedup.paragraphs._BUFFER", 5)
    assert Path(table(tmp_path, docs, 2)).read_bytes() == whole
    counts = np.load(tmp_path / "often.npy")["pages"].tolist()
    assert sorted(counts) == [6, 20]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npy").write_text("no table")
    np.save(tmp_path / "other.npy", np.zeros(3))
    for name in ("none.npy", "text.npy", "other.npy"):
        with pytest.raises(RecipeError, match="table"):
            Paragraphs(BOOK, table=str(tmp_path / name))
    with pytest.raises(RecipeError, match="stays"):
        Paragraphs(BOOK, stays="last")  # type: ignore[arg-type]


def test_the_command_counts_and_strips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cleaner.cli import main

    source, path, out = (tmp_path / name for name in ("in.jsonl", "often.npy", "out.jsonl"))
    docs = pages()
    lines = [json.dumps({"id": doc.id, "text": doc.text}) for doc in docs]
    source.write_text("\n".join(lines), "utf-8")
    words = ["--workers", "0", "-q"]
    with pytest.raises(SystemExit) as end:
        main(["dedup", str(source), "--count-paragraphs", str(path), *words])
    assert end.value.code == 0
    assert "1 paragraphs on 10 pages or more" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["dedup", str(source), "--paragraphs", str(path), "-o", str(out), *words])
    texts = [json.loads(line)["text"] for line in out.read_bytes().splitlines()]
    assert len(texts) == 21
    assert [NOTICE in text for text in texts] == [True] + [False] * 20
