"""Bends the weights of `restore.page` to what is wanted of whole pages, one weight at a time.

    python -m benchmarks.climb_pages OUT.toml

needs `CLEANER_DATA`; about half an hour. `benchmarks.train_pages` learns to take each step right;
which page comes out best is another matter. Here each weight is moved up and down, and the move
is kept where pages of the dev days (which neither the language model nor the flow has read) come
out better: paragraphs of one article together, and each behind the one that it follows. Goes on
from the shipped weights; the same data and weights give the same bytes.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpora import nfkc
from benchmarks.restore import days, drawn
from benchmarks.train_pages import WHY, example_of, others
from cleaner.models.pages import load
from cleaner.restore.chains import chains
from cleaner.restore.states import Evidence
from cleaner.train.pages import Truth, save

_EACH, _SEED = 25, 3
_STEP, _ROUNDS = 0.25, 2
_WORTH = 0.001
"""A move that gains less is chance."""

Weights = Mapping[str, float]


class Example(NamedTuple):
    """A page, what each of its units is, and what kind of page it is."""

    evidence: Evidence
    truths: Sequence[Truth]
    kind: str


def climb(out: Path, each: int = _EACH) -> None:
    """Draw pages, move the weights, write them."""
    examples = list(_examples(each))
    weights = dict(load())
    best = worth(examples, weights)
    for _ in range(_ROUNDS):
        for name in weights:
            for step in (_STEP, -_STEP):
                size = max(abs(weights[name]), 1.0)
                moved = {**weights, name: round(weights[name] + step * size, 3)}
                if (found := worth(examples, moved)) > best + _WORTH:
                    weights, best = moved, found
                    sys.stderr.write(f"{name} = {moved[name]}: {found:.4f}\n")
                    break
        save(weights, out, WHY)


def _examples(each: int) -> Iterator[Example]:
    rng = random.Random(_SEED)
    made = {
        "whole": list(drawn(days("dev"), nfkc, rng, each, lost=False)),
        "torn": list(drawn(days("dev"), nfkc, rng, each, lost=True)),
        "others": list(others(nfkc, rng, each)),
    }
    for kind, found in made.items():
        for page in found:
            yield Example(*example_of(page), kind)


def worth(examples: Sequence[Example], weights: Weights) -> float:
    """F1 of the pairs of paragraphs of one article, doubled, and the shares of cut and of other
    paragraphs that are followed by the right one; summed over the kinds of pages."""
    counts = {example.kind: Counter[str]() for example in examples}
    for example in examples:
        _count(example, weights, counts[example.kind])
    return sum(map(_sum, counts.values()))


def _sum(count: Counter[str]) -> float:
    pairs = 2 * count["both"] / max(1, count["true"] + count["made"])
    cut, sound = (count[f"{k} right"] / max(1, count[k]) for k in ("cut", "sound"))
    return 2 * pairs + cut + sound


def _count(example: Example, weights: Weights, count: Counter[str]) -> None:
    found = chains(example.evidence, weights)
    home = {link.unit: number for number, chain in enumerate(found) for link in chain}
    body = [at for at, truth in enumerate(example.truths) if truth.text and truth.article >= 0]
    true = Counter(example.truths[at].article for at in body)
    made = Counter(home[at] for at in body)
    both = Counter((example.truths[at].article, home[at]) for at in body)
    for name, groups in (("true", true), ("made", made), ("both", both)):
        count[name] += sum(size * (size - 1) // 2 for size in groups.values())
    said = _followed([[link.unit for link in chain if link.text] for chain in found], set(body))
    articles: dict[int, list[int]] = {}
    for at in body:
        articles.setdefault(example.truths[at].article, []).append(at)
    for one, two in _followed(list(articles.values()), set(body)).items():
        kind = "cut" if example.evidence.units[one].cut else "sound"
        count[kind] += 1
        count[f"{kind} right"] += said.get(one) == two


def _followed(rows: Sequence[Sequence[int]], among: set[int]) -> dict[int, int]:
    """What follows each unit in its row, of those that are `among` some."""
    kept = [[at for at in row if at in among] for row in rows]
    return {one: two for row in kept for one, two in pairwise(row)}


if __name__ == "__main__":
    climb(Path(sys.argv[1]))
