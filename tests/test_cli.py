"""What a person types."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.generate import articles
from cleaner.cli import SUBCOMMANDS, main
from cleaner.cli.explain import place
from cleaner.cli.progress import line_of, sums_of
from cleaner.stream.account import Tally
from cleaner.stream.plan import Shard
from cleaner.stream.settings import Outcome, Snapshot

CLEAN = [sys.executable, "-c", "from cleaner.cli import main; main()"]


def call(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*CLEAN, *words], input=given, capture_output=True, check=False)


def status(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(words)
    code = end.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.jsonl"
    lines = [json.dumps({"text": article.text}, ensure_ascii=False) for article in articles(30)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_files_and_standard_input_give_the_same(page: Path) -> None:
    by_name = call(str(page), "--keep-all", "--trace")
    piped = call("--keep-all", "--trace", given=page.read_bytes())
    assert by_name.returncode == piped.returncode == 0
    assert by_name.stdout == piped.stdout
    assert len(by_name.stdout.splitlines()) == 30
    assert by_name.stderr == b""


def test_help_teaches_the_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("--help") == 0
    text = capsys.readouterr().out
    for word in ("--rejects", "--audit", "Examples", "Exit status", "clean explain page.jsonl:17"):
        assert word in text
    assert "the recipe says" in text
    for name, told in SUBCOMMANDS.items():
        assert told in " ".join(text.split())
        assert status(name, "--help") == 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("--version") == 0
    assert capsys.readouterr().out.startswith("clean 0.")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["none.jsonl"], 1, "none.jsonl: no such file"),
        ([os.curdir], 1, "is a folder"),
        (["--recipe", "nonesuch"], 2, "no recipe 'nonesuch'"),
        (["--limit", "han_share"], 2, "SIGNAL=NUMBER"),
        (["--limit", "nonesuch=1"], 2, "no such signal"),
        (["--rules", "/nonesuch"], 2, "no such folder"),
        (["--workers", "many"], 2, "--workers"),
        (["--nonesuch"], 2, "--nonesuch"),
        (["--format", "xml"], 2, "neither"),
        (["--audit", "--keep-all"], 2, "exclude"),
        (["--resume"], 2, "--resume"),
        (["explain", "none.jsonl:3"], 1, "no such file"),
        ([__file__, "--stats", __file__], 2, "is an input too"),
        (["explain", "none.jsonl:0"], 2, "counted from 1"),
        (["explain", f"{__file__}:x"], 2, "'x' is no line"),
        (["explane", "none.jsonl:3"], 1, "did you mean: clean explain?"),
        ([f"{__file__}:3"], 1, f"clean explain {__file__}:3"),
        (["--limit", "han_share=nan"], 2, "SIGNAL=NUMBER"),
        (["--recipe", "none.toml"], 2, "none.toml: no such file"),
        (["--best", "length", "--resume", __file__, "-o", "out.jsonl"], 2, "at one go"),
        ([__file__, "-o", __file__], 2, "is an input too"),
        (["dedup", "--paragraphs", __file__], 2, "not made by"),
        (["tune", "--good-file", __file__, "--signals", "x"], 1, "no judged documents"),
        (["train", "news", "--positive", "none.jsonl"], 2, "give --negative"),
        (["train", "lm", "--positive", "none.jsonl"], 1, "no such file"),
    ],
)
def test_errors_are_one_line(
    words: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(*words) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert told in captured.err
    assert captured.err.startswith("clean: ")
    assert captured.err.count("\n") == 1


def test_lines_come_out_while_the_input_goes_on() -> None:
    line = json.dumps({"text": articles(1)[0].text}, ensure_ascii=False).encode() + b"\n"
    words = [*CLEAN, "--recipe", "repair-only", "--workers", "0"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin and running.stdout
        running.stdin.write(line + b"\n" * (1 << 20))  # a chunk, and no end of input
        running.stdin.flush()
        ready, _, _ = select.select([running.stdout], [], [], 60)
        running.kill()
    assert ready


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    line = json.dumps({"text": articles(1)[0].text}, ensure_ascii=False)
    path.write_text(f"{line}\n" * 3000, "utf-8")
    command = " ".join(f"'{word}'" for word in [*CLEAN, str(path), "--recipe", "repair-only"])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -n 1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    assert done.stdout.splitlines()[-1] == b"141"


def test_a_full_disk_is_one_line(page: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*CLEAN, str(page)], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_truncated_input_shows_in_the_status(page: Path) -> None:
    import gzip

    packed = page.with_suffix(".jsonl.gz")
    packed.write_bytes(gzip.compress(page.read_bytes())[:-2000])
    done = call(str(packed), "--recipe", "repair-only")
    assert done.returncode == 3
    assert b"truncated" in done.stderr
    assert done.stdout


def test_stats_and_rejects(page: Path, tmp_path: Path) -> None:
    stats, rejects = tmp_path / "stats.json", tmp_path / "rejects.jsonl"
    words = [
        str(page),
        "--recipe",
        "web-zh",
        "--limit",
        "length=400",
        "--stats",
        str(stats),
        "--rejects",
        str(rejects),
    ]
    assert call(*words).returncode == 0
    table = json.loads(stats.read_text("utf-8"))
    rejected = rejects.read_text("utf-8").splitlines()
    assert table["documents"] == 30
    assert table["rejected"] == len(rejected) > 0
    assert table["identity"]["recipe"] == "web-zh"
    reasons = [reason for row in rejected for reason in json.loads(row)["clean"]["reasons"]]
    assert any(r["signal"] == "length" and r["limit"] == 400 for r in reasons)


def test_explain_shows_edits_signals_and_both_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.jsonl"
    text = articles(1)[0].text.replace("。", "。&nbsp;", 1)
    path.write_text("\n" + json.dumps({"text": text}) + "\n", "utf-8")
    assert status("explain", f"{path}:2") == 0
    shown = capsys.readouterr().out
    for word in ("edits", "repair.escapes", "&nbsp;", "news_coherence", "at least", "after"):
        assert word in shown


def test_explain_says_why_a_document_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(articles(1)[0].text, "utf-8")
    assert status("explain", f"{tmp_path}/a.txt", "--limit", "length=9999", "--no-split") == 0
    shown = capsys.readouterr().out
    assert "rejected" in shown
    assert re.search(r"because length = \d+, limit 9999  score.basics", shown)


def test_explain_shows_each_part_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (article.text for article in articles(2))
    page = f"{first}\n{second.replace('。', '。&nbsp;', 1)}"
    (tmp_path / "a.txt").write_text(page, "utf-8")
    assert status("explain", f"{tmp_path}/a.txt") == 0
    one, two = capsys.readouterr().out.split("a.txt#2", 1)
    border = len(first.splitlines())
    assert "&nbsp;" not in one
    assert f"takes lines {border + 1} to {len(page.splitlines())}" in two
    assert "&nbsp;" in two


@pytest.mark.parametrize(("line", "told"), [("1", "is blank"), ("3", "no line 3")])
def test_explain_says_where_there_is_nothing(
    tmp_path: Path, line: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_text('\n{"text": "a"}\n', "utf-8")
    assert status("explain", f"{tmp_path}/a.jsonl:{line}") == 1
    assert told in capsys.readouterr().err


def test_explain_says_which_line_it_took(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "一"}\n{"text": "二"}\n', "utf-8")
    assert status("explain", str(path)) == 0
    assert f"this is line 1; another is named by {path}:LINE" in capsys.readouterr().err
    assert status("explain", f"{path}:2") == 0
    assert capsys.readouterr().err == ""


def test_explain_counts_lines_of_the_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    title, *body = articles(1)[0].text.split("\n")
    spoilt = "\n".join(body).replace("。", "。&nbsp;", 1)
    path.write_text(f"上一篇：无\n{title}\n{spoilt}\n下一篇：无", "utf-8")
    assert status("explain", str(path)) == 0
    shown = capsys.readouterr().out
    assert "line 1: strip.chrome.neighbours" in shown
    assert f"line {len(body) + 3}: strip.chrome.neighbours" in shown
    assert status("explain", f"{path}:2") == 1
    assert "a text file is one document" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "told"),
    [('{"body": "一"}', "no field 'text'"), ('["一"]', "no object"), ("{", "broken JSON")],
)
def test_a_run_without_documents_says_why(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{line}\n", "utf-8")
    done = call(f"{tmp_path}/a.jsonl")
    assert done.returncode == 0
    assert f"no line is a document: {told}" in done.stderr.decode()
    (tmp_path / "b.jsonl").write_text(f'{line}\n{{"text": "一"}}\n', "utf-8")
    assert call(f"{tmp_path}/b.jsonl").stderr == b""


def test_a_filter_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ours_that_fails.py").write_text(
        "import cleaner\n"
        "@cleaner.editor('strip.ours')\n"
        "def ours(view):\n"
        "    raise ValueError('oops')\n",
        "utf-8",
    )
    (tmp_path / "r.toml").write_text('filters = ["ours_that_fails:ours"]', "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    done = call("--recipe", f"{tmp_path}/r.toml", given=b'{"id": "a", "text": "x"}\n' * 2)
    assert done.stdout == b""
    told = done.stderr.decode()
    assert "2 documents were refused" in told
    assert "a: strip.ours: ValueError: oops" in told


def test_training_of_coherence_wants_articles(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("--positive", str(page), "--negative", str(page))
    assert status("train", "coherence", *files, "-o", f"{tmp_path}/m") == 1
    assert "30 articles; it takes 100" in capsys.readouterr().err


def test_places() -> None:
    assert place("a.jsonl:17") == ("a.jsonl", 17)
    assert place("a:b.txt") == ("a:b.txt", None)
    assert place("a.txt") == ("a.txt", None)


def test_help_is_quick() -> None:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import typer, rich.console"], check=True)
    yardstick = time.perf_counter() - start
    start = time.perf_counter()
    call("--help")
    assert time.perf_counter() - start < 6 * yardstick + 2


def test_the_sums_add_up_and_say_why_lines_were_invalid() -> None:
    whole = Tally(documents=3, kept=2, rejected=1)
    assert sums_of(Outcome({}, whole)).startswith("3 documents, 2 kept, 1 rejected, 0 invalid")
    split = Tally(documents=3, parts=2, kept=4, rejected=1, invalid=1)
    split.invalid_reasons["no field 'text'"] = 1
    told = sums_of(Outcome({}, split))
    assert told.startswith("3 documents in 5 parts, 4 kept, 1 rejected, 1 invalid lines (no field")


def test_progress_says_how_far_it_is() -> None:
    shards = [Shard(n, n, "jsonl", size, "out", None) for n, size in (("a", 300), ("b", 100))]
    tally = Tally(documents=1234, kept=3, rejected=1, bytes_in=5_000_000)
    told = line_of(Snapshot(shards, 1, 50, tally), 70.0)
    assert told == "2/2 b · 1,234 documents · 0.1 MB/s · 75% kept · 88%, 0:10 left"
    begun = line_of(Snapshot(shards[:1], 0, 0, Tally()), 0.0)
    assert begun == "1/1 a · 0 documents"
