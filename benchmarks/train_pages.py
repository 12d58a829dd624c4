"""Fits the weights of `restore.page` to newspaper pages made of sound articles.

    python -m benchmarks.train_pages OUT.toml [NAME ...]

needs `CLEANER_DATA`. Pages are drawn from the dev days, which neither the language model nor the
flow has read: whole, with words lost, with pictures in the columns, of signed articles, and of
posts. Each weight in turn (or only those that are named) is moved up and down, and the move is
kept where the pages come out better (coordinate ascent on what is wanted of whole pages):
paragraphs of one article together, and each behind the one that it follows. Goes on from the
shipped weights; the same data and weights give the same bytes.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks import pages
from benchmarks.corpora import nfkc
from benchmarks.restore import Form, days, drawn, formed
from cleaner.batch import Batch, View
from cleaner.document import Document
from cleaner.models.pages import load
from cleaner.restore.blocks import Kind, units_of
from cleaner.restore.chains import chains
from cleaner.restore.evidence import Evidence
from cleaner.restore.page import gather, with_models

_EACH, _SEED = 40, 3
_STEPS, _ROUNDS = (0.3, 0.12), 2
"""By what share of itself (of 1 at least) a weight is moved, from round to round."""
_WORTH = 0.0005
"""A move that gains less is chance."""
_WHY = (
    "What a choice on a page weighs, in nats; python -m benchmarks.train_pages made it of "
    "newspaper pages."
)

Weights = Mapping[str, float]


class Truth(NamedTuple):
    """What a unit of a page is: its article (−1: of none) and whether it is text of it."""

    article: int
    text: bool


class Example(NamedTuple):
    """A page, what each of its units is, and what kind of page it is."""

    evidence: Evidence
    truths: Sequence[Truth]
    kind: str


def train(out: Path, names: Sequence[str], each: int = _EACH) -> None:
    """Draw pages, move the weights (all, if none is named), write them."""
    examples = list(_examples(each))
    weights = dict(load())
    best = worth(examples, weights)
    for step in [step for step in _STEPS for _ in range(_ROUNDS)]:
        for name in names or sorted(weights):
            for share in (step, -step):
                size = max(abs(weights[name]), 1.0)
                moved = {**weights, name: round(weights[name] + share * size, 3)}
                if (found := worth(examples, moved)) > best + _WORTH:
                    weights, best = moved, found
                    sys.stderr.write(f"{name} = {moved[name]}: {found:.4f}\n")
                    break
        save(weights, out)


def _examples(each: int) -> Iterator[Example]:
    rng = random.Random(_SEED)
    made = {
        "whole": list(drawn(days("dev"), nfkc, rng, each)),
        "torn": list(drawn(days("dev"), nfkc, rng, each, lost=True)),
        "pictures": list(drawn(days("dev"), nfkc, rng, each, pictures=True)),
        "others": list(_others(nfkc, rng, each)),
    }
    for kind, found in made.items():
        for page in found:
            yield Example(*example_of(page), kind)


def _others(form: Form, rng: random.Random, each: int) -> Iterator[pages.Page]:
    """Pages of signed articles in columns, and of posts one below the other."""
    groups = [items for _, items in sorted(days("dev").items()) if len(items) > 3]
    for items in rng.sample(groups, 2 * each):
        chosen = [formed(item, form) for item in rng.sample(items, rng.choice((2, 3, 4)))]
        yield pages.interleave([pages.signed(item, rng) for item in chosen], rng)
        yield pages.posts(chosen, rng)


def example_of(page: pages.Page) -> tuple[Evidence, list[Truth]]:
    """What is known of a page, and what each of its units is."""
    _, evidence = read(page)
    found = pages.fragments_at(page, [unit.start for unit in evidence.units])
    fragments = [page.fragments[number] for number in found]
    return evidence, [
        Truth(fragment.article, fragment.kind == "body" and unit.kind is not Kind.NEUTRAL)
        for unit, fragment in zip(evidence.units, fragments, strict=True)
    ]


def read(page: pages.Page) -> tuple[View, Evidence]:
    """A page, and what is known of it."""
    view = Batch([Document("page", page.text)]).view(0)
    return view, with_models(view, gather(view, units_of(view)))


def worth(examples: Sequence[Example], weights: Weights) -> float:
    """F1 of the pairs of paragraphs of one article (the average of pages), doubled, and the shares
    of cut and of other paragraphs that are followed by the right one; summed over the kinds of
    pages."""
    counts = {example.kind: defaultdict[str, float](float) for example in examples}
    for example in examples:
        count_right(example, weights, counts[example.kind])
    return sum(map(_sum, counts.values()))


def _sum(count: Mapping[str, float]) -> float:
    pages, cut, sound = (count[f"{k} right"] / max(1, count[k]) for k in ("pages", "cut", "sound"))
    return 2 * pages + cut + sound


def count_right(example: Example, weights: Weights, count: dict[str, float]) -> None:
    """Add up what the search makes of a page."""
    found = chains(example.evidence, weights)
    home = {link.unit: number for number, chain in enumerate(found) for link in chain}
    body = [at for at, truth in enumerate(example.truths) if truth.text and truth.article >= 0]
    true = Counter(example.truths[at].article for at in body)
    made = Counter(home[at] for at in body)
    both = Counter((example.truths[at].article, home[at]) for at in body)
    pairs = [sum(n * (n - 1) // 2 for n in sizes.values()) for sizes in (true, made, both)]
    count["pages"] += 1
    count["pages right"] += 2 * pairs[2] / max(1, pairs[0] + pairs[1])
    said = _followed([[link.unit for link in chain if link.text] for chain in found], set(body))
    articles: dict[int, list[int]] = {}
    for at in body:
        articles.setdefault(example.truths[at].article, []).append(at)
    for one, two in _followed(list(articles.values()), set(body)).items():
        kind = "cut" if example.evidence.cut[one] else "sound"
        count[kind] += 1
        count[f"{kind} right"] += said.get(one) == two


def _followed(rows: Sequence[Sequence[int]], among: set[int]) -> dict[int, int]:
    """What follows each unit in its row, of those that are `among` some."""
    kept = [[at for at in row if at in among] for row in rows]
    return {one: two for row in kept for one, two in pairwise(row)}


def save(weights: Weights, path: Path) -> None:
    """Write the weights as TOML."""
    lines = [f'why = "{_WHY}"', "", "[weights]"]
    lines += [f'"{name}" = {value}' for name, value in sorted(weights.items())]
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    train(Path(sys.argv[1]), sys.argv[2:])
