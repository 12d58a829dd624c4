"""Clean articles within the frames of real pages: the menus above, the bars and lists below."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks import corpora
from benchmarks.strip_feeds import sound_articles
from benchmarks.strip_pages import Page, judge, labelled, strip_stage, survivors
from cleaner.document import Document

_EACH = 4
"""So many articles are put into the frame of every page."""


def frames(form: Callable[[str], str], split: corpora.Split = "test") -> dict[str, float]:
    """Precision and recall over the lines of pages that are the junk above the first and below
    the last line of text of a labelled page, with an article of another source between."""
    rng = random.Random(4)
    pipe = strip_stage()
    articles = sound_articles(form, split)
    right = wrong = left = 0
    for page in labelled():
        head, tail = _frame(page)
        for article in rng.sample(articles, _EACH) if head or tail else ():
            lines = [*head, *article, *tail]
            junk = {*range(len(head)), *range(len(head) + len(article), len(lines))}
            text = form("\n".join(lines))
            (doc,) = pipe.clean([Document("page", text)]).docs
            score, _ = judge(Page(text, frozenset(junk), frozenset()), text, survivors(doc))
            right, wrong, left = right + score.right, wrong + score.wrong, left + score.left
    return {
        "precision": right / max(1, right + wrong),
        "recall": right / max(1, right + left),
        "lines": float(right + left),
    }


def _frame(page: Page) -> tuple[list[str], list[str]]:
    """The lines of junk above and below the text of a page; lines that count neither way are
    left out, and so is the title in the first line."""
    lines = page.text.split("\n")
    sound = [
        at
        for at in range(1, len(lines))
        if at not in page.junk and at not in page.open and lines[at].strip()
    ]
    if not sound:
        return [], []
    head = [lines[at] for at in range(1, sound[0]) if at in page.junk]
    tail = [lines[at] for at in range(sound[-1] + 1, len(lines)) if at in page.junk]
    return head, tail
