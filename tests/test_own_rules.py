"""A user's own rules: what is wrong with one is said with its file, before anything is cleaned."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.errors import RuleError
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook

SOUND = {
    "why": '"the bell of our paper"',
    "source": '"our own pages"',
    "literals": '["按铃订报"]',
    "pattern": "'.{0,10}按铃订报.{0,10}'",
    "hits": '["按鈴訂報 每月十元"]',
    "near_misses": '["读者李先生说，他每年冬天都会按铃订报，然后到邻居家里去喝茶。"]',
}


def folder(root: Path, place: str = "strip/chrome/bell.toml", **changes: str) -> Path:
    """A folder with the sound rule above but for some fields; an empty one goes."""
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = {key: value for key, value in {**SOUND, **changes}.items() if value}
    path.write_text("".join(f"{key} = {value}\n" for key, value in fields.items()), "utf-8")
    return root


def loaded(root: Path) -> Pipeline:
    return Pipeline.from_recipe("news-zh", rules=root)


def test_a_sound_rule_is_at_work(tmp_path: Path) -> None:
    pipe = loaded(folder(tmp_path))
    body = "市里昨天召开会议，部署今年的春耕工作，有关部门的负责人参加。"
    (doc,) = pipe([f"{body}\n按铃订报：每月十元\n{body}会议开了两天。"])
    assert "按铃" not in doc.text
    assert [p.rule for c in doc.changes for p in c.puts] == ["strip.chrome.bell"]


def test_a_part_of_a_line_gives_way_to_something_else(tmp_path: Path) -> None:
    changes = {"scope": '"inline"', "pattern": "'按铃订报'", "put": '"……"'}
    root = folder(tmp_path, **changes, near_misses='["订报按铃"]')
    (doc,) = loaded(root)(["老李说：按铃订报，他才不呢。"])
    assert doc.text == "老李说：……，他才不呢。"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"why": ""}, "no `why`"),
        ({"patern": '"x"'}, "unknown ['patern']"),
        ({"literals": '"按铃订报"'}, "literals = '按铃订报'"),
        ({"literals": "[5]"}, "literals = [5]"),
        ({"literals": '[""]'}, "literal ''"),
        ({"literals": '["a\\nb"]'}, "literal"),
        ({"literals": ""}, "no literals"),
        ({"lists": '["nonesuch"]'}, "lists/nonesuch.txt: no such list"),
        ({"pattern": '"("'}, "pattern"),
        ({"pattern": '"{{nonesuch}}"'}, "no part 'nonesuch'"),
        ({"scope": '"word"'}, "one of line, inline"),
        ({"where": '"foot"'}, "one of head, tail, any"),
        ({"scope": '"inline"', "pattern": ""}, "needs a pattern"),
        ({"confidence": "true"}, "confidence = True"),
        ({"longest": "5.5"}, "longest = 5.5"),
        ({"options": '"page"'}, "options"),
        ({"hits": '["按铃吃饭"]'}, "does not find its hit '按铃吃饭'"),
        ({"pattern": "'按鈴訂報.*'"}, "does not find its hit"),
        ({"near_misses": '["按铃订报"]'}, "finds its near miss '按铃订报'"),
    ],
)
def test_a_fault_is_told_with_the_file(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    root = folder(tmp_path, **changes)
    with pytest.raises(RuleError) as error:
        loaded(root)
    assert told in str(error.value)
    assert "bell" in str(error.value)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("strip/chrom/bell.toml", "no filter strip.chrom reads rules"),
        ("strip/blanks/bell.toml", "no filter strip.blanks reads rules"),
        ("chrome/bell.toml", "is not read"),
        ("bell.toml", "is not read"),
        ("strip/bell.toml", "is not read"),
        ("strip/chrome/our/bell.toml", "is not read"),
    ],
)
def test_a_rule_that_nobody_reads_is_an_error(tmp_path: Path, place: str, told: str) -> None:
    with pytest.raises(RuleError) as error:
        loaded(folder(tmp_path, place))
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("place", "changes", "told"),
    [
        ("score/filler/bell.toml", {}, "weight = NUMBER"),
        ("score/filler/bell.toml", {"options": '{ weight = "much" }'}, "weight = NUMBER"),
        ("score/forms/bell.toml", {"options": "{ weight = 1 }", "literals": "[]"}, "no literals"),
        ("strip/spam/bell.toml", {"options": "{ least = 2 }"}, "share = NUMBER"),
    ],
)
def test_a_rule_lacks_what_its_filter_needs(
    tmp_path: Path, place: str, changes: dict[str, str], told: str
) -> None:
    with pytest.raises(RuleError) as error:
        loaded(folder(tmp_path, place, **changes))
    assert told in str(error.value)
    assert "bell" in str(error.value)


def test_a_folder_needs_something_in_it(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="holds no rules"):
        loaded(tmp_path)
    (tmp_path / "lists").mkdir()
    loaded(tmp_path)


def test_an_own_list_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/radicals.txt").write_text("# ours\n甲\n\n乙\n", "utf-8")
    assert RuleBook.load(tmp_path).words("radicals") == ("甲", "乙")
    assert RuleBook.load().words("radicals") != ("甲", "乙")


def test_rules_of_filters_that_a_recipe_lacks_are_not_tried(tmp_path: Path) -> None:
    root = folder(tmp_path, hits='["按铃吃饭"]')
    Pipeline.from_recipe("dedup-only", rules=root)
