"""Every rule of `rules/` against its own hits and near misses, through its filter."""

from __future__ import annotations

from functools import cache

import pytest

from cleaner.apply import edited
from cleaner.batch import Batch
from cleaner.catalog import FILTERS, build
from cleaner.document import Document
from cleaner.filter import Editor
from cleaner.rule_files import Rule
from cleaner.rules import RuleBook

BOOK = RuleBook.load()
RULES = [rule for rule in BOOK.rules.values() if rule.filter in FILTERS]
BODY = "市里昨天召开会议，部署今年的春耕工作，有关部门的负责人参加。" * 3


@cache
def editor(name: str) -> Editor | None:
    built = build(name, BOOK, {})
    return built if isinstance(built, Editor) else None


def rules_at_work(rule: Rule, sample: str) -> set[str]:
    """The rules that touch a sample, alone on its page and above and below a body."""
    item = editor(rule.filter)
    assert item is not None
    page = "\n\n".join([sample, BODY, BODY, BODY]) if rule.options.get("page") else sample
    batch = Batch([Document("sample", page)], BOOK.automaton)
    if not item.suspects(batch)[0]:
        return set()
    doc = edited(batch, 0, item)
    return {put.rule for change in doc.changes for put in change.puts} if doc else set()


def samples(kind: str) -> list[tuple[Rule, str]]:
    return [
        (rule, text)
        for rule in RULES
        if editor(rule.filter) is not None
        for text in getattr(rule, kind)
    ]


def label(value: object) -> str:
    return value.id if isinstance(value, Rule) else str(value)[:20]


@pytest.mark.parametrize(("rule", "text"), samples("hits"), ids=label)
def test_a_rule_finds_its_hits(rule: Rule, text: str) -> None:
    assert rule.id in rules_at_work(rule, text)


@pytest.mark.parametrize(("rule", "text"), samples("near_misses"), ids=label)
def test_a_rule_spares_its_near_misses(rule: Rule, text: str) -> None:
    assert rules_at_work(rule, text) == set()


def test_every_rule_of_a_filter_has_both() -> None:
    bare = [
        rule.id
        for rule in RULES
        if editor(rule.filter) is not None and not (rule.hits and rule.near_misses)
    ]
    assert not bare
