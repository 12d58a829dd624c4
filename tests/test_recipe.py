"""Recipes of one's own: what is wrong with one is said before anything is cleaned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.errors import InputError, RecipeError
from cleaner.pipeline import Pipeline
from cleaner.recipe import load, shipped_names
from cleaner.verdict import Limit


def recipe(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_recipe_says_what_it_says(tmp_path: Path) -> None:
    found = load(
        recipe(
            tmp_path,
            """
            why = "ours"
            split = false
            filters = ["score.basics", "dedup.near"]
            [options."dedup.near"]
            threshold = 0.9
            [limits]
            han_share = { min = 0.4, max = 1 }
            [run]
            max_chars = 100
            """,
        )
    )
    assert (found.name, found.why, found.split) == ("mine", "ours", False)
    assert found.options["dedup.near"] == {"threshold": 0.9}
    assert found.limits == {"han_share": Limit(0.4, 1)}
    assert (found.run.max_chars, found.run.max_seconds) == (100, 60.0)


def test_every_shipped_recipe_is_sound() -> None:
    assert {"news-zh", "web-zh", "repair-only", "dedup-only", "fineweb2-zh"} == {*shipped_names()}
    for name in shipped_names():
        assert load(name).why


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = ", "mend the file"),
        ('why = "x"', "no list `filters"),
        ('filters = "strip.spam"', "no list `filters"),
        ("filters = [5]", "no list `filters"),
        ("filters = []\nfilter = []", "unknown ['filter']"),
        ('filters = ["strip.spma"]', "no filter 'strip.spma'"),
        ('filters = ["nonesuch:x"]', "cannot be imported"),
        ('filters = ["json:loads"]', "is no filter"),
        ('filters = []\nsplit = "no"', "write true or false"),
        ("filters = []\nlimits = 5", "write a table, [limits]"),
        ("filters = []\n[limits]\nx = { min = 1 }", "no filter of recipe mine computes it"),
        ("filters = []\n[limits]\nx = 0.5", "x = { min = 0.5 }"),
        ("filters = []\n[limits]\nx = {}", "x = { min = 0.5 }"),
        ("filters = []\n[limits]\nx = { least = 1 }", "x = { min = 0.5 }"),
        ('filters = []\n[limits]\nx = { min = "a" }', "x = { min = 0.5 }"),
        ("filters = []\n[limits]\nx = { min = 1, max = 0 }", "nothing lies between"),
        ("filters = []\n[run]\nmax = 5", "known: max_chars, max_seconds"),
        ("filters = []\n[run]\nmax_chars = 0", "a number above 0"),
        ("filters = []\n[run]\nmax_chars = true", "a number above 0"),
        ("filters = []\n[options]\nthreshold = 1", "options for 'threshold'"),
        ('filters = ["dedup.near"]\n[options.dedup.near]\nn = 5', "with the quotes"),
        ('filters = ["dedup.near"]\n[options."dedup.near"]\nm = 5', "no option 'm'"),
        ('filters = ["strip.chrome"]\n[options."strip.chrome"]\nm = 5', "it takes none"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RecipeError) as error:
        Pipeline.from_recipe(recipe(tmp_path, text))
    assert told in str(error.value)


def test_a_model_that_is_none_is_told_at_once(tmp_path: Path) -> None:
    text = 'filters = ["{0}"]\n[options."{0}"]\n{1} = {2}'
    path = json.dumps(str(tmp_path / "none"))
    with pytest.raises(InputError, match="cannot be read"):
        Pipeline.from_recipe(recipe(tmp_path, text.format("score.news", "model", path)))
    with pytest.raises(RecipeError, match="no model"):
        Pipeline.from_recipe(recipe(tmp_path, text.format("score.fasttext", "path", path)))
