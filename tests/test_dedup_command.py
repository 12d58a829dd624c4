"""`clean dedup`, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.cli import main
from cleaner.dedup.clusters import Note, clusters

TEXT = "记者从市交通局获悉，新建的环城公路将于下月通车，届时从城东到城西的车程将缩短二十分钟。"


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as end:
        main(["dedup", *map(str, words)])
    return int(end.value.code or 0)


def source(folder: Path, *texts: str) -> Path:
    path = folder / "in.jsonl"
    lines = [json.dumps({"id": f"d{at}", "text": text}) for at, text in enumerate(texts)]
    path.write_text("\n".join(lines), "utf-8")
    return path


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_bytes().splitlines()]


def test_files_in_kept_rejected_and_clusters_out(tmp_path: Path) -> None:
    path = source(tmp_path, TEXT, "另一篇稿子。", TEXT + "完", TEXT)
    out, rejects, stars = (tmp_path / name for name in ("o.jsonl", "r.jsonl", "c.jsonl"))
    words = ["-o", out, "--rejects", rejects, "--clusters", stars, "--workers", 0, "-q"]
    assert call(path, *words) == 0
    assert (ids(out), ids(rejects)) == (["d0", "d1"], ["d2", "d3"])
    (cluster,) = map(json.loads, stars.read_bytes().splitlines())
    assert cluster["representative"] == "d0"
    assert [member["id"] for member in cluster["members"]] == ["d2", "d3"]
    assert [member["by"] for member in cluster["members"]] == ["dedup.near", "dedup.exact"]
    assert call(path, *words, "--best", "length") == 0
    assert (ids(out), ids(rejects)) == (["d1", "d2"], ["d0", "d3"])


def test_an_index_remembers_the_run_before(tmp_path: Path) -> None:
    path, out = source(tmp_path, TEXT, "另一篇稿子。"), tmp_path / "out.jsonl"
    for expected in (["d0", "d1"], []):
        assert call(path, "-o", out, "--index", tmp_path / "seen", "--workers", 0, "-q") == 0
        assert ids(out) == expected


def test_the_plan_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--plan", "--threshold", 0.7) == 0
    shown = capsys.readouterr().out
    assert "threshold 0.7: 19 bands of 4 rows out of 128 slots" in shown
    assert "0.70   99.46%" in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--plan", "--threshold", "2"], "threshold must lie in (0, 1]"),
        (["--plan", "--recall", "1"], "recall must lie in (0, 1)"),
        (["--ignore", "vowels"], "space, punctuation, digit"),
        (["--measure", "cosine"], "jaccard"),
        (["--best", "beauty"], "no such signal"),
        (["--paragraphs", "none.npy"], "none.npy"),
    ],
)
def test_wrong_use_is_one_line(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(source(tmp_path, TEXT), "--workers", 0, *words) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1


def test_twins_with_the_same_names_still_make_clusters() -> None:
    twins = [("b", "a"), ("a", "b"), ("c", "a")]
    notes = [Note(at, name, twin, 0.9, "dedup.near") for at, (name, twin) in enumerate(twins)]
    assert sum(len(cluster["members"]) for cluster in clusters(notes)) == 3
