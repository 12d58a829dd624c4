"""A folder of a user's own rules: whether each of them is read, and does what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cleaner.apply import edited
from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.errors import RuleError
from cleaner.filter import Editor, Filter
from cleaner.rule_files import STAGES, Rule, shipped
from cleaner.rules import RuleBook, RuleEditor

_PLACE = "STAGE/FILTER/NAME.toml"


def examine(folder: Path, book: RuleBook, filters: Iterable[Filter]) -> None:
    """Raises RuleError for the first rule that nothing reads, that misses one of its hits, or that
    touches one of its near misses.

    Samples of filters that are not among `filters` are left alone, and those that want a whole
    page around them. Shipped rules are not looked at: a test does that.
    """
    items = {item.name: item for item in filters}
    readers = _readers()
    rules = list(_rules(folder, book))
    for path, rule in rules:
        item = items.get(rule.filter)
        if rule.filter not in readers and not isinstance(item, RuleEditor):
            known = ", ".join(sorted(readers))
            raise RuleError(f"{path}: no filter {rule.filter} reads rules; there are: {known}")
        if isinstance(item, Editor) and not rule.options.get("page"):
            _try(rule, path, item, book)
    if not (rules or (folder / "lists").is_dir() or (folder / "parts.toml").is_file()):
        raise RuleError(
            f"--rules {folder}: holds no rules; one is {_PLACE}, as strip/chrome/x.toml"
        )


def _readers() -> set[str]:
    """The filters that have shipped rules."""
    folders = [folder for stage in STAGES for folder in (shipped() / stage).glob("*/")]
    return {f"{folder.parent.name}.{folder.name}" for folder in folders}


def _rules(folder: Path, book: RuleBook) -> Iterator[tuple[Path, Rule]]:
    """The rules of a folder with their files; raises RuleError for a file in another place."""
    for path in sorted(folder.rglob("*.toml")):
        inside = path.relative_to(folder).parts
        if inside == ("parts.toml",) or inside[0] == "recipes":
            continue
        rule = book.rules.get(".".join((*inside[:-1], path.stem)))
        if rule is None or len(inside) != 3:
            stages = ", ".join(STAGES)
            raise RuleError(
                f"{path}: is not read; put it in {folder}/{_PLACE}, STAGE one of {stages}"
            )
        yield path, rule


def _try(rule: Rule, path: Path, item: Editor, book: RuleBook) -> None:
    for text in rule.hits:
        if rule.id not in _at_work(text, item, book):
            raise RuleError(
                f"{path}: does not find its hit {text!r}: a literal must stand in the line, and "
                "patterns see it narrow, in lower case and Simplified"
            )
    for text in rule.near_misses:
        if rule.id in _at_work(text, item, book):
            raise RuleError(f"{path}: finds its near miss {text!r}; make it narrower")


def _at_work(text: str, item: Editor, book: RuleBook) -> set[str]:
    """The rules of a filter that change a text."""
    batch = Batch([Document("sample", text)], book.automaton)
    doc = edited(batch, 0, item) if item.suspects(batch)[0] else None
    return {put.rule for put in doc.changes[-1].puts} if doc else set()
