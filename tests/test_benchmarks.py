"""The harness: definitions, floors, the generated corpus."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import results
from benchmarks.definition import Bound, Definition, Form, choose, read
from benchmarks.generate import articles
from benchmarks.quality import run


def shares(form: Form) -> dict[str, float]:
    """A benchmark for these tests: full-width commas, which NFKC takes away."""
    text = form("一，二，三")
    return {"wide": text.count("，") / len(text), "size": len(text)}


def broken(_form: Form) -> dict[str, float]:
    raise RuntimeError("no answer")


def definition(**settings: object) -> Definition:
    return Definition(name="a/b", why="", run=f"{__name__}:shares", **settings)  # type: ignore[arg-type]


def test_every_definition_can_be_read_and_found() -> None:
    for found in choose():
        assert callable(found.function()), found.name
        assert found.why, found.name


def test_worse_of_both_forms_counts() -> None:
    for bound, worse in ((Bound(min=0.3), 0.0), (Bound(max=0.3), 0.4)):
        outcome = run(definition(forms=True, floors={"wide": bound}))
        assert outcome.figures["wide"] == worse
        assert not outcome.passed


def test_floor_missed_answer_wrong_and_figure_absent_are_faults() -> None:
    assert run(definition(floors={"wide": Bound(min=0.4)})).passed
    assert not run(definition(floors={"wide": Bound(min=0.41)})).passed
    assert not run(definition(floors={"none": Bound(min=0)})).passed
    assert run(definition(expected={"size": 5})).passed
    assert not run(definition(expected={"size": 6})).passed


def test_nan_holds_no_bound() -> None:
    assert not Bound(min=0).holds(float("nan"))
    assert Bound(max=1).worse(float("nan"), 0.5) != Bound(max=1).worse(float("nan"), 0.5)


def test_an_exception_is_a_fault() -> None:
    outcome = run(Definition(name="a/c", why="", run=f"{__name__}:broken"))
    assert outcome.faults == ("RuntimeError: no answer",)


def test_definition_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('why = "w"\nrun = "a:b"\nspeed = 3\n', "utf-8")
    with pytest.raises(ValueError, match=r"x\.toml.*speed"):
        read(path, tmp_path)


def test_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["quality", "no/such"]) == 2
    assert "no definition" in capsys.readouterr().err


def test_results_keep_what_other_definitions_gave(tmp_path: Path) -> None:
    first, second = (
        run(Definition(name=n, why="", run=f"{__name__}:shares")) for n in ("r/a", "r/b")
    )
    results.record("quality", [first], tmp_path)
    (path,) = results.record("quality", [second], tmp_path)
    text = path.read_text("utf-8")
    assert "r/a" in text
    assert "r/b" in text


def test_articles_are_distinct_and_the_same_every_time() -> None:
    made = articles(60, seed=3)
    assert made[:20] == articles(20, seed=3)
    assert made[0] != articles(1, seed=4)[0]
    shingles = [{a.text[i : i + 5] for i in range(len(a.text) - 4)} for a in made]
    worst = max(len(a & b) / len(a | b) for a, b in itertools.combinations(shingles, 2))
    assert worst < 0.5
    assert all("{" not in article.text for article in made)
