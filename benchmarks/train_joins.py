"""Fits the weights of `cleaner.restore.joins` to newspaper pages made of sound articles.

    python -m benchmarks.train_joins OUT.toml

needs `CLEANER_DATA`. Pages are drawn from the dev days, which neither the language model nor the
flow has read, on native and on NFKC text, whole and with words lost; `restore.page` tells the
articles, and the seams that it leaves are right or not. Two logistic regressions (of seams on whole
and on torn pages, by Newton's method) and one of the page; the same data and weights give the same
bytes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks import pages
from benchmarks.corpora import nfkc
from benchmarks.restore import days, drawn
from benchmarks.train_pages import read
from cleaner.models.pages import load
from cleaner.restore import joins
from cleaner.restore.chains import chains
from cleaner.restore.evidence import Evidence

Row = Mapping[str, float]
Reals = npt.NDArray[np.float64]

_EACH, _SEEDS = 60, (5, 15, 25)
_RIDGE = 2.0
_WHY = (
    "What speaks for a seam of a page of columns, in nats; python -m benchmarks.train_joins made "
    "it of newspaper pages of the dev split."
)


class Example(NamedTuple):
    """The seams of a page, what is known of each, which of them are right, and whether the page
    is whole."""

    seams: list[joins.Seam]
    rows: list[Row]
    right: list[bool]
    whole: bool
    evidence: Evidence


def train(out: Path, each: int = _EACH) -> None:
    """Draw pages, fit, write the weights."""
    examples = [example for example in _examples(each) if example.rows]
    tables = {name: _of_seams(examples, whole=name == "whole") for name in ("whole", "torn")}
    tables["page"] = _of_pages(examples, tables["torn"])
    lines = [f'why = "{_WHY}"']
    for name, weights in tables.items():
        lines += ["", f"[{name}]", *(f'"{key}" = {value}' for key, value in weights.items())]
    out.write_text("\n".join(lines) + "\n", "utf-8")


def _examples(each: int) -> Iterator[Example]:
    for seed, form, lost in product(_SEEDS, (str, nfkc), (False, True)):
        for page in drawn(days("dev"), form, random.Random(seed), each, lost=lost):
            yield _example(page, whole=not lost)


def _example(page: pages.Page, *, whole: bool) -> Example:
    view, evidence = read(page)
    found = joins.seams_of(evidence, chains(evidence, load()))
    true = set(pages.joins_of(page))
    of = pages.fragments_at(page, [unit.start for unit in evidence.units])
    return Example(
        found,
        [joins.features(view, evidence, seam) for seam in found],
        [(of[seam.one], of[seam.two]) in true for seam in found],
        whole,
        evidence,
    )


def _of_seams(examples: Sequence[Example], *, whole: bool) -> dict[str, float]:
    chosen = [example for example in examples if example.whole == whole]
    rows = [row for example in chosen for row in example.rows]
    return _fitted(rows, [right for example in chosen for right in example.right])


def _of_pages(examples: Sequence[Example], torn: Row) -> dict[str, float]:
    rows = [
        joins.page_features(item.evidence, item.seams, [joins.odds(torn, row) for row in item.rows])
        for item in examples
    ]
    return _fitted(rows, [example.whole for example in examples])


def _fitted(rows: Sequence[Row], right: Sequence[bool]) -> dict[str, float]:
    """Weights by logistic regression with a ridge."""
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows])
    scale = np.maximum(np.abs(table).max(axis=0), 1e-9)
    table, truth = table / scale, np.array(right, np.float64)
    weights = np.zeros(len(names))
    for _ in range(30):
        odds = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (odds - truth) + _RIDGE * weights
        curve = (table.T * (odds * (1 - odds))) @ table + _RIDGE * np.eye(len(names))
        weights -= np.linalg.solve(curve, slope)
    return dict(zip(names, (weights / scale).round(3).tolist(), strict=True))


if __name__ == "__main__":
    train(Path(sys.argv[1]))
