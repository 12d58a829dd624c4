"""Teasers above an article and between two, and two articles with nothing between: what restore
leaves of each."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from benchmarks import pages
from benchmarks.page_truth import origins, restored
from benchmarks.restore import Form, days, filters, formed
from cleaner.rules import RuleBook

_SLACK = 2
"""Characters (blanks at the ends) that an article may lose or share."""


def amid(form: Form) -> dict[str, float]:
    """Articles of a newspaper day with 3 to 8 paragraphs of others above them (`head`) or between
    two of them (`between`); and two, one below the other (`stacked`)."""
    kinds = (("head", 1, True), ("between", 2, True), ("stacked", 2, False))
    return {
        f"{kind}.{name}": value
        for kind, articles, teased in kinds
        for name, value in _measured(articles, teased, form).items()
    }


def _measured(articles: int, teased: bool, form: Form) -> dict[str, float]:
    """The share of articles that come out whole and by themselves, of those that lose characters,
    and of the characters of teasers that stay with an article."""
    book = RuleBook.load()
    whole = lost = count = kept = teasers = 0
    for page in _pages(articles, teased, form):
        owner = np.full(len(page.text), -1)
        for fragment, (start, end) in zip(page.fragments, page.spans, strict=True):
            owner[start:end] = fragment.article + 1
        docs = [
            owner[at[at >= 0]]
            for at in map(origins, restored(page.text, filters(), book.automaton))
        ]
        table = np.array([np.bincount(doc[doc >= 0], minlength=articles + 1) for doc in docs])
        size = np.bincount(owner[owner >= 0], minlength=articles + 1)
        home = table[:, 1:].argmax(axis=0)
        own = table[home, np.arange(1, articles + 1)]
        count += articles
        lost += int((table[:, 1:].sum(axis=0) < size[1:] - _SLACK).sum())
        alone = table[home].sum(axis=1) <= own + _SLACK
        whole += int((alone & (own >= size[1:] - _SLACK)).sum())
        kept += int(table[np.unique(home), 0].sum())
        teasers += int(size[0])
    return {"whole": whole / count, "lost": lost / count, "kept": kept / max(teasers, 1)}


def _pages(articles: int, teased: bool, form: Form, count: int = 100) -> Iterator[pages.Page]:
    rng = random.Random(9)
    groups = [items for _, items in sorted(days("test").items()) if len(items) >= 6]
    for _ in range(count):
        chosen = [formed(item, form) for item in rng.sample(rng.choice(groups), articles)]
        teasers = list(_teasers(rng.choice(groups), form, rng)) if teased else []
        first = _lines(chosen[0], 0)
        fragments = (
            [*first, *teasers, *_lines(chosen[1], 1)] if articles > 1 else [*teasers, *first]
        )
        if not teased or len(teasers) >= 3:
            yield pages.laid_out(fragments, "\n")


def _lines(item: pages.Source, number: int) -> list[pages.Fragment]:
    lines = [*item.titles, *filter(None, [item.byline]), *item.paragraphs]
    return [pages.Fragment(text, number, rank, "body") for rank, text in enumerate(lines)]


def _teasers(items: list[pages.Source], form: Form, rng: random.Random) -> Iterator[pages.Fragment]:
    """Paragraphs of other articles; about a third are cut off."""
    for item in rng.sample(items, min(len(items), rng.randrange(3, 9))):
        long = [text for text in item.paragraphs if len(text) >= 25]
        if long:
            text = long[0] if rng.random() < 0.7 else rng.choice(long)
            cut = rng.random() < 0.35 and len(text) > 40
            text = text[: rng.randrange(30, len(text) - 5)] if cut else text
            yield pages.Fragment(form(text), -1, 0, "feed")
