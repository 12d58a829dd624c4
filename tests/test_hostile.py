"""No rule and no recipe is slower than linear: hostile inputs are doubled, and the time with them.

Processor time is compared, so that a busy machine does not decide; a ratio below 3 for twice the
length is linear, 4 is quadratic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from benchmarks.generate import articles
from cleaner.document import Document
from cleaner.pipeline import Pipeline
from cleaner.rule_files import Rule
from cleaner.rules import RuleBook

SIZE = 2_000
RATIO = 3.0
TOO_SHORT = 0.004
"""Seconds below which a clock says nothing; nobody is hurt by them either."""
AT_MOST = 0.05
"""Seconds for one line of the greatest length that a rule looks at."""

FILLERS = "中1a ，(（。！·-_>\u3000"
RULES = [rule for rule in RuleBook.load().rules.values() if rule.pattern is not None]


def seconds(step: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        step()
        best = min(best, time.process_time() - start)
    return best


def grows(step: Callable[[int], Callable[[], object]], size: int) -> float:
    """How much longer twice the input takes; 1 where both are too quick to tell."""
    once = seconds(step(size), 1)
    twice = seconds(step(2 * size), 1)
    if twice < TOO_SHORT or twice < RATIO * once:
        return 1.0
    return seconds(step(2 * size)) / max(seconds(step(size)), TOO_SHORT / 4)


def hostile(rule: Rule) -> Iterator[str]:
    """Units that, repeated, lead a pattern on: what it looks for, what it nearly looks for,
    beginnings of it without an end, and runs of one character."""
    samples = [*rule.hits[:3], *rule.near_misses[:2], *rule.literals[:3]]
    for sample in samples:
        line = sample.split("\n")[0]
        yield from (line, line[:-1], line[: len(line) // 2])
        if line:
            yield from (line[0], line[-1])
    yield from FILLERS


def inputs(rule: Rule) -> Iterator[Callable[[int], str]]:
    openings = ["", *(word for word in rule.literals[:2])]
    for unit in dict.fromkeys(filter(None, hostile(rule))):
        for opening in openings:
            yield lambda n, u=unit, o=opening: (o + u * (n // len(u) + 1))[:n]  # type: ignore[misc]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_is_slower_than_linear(rule: Rule) -> None:
    pattern = rule.pattern
    assert pattern is not None
    for made in inputs(rule):

        def step(size: int, made: Callable[[int], str] = made) -> Callable[[], object]:
            text = made(size)
            if rule.scope == "line":
                return lambda: pattern.fullmatch(text, timeout=1)
            return lambda: sum(1 for _ in pattern.finditer(text, timeout=1))

        try:
            if rule.longest:  # no line is longer: what counts is the worst one
                taken = seconds(step(rule.longest), 1)
                if taken > AT_MOST:
                    taken = seconds(step(rule.longest))
                assert taken < AT_MOST, f"{made(40)!r}…: {taken:.3f} s for one line"
            else:
                ratio = grows(step, SIZE)
                assert ratio < RATIO, f"{made(40)!r}…: {ratio:.1f} times for twice the text"
        except TimeoutError:
            pytest.fail(f"{made(40)!r}…: does not end")


def pages() -> dict[str, str]:
    news = "".join(article.body for article in articles(400))
    plain = "".join(char for char in news if "一" <= char <= "鿿")
    return {
        "no punctuation": plain,
        "one line": news.replace("\n", ""),
        "one character": "中" * len(plain),
        "short lines": "\n".join(plain[at : at + 3] for at in range(0, len(plain), 3)),
        "brackets": "（" * (len(plain) // 4),
        "list": "• 快来看这里有好消息\n" * (len(plain) // 12),
        "pinyin": "中(zhōng)" * (len(plain) // 8),
        "entities": "&nbsp;&#20013;" * (len(plain) // 14),
        "bytes": "ä¸\xadæ\x96\x87" * (len(plain) // 6),
        "numbers": "1、" * (len(plain) // 4),
        "ascii": "lorem ipsum " * (len(plain) // 12),
        "emoji": "😀🏽" * (len(plain) // 8),
    }


PAGE = 12_000
LONG_ENOUGH = 0.25
"""Seconds from which on a page is worth doubling: 12,000 ordinary characters take 0.01."""


@pytest.mark.parametrize("name", pages())
def test_no_recipe_is_slower_than_linear(name: str) -> None:
    text = pages()[name]
    pipe = Pipeline.from_recipe("news-zh")
    pipe.clean([Document("warm", text[:1000])])

    def step(size: int) -> Callable[[], object]:
        doc = Document("a", (text * (size // len(text) + 1))[:size])
        return lambda: pipe.clean([doc])

    once = seconds(step(PAGE), 1)
    if once > LONG_ENOUGH:
        ratio = seconds(step(2 * PAGE), 1) / seconds(step(PAGE), 1)
        assert ratio < RATIO, f"{ratio:.1f} times as long for twice the text"
