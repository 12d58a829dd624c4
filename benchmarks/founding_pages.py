"""Restore on the founding pages, against their labels."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from benchmarks.corpora import root
from benchmarks.page_truth import origins
from cleaner import recipe as recipes
from cleaner.document import Document
from cleaner.pipeline import Pipeline

Form = Callable[[str], str]
Rows = dict[int, dict[str, Any]]


class Restored(NamedTuple):
    """A founding page: what its lines are, and for each document that came out the lines that
    it holds, in its order, each list one output line."""

    rows: Rows
    docs: list[list[list[int]]]


def seeds(form: Form) -> dict[str, float]:
    """Articles, joins, order and what goes, on pages 000, 001, 003 and 004."""
    names = tuple(
        n for n in recipes.load("news-zh").filters if not n.startswith(("score", "dedup"))
    )
    pipe = Pipeline.from_recipe(replace(recipes.load("news-zh"), filters=names, limits={}))
    pages = {number: _restored(pipe, number, form) for number in ("000", "001", "003", "004")}
    figures: dict[str, float] = {}
    for number, page in pages.items():
        figures[f"{number}.articles"] = len(page.docs)
        figures[f"{number}.misplaced"] = _misplaced(page)
        figures[f"{number}.left"] = _left(page)
        figures[f"{number}.joins"] = _joins(page)
    last = pages["004"]
    figures["004.order"] = _in_order(last, 96, 128)
    figures["004.title"] = _in_order(last, 80, 82)
    return figures


def _restored(pipe: Pipeline, number: str, form: Form) -> Restored:
    folder = root()
    if folder is None:
        raise FileNotFoundError("set CLEANER_DATA to the folder that holds data/ and seeds/")
    labels = [json.loads(line) for line in (folder / "seeds/gold.jsonl").open(encoding="utf-8")]
    (entry,) = [label for label in labels if label["file"].startswith(number)]
    text = form((folder / "seeds" / entry["file"]).read_text("utf-8"))
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    docs = [_lines(doc, starts) for doc in pipe.clean([Document(number, text)]).docs]
    return Restored({row["line"]: row for row in entry["lines"]}, docs)


def _lines(doc: Document, starts: Sequence[int]) -> list[list[int]]:
    """The input lines behind each output line."""
    found: list[list[int]] = [[]]
    for char, at in zip(doc.text, origins(doc).tolist(), strict=True):
        if char == "\n":
            found.append([])
        elif at >= 0:
            line = bisect_right(starts, at) - 1
            if line not in found[-1]:
                found[-1].append(line)
    return [lines for lines in found if lines]


def _misplaced(page: Restored) -> int:
    """Lines of articles that are missing, or not in the document that holds most of theirs."""
    homes: dict[int, Counter[int]] = {}
    place = {n: k for k, doc in enumerate(page.docs) for lines in doc for n in lines}
    wanted = [r for r in page.rows.values() if r["label"] in ("body", "subhead", "title")]
    for row in wanted:
        homes.setdefault(row["article"], Counter())[place.get(row["line"], -1)] += 1
    best = {article: counts.most_common(1)[0][0] for article, counts in homes.items()}
    clashes = len(best) - len(set(best.values()))
    return clashes + sum(place.get(r["line"], -1) != best[r["article"]] for r in wanted)


def _left(page: Restored) -> int:
    """Lines of feeds, copies and orphans that are still there."""
    there = {n for doc in page.docs for lines in doc for n in lines}
    return sum(
        row["label"] in ("feed", "duplicate", "fragment") and n in there
        for n, row in page.rows.items()
    )


def _joins(page: Restored) -> int:
    """Seamless joins, less wrong ones; a seam that lost words counts neither way."""
    found = {pair for doc in page.docs for ls in doc for pair in pairwise(ls)}
    rows = page.rows
    true = {(n, r["joins"]) for n, r in rows.items() if "joins" in r and not r.get("gap")}
    gaps = {(n, r["joins"]) for n, r in rows.items() if r.get("gap")}
    return len(found & true) - len(found - true - gaps)


def _in_order(page: Restored, first: int, second: int) -> int:
    """1 where both lines stand in one document, in this order."""
    for doc in page.docs:
        flat = [n for lines in doc for n in lines]
        if first in flat and second in flat:
            return int(flat.index(first) < flat.index(second))
    return 0
