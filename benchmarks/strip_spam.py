"""Spam headers and tails of all families and separators, on news and on other bodies."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpora
from benchmarks.strip_pages import labelled, strip_stage, survivors
from cleaner.document import Document

_SEPARATORS = ["_", ",", "-", "|", " I ", " | ", " ", "、"]
_PAGES = 900
_FAMILIES = ("porn", "real_porn", "gambling", "loans", "medical", "vpn")


class Page(NamedTuple):
    """A page, and the range of the spam in it; empty on a clean page."""

    text: str
    start: int
    end: int
    kind: str


def spam(form: Callable[[str], str], split: corpora.Split = "test") -> dict[str, float]:
    """Precision: of the pages that lose anything, those that lose nothing but spam. Recall: of
    the pages with spam, those that keep no more than a tenth of it. Over all, by family and by
    place; half of the pages carry no spam, and some of these are about vice."""
    rng = random.Random(9)
    words = tomllib.loads((Path(__file__).parent / "strip_spam.toml").read_text("utf-8"))
    words["real_porn"] = _real_items()
    bodies = _bodies(split)
    pipe = strip_stage(("strip.spam", "strip.brand"))
    right, wrong = 0, 0
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for number in range(_PAGES):
        body = bodies[number % len(bodies)]
        page = _page(rng, body, words) if number % 2 else _clean(rng, body, words["news"])
        page = _formed(page, form)
        (doc,) = pipe.clean([Document(str(number), page.text)]).docs
        kept = survivors(doc)
        letters = [at for at, char in enumerate(page.text) if char.isalnum()]
        sound = [at for at in letters if not page.start <= at < page.end]
        harmed = not kept[sound].all()
        right += bool(doc.changes) and not harmed
        wrong += harmed
        if page.end > page.start:
            junk = [at for at in letters if page.start <= at < page.end]
            gone = kept[junk].sum() <= 0.1 * len(junk)
            for key in ("all", *page.kind.split()):
                total[key] += 1
                found[key] += bool(gone)
    figures = {f"recall.{key}": found[key] / total[key] for key in sorted(total)}
    return {
        "precision": right / max(1, right + wrong),
        "recall": figures.pop("recall.all"),
        **figures,
    }


def _page(rng: random.Random, body: str, words: dict[str, list[str]]) -> Page:
    """A body with a header above it, on its own first line, or below it."""
    family = rng.choice(_FAMILIES)
    separator = rng.choice(_SEPARATORS)
    picked = rng.sample(words[family], rng.randint(4, min(14, len(words[family]))))
    if rng.random() < 0.3:
        picked.insert(rng.randrange(1, len(picked)), rng.choice(words["innocent"]))
    header = separator.join(picked) + rng.choice(["", "", " ?", "_"])
    place = rng.choice(["above", "above", "above", "below", "line"])
    if place == "above":
        lone = rng.choice(["\n", "\n\n", "\n?\n\n"])
        return Page(header + lone + body, 0, len(header), f"{family} {place}")
    if place == "below":
        return Page(
            f"{body}\n{header}", len(body) + 1, len(body) + 1 + len(header), f"{family} below"
        )
    header = header.rstrip(" ?_")
    return Page(header + separator.strip(" I") + " " + body, 0, len(header), f"{family} line")


def _clean(rng: random.Random, body: str, news: Sequence[str]) -> Page:
    """A body without spam; under a headline about vice now and then."""
    text = f"{rng.choice(news)}\n{body}" if rng.random() < 0.3 else body
    return Page(text, 0, 0, "clean")


def _formed(page: Page, form: Callable[[str], str]) -> Page:
    """The page in another form of Unicode, its range carried over."""
    before, inside = form(page.text[: page.start]), form(page.text[page.start : page.end])
    text = before + inside + form(page.text[page.end :])
    return Page(text, len(before), len(before) + len(inside), page.kind)


def _real_items() -> list[str]:
    """Items of the endless porn lines on the labelled pages: real, and never used for our lists."""
    lines = (line for page in labelled() for line in page.text.split("\n") if len(line) > 30_000)
    items = {item for line in lines for item in line.split() if 4 <= len(item) <= 16}
    return sorted(items)


def _bodies(split: corpora.Split) -> list[str]:
    """News and other texts of one split, a few of each corpus."""
    corpora_used = ["news_chinanews", "news_rmrb2026", "news_rthk_zhhant", "nonnews_mixed"]
    found = []
    for corpus in corpora_used:
        texts = (record["text"] for record in corpora.load(corpus, split))
        found += list(islice((text for text in texts if 100 <= len(text) <= 3000), 0, 1200, 8))
    random.Random(2).shuffle(found)
    return found
