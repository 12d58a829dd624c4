"""A run: accounting, bad input, order, workers that die, resume after a kill."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.generate import articles
from cleaner.batch import Batch, View
from cleaner.document import Document, Edit
from cleaner.errors import InputError, OutputError, UsageError
from cleaner.filter import Twin, editor, scorer
from cleaner.io.lines import Chunk
from cleaner.pipeline import Pipeline
from cleaner.recipe import Recipe, Run
from cleaner.stream import Outcome, Settings, run
from cleaner.stream.account import RuleTally, Tally
from cleaner.stream.rows import Job, Shape
from cleaner.stream.work import killed
from cleaner.verdict import Limit

Row = dict[str, Any]


@editor("repair.shout")
def shout(view: View) -> Iterable[Edit]:
    """Full-width exclamation marks become ASCII: an edit that is easy to count."""
    for at, char in enumerate(view.text):
        if char == "！":
            yield Edit(at, at + 1, "!", "repair.shout.mark")


@editor("strip.trouble")
def trouble(view: View) -> Iterable[Edit]:
    """Fails, dies or hangs on documents that ask for it."""
    if "FAIL" in view.text:
        raise RuntimeError("as asked")
    if "DIE" in view.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "HANG" in view.text:
        time.sleep(60)
    return ()


@scorer("score.han")
def han(text: str) -> float:
    return sum("一" <= char <= "鿿" for char in text) / max(len(text), 1)


class Seen:
    """A small exact index that survives a kill."""

    name = "dedup.exact"

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    def sketch(self, batch: Batch) -> list[str]:
        return [doc.text for doc in batch.docs]

    def admit(self, sketch: list[str], ids: Any, eligible: Any) -> list[Twin | None]:
        found: list[Twin | None] = []
        for text, name, able in zip(sketch, ids, np.asarray(eligible).tolist(), strict=True):
            twin = self.ids.setdefault(text, name) if able else None
            found.append(Twin(twin, 1.0) if twin is not None and twin != name else None)
        return found

    def keep(self, sketch: list[str], ids: Any, kept: Any) -> None:
        """`admit` has remembered them."""

    def begin(self, folder: Path, mark: Any = None) -> None:
        self.ids = dict(mark["ids"]) if mark else {}

    def checkpoint(self) -> dict[str, Any]:
        return {"ids": dict(self.ids)}

    def finish(self) -> None:
        self.ids = {}


def make(seconds: float = 60.0, chars: int = 1000) -> Pipeline:
    recipe = Recipe("tests", "", (), limits={"han": Limit(min=0.2)}, run=Run(chars, seconds))
    return Pipeline.from_recipe(recipe, extra=[shout, trouble, han, Seen()])


def clean(
    tmp_path: Path,
    lines: Iterable[bytes | Row],
    make: Callable[[], Pipeline] = make,
    shape: Shape | None = None,
    **settings: Any,
) -> tuple[Outcome, list[Row], list[Row]]:
    """The outcome, the kept lines and the rejected ones."""
    source = tmp_path / "in.jsonl"
    data = [
        x if isinstance(x, bytes) else json.dumps(x, ensure_ascii=False).encode() for x in lines
    ]
    source.write_bytes(b"\n".join(data))
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    options = {"workers": 0, **settings}
    outcome = run(
        make,
        Settings((str(source),), str(out), str(rejects), shape=shape or Shape(), **options),
    )
    check_sums(outcome)
    return outcome, *(
        [json.loads(line) for line in path.read_bytes().decode().splitlines()]
        for path in (out, rejects)
    )


def check_sums(outcome: Outcome) -> None:
    tally = outcome.tally
    assert tally.lines == tally.blank + tally.invalid + tally.documents
    assert tally.documents + tally.parts == tally.kept + tally.rejected
    assert sum(tally.reasons.values()) == tally.rejected
    assert sum(tally.invalid_reasons.values()) == tally.invalid


def reason(row: Row) -> Row:
    first: Row = row["clean"]["reasons"][0]
    return first


class TestLines:
    def test_kept_rejected_and_twin(self, tmp_path: Path) -> None:
        lines: list[Row] = [
            {"id": 7, "text": "天气很好！真的！", "n": 1},
            {"text": "plain English"},
            {"text": "天气很好！真的！"},
            {"text": "天色已晚。", "clean": "old"},
        ]
        outcome, kept, rejected = clean(tmp_path, lines)
        assert [list(row) for row in kept] == [["id", "text", "n", "clean"], ["text", "clean"]]
        assert kept[0]["text"] == "天气很好!真的!"
        assert kept[0]["clean"] == {"signals": {"han": 0.75}, "edits": 2}
        assert kept[1]["clean"]["edits"] == 0
        assert [row["text"] for row in rejected] == ["plain English", "天气很好！真的！"]
        assert reason(rejected[0]) == {
            "filter": "score.han",
            "signal": "han",
            "value": 0.0,
            "limit": 0.2,
        }
        assert reason(rejected[1])["twin"] == "7"
        assert outcome.tally.rules["repair.shout.mark"].documents == 2
        assert outcome.tally.rules["repair.shout.mark"].samples[0] == ["7", 4, 5]

    def test_rejected_lines_are_the_raw_bytes(self, tmp_path: Path) -> None:
        raw = b'{ "text":"\\u0061bc" , "x":1.50,  "y":NaN}'
        clean(tmp_path, [raw])
        written = (tmp_path / "rejects.jsonl").read_bytes()
        assert written.startswith(raw[:-1] + b',"clean":{"reasons":[')

    def test_bad_input_is_neither_fatal_nor_lost(self, tmp_path: Path) -> None:
        bad = [
            b'{"text": ',
            b"[]",
            b"7",
            b'{"body": "a"}',
            b'{"text": 5}',
            b"\xff\xfe\xfd",
            b"\x00",
            b'{"text": null}',
            b"[" * 50_000,
            b'{"text": "a"}}',
        ]
        good: list[bytes] = [
            '{"text": "天气很好。", "n": 123456789012345678901234567890, "x": NaN}'.encode(),
            '{"text": "天气\\ud800很好。"}'.encode(),
            '{"text": "天气\\u0000不好。"}'.encode(),
            '{"text": "早晨的集市。"}'.encode("gb18030"),
            '{"text": "傍晚的集市。"}'.encode()[:-4] + b'\xff"}',
        ]
        outcome, kept, rejected = clean(tmp_path, [b"", *bad, b"   ", *good, b""])
        assert outcome.tally.invalid == len(bad) == len(rejected)
        assert outcome.tally.blank == 2
        assert len(kept) == len(good)
        assert kept[0]["n"] == 123456789012345678901234567890
        assert kept[1]["text"] == "天气\ud800很好。"
        assert kept[3]["clean"]["encoding"] == "gb18030"
        assert kept[4]["clean"]["replaced"] == 2
        assert [row["line"] for row in rejected] == list(range(2, 2 + len(bad)))
        data = (tmp_path / "in.jsonl").read_bytes()
        for row, raw in zip(rejected, bad, strict=True):
            assert data[row["offset"] :].startswith(raw)
            assert "raw" in row or "raw_base64" in row

    def test_blank_lines_and_an_empty_file(self, tmp_path: Path) -> None:
        outcome, kept, rejected = clean(tmp_path, [b""] * 100_000)
        assert (outcome.tally.blank, kept, rejected) == (99_999, [], [])
        outcome, *_ = clean(tmp_path, [])
        assert outcome.tally.lines == 0
        assert (tmp_path / "out.jsonl").read_bytes() == b""

    def test_too_large_a_document_is_refused(self, tmp_path: Path) -> None:
        _, kept, rejected = clean(tmp_path, [{"text": "天" * 1001}, {"text": "天" * 1000}])
        assert len(kept) == 1
        assert reason(rejected[0])["signal"] == "chars"
        assert reason(rejected[0])["value"] == 1001


class TestShapes:
    LINES: tuple[Row, ...] = ({"text": "天气很好！"}, {"text": "no"})

    def test_keep_all(self, tmp_path: Path) -> None:
        _, kept, rejected = clean(tmp_path, self.LINES, shape=Shape(keep_all=True))
        assert [row["text"] for row in kept] == ["天气很好!", "no"]
        assert reason(kept[1])["signal"] == "han"
        assert not rejected

    def test_audit_changes_and_drops_nothing(self, tmp_path: Path) -> None:
        _, kept, rejected = clean(tmp_path, self.LINES, shape=Shape(audit=True))
        assert [row["text"] for row in kept] == [row["text"] for row in self.LINES]
        assert kept[0]["clean"]["edits"] == 1
        assert reason(kept[1])["signal"] == "han"
        assert not rejected

    def test_audit_is_valid_utf8(self, tmp_path: Path) -> None:
        raw = [
            '{"text": "天气很好。"}'.encode("gb18030"),
            b'{"text": "' + "天气".encode() + b'\xff"}',
        ]
        _, kept, _ = clean(tmp_path, raw, shape=Shape(audit=True))
        assert [row["text"] for row in kept] == ["天气很好。", "天气\ufffd"]

    def test_trace_can_be_replayed(self, tmp_path: Path) -> None:
        _, kept, _ = clean(tmp_path, self.LINES, shape=Shape(trace=True))
        told = kept[0]["clean"]
        assert told["original"] == "天气很好！"
        (change,) = told["changes"]
        made = "".join(
            p[2] if len(p) > 2 else told["original"][p[0] : p[1]] for p in change["pieces"]
        )
        assert made == kept[0]["text"]

    def test_other_fields(self, tmp_path: Path) -> None:
        lines = [
            {"body": "天气很好。", "key": "k1", "text": 3},
            {"body": "天气很好。", "key": "k2"},
        ]
        shape = Shape(text_field="body", id_field="key")
        _, kept, rejected = clean(tmp_path, lines, shape=shape)
        assert kept[0]["text"] == 3
        assert reason(rejected[0])["twin"] == "k1"

    def test_text_files(self, tmp_path: Path) -> None:
        paths = []
        for name, text in (("a.txt", "天气\r\n很好！\n"), ("b.txt", ""), ("c.txt", "bad")):
            (tmp_path / name).write_bytes(text.encode())
            paths.append(str(tmp_path / name))
        outcome = run(make, Settings(paths, f"{tmp_path}/out/", f"{tmp_path}/rej/", workers=0))
        check_sums(outcome)
        (kept,) = (tmp_path / "out/a.jsonl").read_text("utf-8").splitlines()
        assert json.loads(kept)["text"] == "天气\n很好!"
        assert json.loads(kept)["id"] == paths[0]
        assert (tmp_path / "out/b.jsonl").read_bytes() == b""
        assert json.loads((tmp_path / "rej/c.jsonl").read_text("utf-8"))["text"] == "bad"


class TestTrouble:
    def lines(self, word: str) -> list[Row]:
        return [{"text": f"天气很好，第{n}天。{word if n == 37 else ''}"} for n in range(90)]

    def test_a_failing_filter_costs_one_document(self, tmp_path: Path) -> None:
        outcome, kept, rejected = clean(tmp_path, self.lines("FAIL"))
        assert len(kept) == 89
        assert reason(rejected[0])["error"] == "strip.trouble: RuntimeError: as asked"
        assert "in.jsonl:38: strip.trouble: RuntimeError" in outcome.tally.errors[0]

    def test_a_document_that_kills_is_refused(self, tmp_path: Path) -> None:
        _, kept, rejected = clean(tmp_path, self.lines("DIE"), workers=2, chunk_bytes=1500)
        assert len(kept) == 89
        assert [row["text"] for row in kept] == [
            r["text"] for r in self.lines("") if "37" not in r["text"]
        ]
        assert reason(rejected[0])["signal"] == "crash"

    def test_a_document_that_hangs_is_refused(self, tmp_path: Path) -> None:
        lines = [{"text": "天气很好。"}, {"text": "天气HANG"}, {"text": "天气不好。"}]
        _, kept, rejected = clean(tmp_path, lines, partial(make, 0.7), workers=1)
        assert len(kept) == 2
        assert reason(rejected[0])["signal"] == "seconds"

    def test_a_missing_input_is_told_before_anything_is_written(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no such file"):
            run(make, Settings((f"{tmp_path}/none.jsonl",), f"{tmp_path}/out.jsonl"))
        assert not list(tmp_path.iterdir())

    def test_a_full_disk(self, tmp_path: Path) -> None:
        (tmp_path / "in.jsonl").write_text('{"text": "天气很好。"}\n' * 50, "utf-8")
        with pytest.raises(OutputError, match="No space left"):
            run(make, Settings((f"{tmp_path}/in.jsonl",), "/dev/full", workers=0))

    def test_outputs_that_clash(self, tmp_path: Path) -> None:
        path = tmp_path / "in.jsonl"
        path.touch()
        for out, rejects in ((path, None), (tmp_path / "o", tmp_path / "o")):
            with pytest.raises(UsageError):
                run(make, Settings((str(path),), str(out), rejects and str(rejects)))

    def test_damage_is_told_and_all_before_it_is_used(self, tmp_path: Path) -> None:
        import gzip

        lines = [json.dumps({"text": f"天气很好，第{n}天。"}) for n in range(5000)]
        packed = gzip.compress("\n".join(lines).encode())
        path = tmp_path / "in.jsonl.gz"
        path.write_bytes(packed[: len(packed) // 2])
        outcome = run(make, Settings((str(path),), f"{tmp_path}/o.jsonl", workers=0))
        assert "truncated" in outcome.damage[str(path)]
        assert outcome.tally.kept > 1000


WORDS = ("天气很好！", "天气不好。", "no", "同样的话。")


def pages(folder: Path, files: int = 3, lines: int = 400) -> list[str]:
    """Input files whose lines are kept, edited, dropped, twins, blank and broken."""
    texts = [a.text for a in articles(files * lines, seed=8)]
    paths = []
    for number in range(files):
        path = folder / f"in{number}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for at in range(lines):
                text = texts[number * lines + at][:60] + WORDS[at % 4]
                text = WORDS[at % 4] if at % 5 == 0 else text
                file.write("{broken\n" if at % 50 == 9 else json.dumps({"text": text}) + "\n")
        paths.append(str(path))
    return paths


def results(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def small(paths: list[str], folder: Path, suffix: str = "", **settings: Any) -> Settings:
    options = {"workers": 0, "chunk_bytes": 8000, "checkpoint_every": 3, **settings}
    if suffix:
        return Settings(paths, f"{folder}/all.jsonl{suffix}", f"{folder}/rej.jsonl", **options)
    return Settings(paths, f"{folder}/out/", f"{folder}/rej/", **options)


def told(outcome: Outcome) -> str:
    """The statistics without what chance touches, and without the names of the outputs."""
    table = outcome.as_dict()
    del table["speed"], table["identity"]
    return json.dumps(table)


def test_bytes_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    paths = pages(tmp_path)
    seen = []
    for workers in (0, 1, 2, 3):
        folder = tmp_path / str(workers)
        outcome = run(make, small(paths, folder, ".gz", workers=workers))
        check_sums(outcome)
        seen.append((results(folder), told(outcome)))
    assert all(one == seen[0] for one in seen)
    assert set(seen[0][0]) == {"all.jsonl.gz", "rej.jsonl"}


_VICTIM = """
import sys, time
sys.path[:0] = {path!r}
from pathlib import Path
from cleaner.stream import run
from tests.test_stream import make, small
paths, folder, suffix, workers = {args!r}
print("go", flush=True)
run(make, small(paths, Path(folder), suffix, workers=workers, resume=True),
    watch=lambda _: time.sleep(0.004))
"""


@pytest.mark.parametrize("moment", range(5))
def test_a_killed_run_resumes_to_the_same_bytes(tmp_path: Path, moment: int) -> None:
    paths = pages(tmp_path)
    suffix, workers = ("", ".zst")[moment % 2], 1 + moment % 2
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    calm = run(make, small(paths, whole, suffix))
    code = _VICTIM.format(path=sys.path, args=(paths, str(cut), suffix, workers))
    victim = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert victim.stdout
    assert victim.stdout.readline() == b"go\n"
    time.sleep(0.05 + 0.06 * moment)
    victim.kill()
    victim.wait()
    victim.stdout.close()
    assert results(cut) != results(whole)
    outcome = run(make, small(paths, cut, suffix, resume=True))
    assert results(cut) == results(whole)
    assert told(outcome) == told(calm)


def test_resume_refuses_what_differs(tmp_path: Path) -> None:
    paths = pages(tmp_path, files=1)
    settings = small(paths, tmp_path, ".x", resume=True)

    class EnoughError(Exception):
        pass

    def stop(_: object) -> None:
        if list(tmp_path.glob(".*.run/checkpoint.json")):
            raise EnoughError

    with pytest.raises(EnoughError):
        run(make, settings, stop)
    with pytest.raises(InputError, match="recipe_hash differs"):
        run(partial(make, 1.0), settings)
    Path(paths[0]).touch()
    with pytest.raises(InputError, match="inputs differs"):
        run(make, settings)
    assert run(make, small(paths, tmp_path, ".x")).tally.lines == 400


def test_a_failed_write_at_any_moment_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = pages(tmp_path, files=2)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    run(make, small(paths, whole))
    honest = os.write
    for failing in (1, 2, 3, 5, 8, 13, 21):
        calls = 0

        def write(fd: int, data: Any, failing: int = failing) -> int:
            nonlocal calls
            calls += 1
            if calls == failing:
                raise OSError(28, "No space left on device")
            return honest(fd, bytes(data)[: 1 + len(data) // 2])

        monkeypatch.setattr(os, "write", write)
        try:
            run(make, small(paths, cut, resume=True))
        except OutputError as error:
            assert "No space" in str(error)
        monkeypatch.setattr(os, "write", honest)
    run(make, small(paths, cut, resume=True))
    assert results(cut) == results(whole)


def test_nothing_can_be_resumed_on_standard_output(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--resume"):
        run(make, Settings((pages(tmp_path, 1)[0],), "-", resume=True))


def test_the_arrays_of_a_chunk_go_with_it() -> None:
    """A run leaves the garbage collector little to do, so no cycle may hold on to a batch."""
    pipe = make()
    gc.collect()
    gc.disable()
    try:
        pipe.clean([Document(str(n), f"天气{n}！") for n in range(20)])
        assert not [item for item in gc.get_objects() if isinstance(item, Batch)]
    finally:
        gc.enable()


@pytest.mark.parametrize("shape", [Shape(audit=True), Shape(keep_all=True), Shape()])
def test_raw_control_characters_come_out_escaped(tmp_path: Path, shape: Shape) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"a":\t"\x01", "text": "\xe6\x9d\x8e\x00\t\\"\x1f"}\r\n')
    run(make, Settings((f"{tmp_path}/in.jsonl",), f"{tmp_path}/o.jsonl", shape=shape, workers=0))
    record = json.loads((tmp_path / "o.jsonl").read_bytes())
    assert (record["a"], record["text"]) == ("\x01", '李\x00\t"\x1f')


def test_parquet_in_and_out(tmp_path: Path) -> None:
    from datetime import datetime
    from decimal import Decimal

    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    rows = 1203
    table = pa.table(
        {
            "text": [None if n == 700 else "no" if n % 3 else f"天气{n}！" for n in range(rows)],
            "when": [datetime(2024, 1, 1, 0, 0, n % 60) for n in range(rows)],
            "price": pa.array([Decimal(n) / 100 for n in range(rows)], pa.decimal128(20, 2)),
            "blob": [bytes([n % 256, 255]) for n in range(rows)],
        }
    )
    path = tmp_path / "in.parquet"
    pq.write_table(table, path, row_group_size=100)
    settings = Settings((str(path),), f"{tmp_path}/o.parquet", f"{tmp_path}/r.parquet", workers=0)
    outcome = run(make, settings)
    check_sums(outcome)
    assert outcome.tally.invalid == 1
    kept, rejected = pq.read_table(tmp_path / "o.parquet"), pq.read_table(tmp_path / "r.parquet")
    third = table.take(list(range(0, rows, 3)))
    assert kept.column("text").to_pylist() == [f"天气{n}!" for n in range(0, rows, 3)]
    for name in ("when", "price", "blob"):
        assert kept.column(name).equals(third.column(name))
    assert json.loads(kept.column("clean")[0].as_py())["edits"] == 1
    assert rejected.num_rows == rows - kept.num_rows
    assert rejected.schema.field("price").type == pa.decimal128(20, 2)

    lines = run(make, Settings((str(path),), f"{tmp_path}/o.jsonl", workers=0))
    assert lines.tally.kept == kept.num_rows
    back = Settings((f"{tmp_path}/o.jsonl",), f"{tmp_path}/back.parquet", workers=0)
    assert run(make, back).tally.kept == pq.read_table(tmp_path / "back.parquet").num_rows


def test_any_rejected_line_fits_into_parquet(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    raw = [
        b'{"text": "no \x00 \r"}',
        b'{"text": "no no no no no no \xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe6\xff"}',
        b"{broken",
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(raw))
    inputs, out, rejects = (
        (f"{tmp_path}/in.jsonl",),
        f"{tmp_path}/o.parquet",
        f"{tmp_path}/r.parquet",
    )
    run(make, Settings(inputs, out, rejects, workers=0))
    found = pq.read_table(rejects).to_pydict()
    assert found["text"] == ["no \x00 \r", "no no no no no no 中中中��", None]
    assert found["raw"] == [None, None, "{broken"]
    assert not list(tmp_path.glob(".*.rows.*"))
    raw[:1] *= 500
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(raw))
    with pytest.raises(OutputError, match="is not in the first rows"):
        run(make, Settings(inputs, out, rejects, workers=0))


def test_a_broken_parquet_file_is_damage(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "in.parquet").write_bytes(b"PAR1 no")
    outcome = run(make, Settings((f"{tmp_path}/in.parquet",), f"{tmp_path}/o.jsonl", workers=0))
    assert "Parquet" in outcome.damage[f"{tmp_path}/in.parquet"]


def test_a_run_keeps_few_samples_and_errors_and_the_first_ones() -> None:
    tally = Tally()
    for number in range(30):
        more = Tally(errors=[f"e{number}"])
        more.rules["r"] = RuleTally(1, 2, 3, [[f"d{number}", 0, 1]])
        tally.add(more)
    assert tally.errors == [f"e{number}" for number in range(20)]
    rule = tally.rules["r"]
    assert (rule.documents, rule.lines, rule.characters) == (30, 60, 90)
    assert [sample[0] for sample in rule.samples] == ["d0", "d1", "d2"]


@pytest.mark.parametrize(
    ("data", "kind", "tally"),
    [
        (b'{"text": "a"}\n', "document", Tally(lines=1, documents=1, bytes_in=14)),
        (b"[1, 2]\n", "invalid", Tally(lines=1, invalid=1, bytes_in=7)),
    ],
)
def test_a_line_that_a_worker_died_of_is_counted_for_what_it_is(
    data: bytes, kind: str, tally: Tally
) -> None:
    worked = killed(Job(0, "in.jsonl", "jsonl", Chunk(3, 0, data)), {"signal": "crash"})
    (row,) = worked.rows
    assert (row.kind, row.id, row.span) == (kind, "in.jsonl:3", (0, len(data) - 1))
    assert worked.tally == tally
