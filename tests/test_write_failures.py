"""Every call of a run that changes the disk fails once: a clear error, and `--resume` mends it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.generate import articles
from cleaner import recipe as recipes
from cleaner.catalog import build
from cleaner.cli import main
from cleaner.dedup.clusters import Noted
from cleaner.errors import OutputError
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook
from cleaner.stream import Settings, run

CALLS = ("write", "pwrite", "fsync", "ftruncate", "open", "mkdir", "rename", "replace")


@cache
def book() -> RuleBook:
    return RuleBook.load(None)


def make() -> Pipeline:
    """Both indexes, one with its notes: all that keeps state beside the outputs."""
    recipe = recipes.load("dedup-only")
    filters = [build(name, book(), recipe.options.get(name, {})) for name in recipe.filters]
    pipe = Pipeline(recipe, filters, book())
    pipe.dedup[:] = [pipe.dedup[0], *(Noted(index) for index in pipe.dedup[1:])]
    return pipe


def settings(
    pages: list[str], folder: Path, *, resume: bool = False, out: str = "out.jsonl.zst"
) -> Settings:
    return Settings(
        pages,
        f"{folder}/{out}",
        f"{folder}/rejects/",
        workers=0,
        resume=resume,
        chunk_bytes=4096,
        checkpoint_every=2,
    )


class Disk:
    """Counts the calls of `os` that change the disk; `what` happens at call number `at`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int = 0, what: str = "full") -> None:
        self.calls = 0
        self._at, self._what = at, what
        for name in CALLS:
            monkeypatch.setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if name == "open" and not args[1] & (os.O_WRONLY | os.O_RDWR):
                return real(*args, **options)
            self.calls += 1
            if self.calls != self._at:
                return real(*args, **options)
            if "short" in self._what and name in ("write", "pwrite"):
                file, data, *place = args
                real(file, data[: len(data) // 2], *place)
                if self._what == "short":
                    return len(data) // 2
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]))

        return call


def results(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def told(outcome: Any) -> dict[str, Any]:
    table: dict[str, Any] = outcome.as_dict()
    del table["speed"], table["identity"]
    return table


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("pages")
    texts = [article.text for article in articles(12, seed=9)]
    paths = []
    for number in range(2):
        path = folder / f"in{number}.jsonl"
        own = texts[6 * number : 6 * number + 6]
        lines = [f'{{"text": "{text}"}}'.replace("\n", "\\n") for text in [*own, own[0]]]
        path.write_text("\n".join([*lines, "{broken", ""]), "utf-8")
        paths.append(str(path))
    return paths


@pytest.fixture(scope="module")
def calm(pages: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    """What an undisturbed run gives, and how often it turns to the disk."""
    folder = tmp_path_factory.mktemp("calm")
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        outcome = run(make, settings(pages, folder))
    return told(outcome), results(folder), disk.calls


@pytest.mark.parametrize("what", ["full", "short and full", "short"])
def test_each_call_fails_once(
    pages: list[str], calm: tuple[Any, ...], tmp_path: Path, what: str
) -> None:
    sums, expected, calls = calm
    assert calls > 60
    refused = 0
    for at in range(1, calls + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        outcome = None
        with pytest.MonkeyPatch.context() as patch:
            Disk(patch, at, what)
            try:
                outcome = run(make, settings(pages, folder))
            except OutputError as error:
                refused += 1
                assert "No space left on device" in str(error), at
        if outcome is None:
            outcome = run(make, settings(pages, folder, resume=True))
        assert told(outcome) == sums, at
        assert results(folder) == expected, at
    assert refused >= (0.9 * calls if what != "short" else 0.2 * calls)


def test_parquet_goes_on_too(pages: list[str], tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    calm = tmp_path / "calm"
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        run(make, settings(pages, calm, out="out.parquet"))
    expected = results(calm)
    for at in range(1, disk.calls + 1, 7):
        folder = tmp_path / str(at)
        with pytest.MonkeyPatch.context() as patch:
            Disk(patch, at)
            with pytest.raises(OutputError, match="No space left"):
                run(make, settings(pages, folder, out="out.parquet"))
        run(make, settings(pages, folder, out="out.parquet", resume=True))
        assert results(folder) == expected, at


@pytest.mark.parametrize("at", [1, 4, 9, 20])
def test_the_command_says_it_in_one_line(
    pages: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    at: int,
) -> None:
    words = ["--recipe", "dedup-only", "-o", f"{tmp_path}/out.jsonl", "-q", "--workers", "0"]
    words += ["--rejects", f"{tmp_path}/rejects.jsonl", *pages]
    Disk(monkeypatch, at)
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("clean: ")
    assert "No space left on device" in said[0]
    monkeypatch.undo()
    with pytest.raises(SystemExit) as end:
        main([*words, "--resume"])
    assert not end.value.code
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 12
