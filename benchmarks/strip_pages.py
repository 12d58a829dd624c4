"""Crawled pages that were labelled line by line: what strip takes, against what it should take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex
import xxhash

from benchmarks import corpora
from cleaner import recipe as recipes
from cleaner.document import Document, Keep
from cleaner.pipeline import Pipeline

Mask = npt.NDArray[np.bool_]

_LABELS = Path(__file__).parent / "strip_labels" / "pages.jsonl"
_WORD = regex.compile(r"[\p{L}\p{N}]")


class Page(NamedTuple):
    """A page with the numbers of its junk lines, and of those that count neither way."""

    text: str
    junk: frozenset[int]
    open: frozenset[int]


class Score(NamedTuple):
    """Counts of one page: taken rightly, taken wrongly, left wrongly; in lines or characters."""

    right: int
    wrong: int
    left: int


def key(text: str) -> str:
    """The name of a page among the labels."""
    return f"{xxhash.xxh3_64_intdigest(text.encode('utf-8', 'surrogatepass'), seed=5):016x}"


def labelled() -> Iterator[Page]:
    """The 60 pages with labels; raises FileNotFoundError without the corpus."""
    rows = (json.loads(line) for line in _LABELS.read_text("utf-8").splitlines())
    labels = {row["page"]: row for row in rows}
    for record in corpora.read("dirty_realweb"):
        row = labels.get(key(record["text"]))
        if row is not None:
            yield Page(record["text"], _numbers(row["junk"]), _numbers(row["open"]))


def strip_stage(names: tuple[str, ...] | None = None) -> Pipeline:
    """A pipeline of the strip filters of the default recipe alone."""
    recipe = recipes.load("news-zh")
    wanted = [n for n in recipe.filters if n.startswith("strip.") and (not names or n in names)]
    return Pipeline.from_recipe(replace(recipe, filters=tuple(wanted), limits={}), split=False)


def survivors(doc: Document) -> Mask:
    """Which characters of the original text are still there, shape (len(original),)."""
    source = np.arange(len(doc.original))
    for change in doc.changes:
        parts = [
            source[piece.start : piece.end]
            if isinstance(piece, Keep)
            else np.full(len(piece.text), -1)
            for piece in change.pieces
        ]
        source = np.concatenate([*parts, np.zeros(0, np.int64)])
    kept = np.zeros(len(doc.original), np.bool_)
    kept[source[source >= 0]] = True
    return kept


def judge(page: Page, text: str, kept: Mask) -> tuple[Score, Score]:
    """(lines, characters) of one page; `text` is the form of it that was stripped, with the
    same lines. A line is taken when none of its letters and digits is left."""
    lines, chars = [0, 0, 0], [0, 0, 0]
    at = 0
    for number, line in enumerate(text.split("\n")):
        words = [at + match.start() for match in _WORD.finditer(line)]
        at += len(line) + 1
        if not words or number in page.open:
            continue
        gone = len(words) - int(kept[words].sum())
        junk = number in page.junk
        for tally, taken, size in ((lines, gone == len(words), 1), (chars, gone, 0)):
            amount = int(taken) if size else gone
            whole = 1 if size else len(words)
            tally[0] += amount if junk else 0
            tally[1] += 0 if junk else amount
            tally[2] += whole - amount if junk else 0
    return Score(*lines), Score(*chars)


def pages(form: Callable[[str], str]) -> dict[str, float]:
    """Precision and recall on the labelled pages, over lines and over characters, all pages
    together and (recall) as the mean of pages that have junk."""
    pipe = strip_stage()
    scores = []
    for number, page in enumerate(labelled()):
        text = form(page.text)
        (doc,) = pipe.clean([Document(str(number), text)]).docs
        scores.append(judge(page, text, survivors(doc)))
    figures = {"pages": float(len(scores))}
    for rank, unit in enumerate(("lines", "characters")):
        right, wrong, left = (sum(score[rank][k] for score in scores) for k in range(3))
        with_junk = [s[rank] for s in scores if s[rank].right + s[rank].left]
        figures[f"{unit}.precision"] = right / max(1, right + wrong)
        figures[f"{unit}.recall"] = right / max(1, right + left)
        figures[f"{unit}.page_recall"] = sum(s.right / (s.right + s.left) for s in with_junk) / max(
            1, len(with_junk)
        )
    return figures


def _numbers(ranges: list[list[int]]) -> frozenset[int]:
    return frozenset(n for first, last in ranges for n in range(first, last + 1))
