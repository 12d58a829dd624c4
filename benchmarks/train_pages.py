"""Trains the weights of `restore.page` on newspaper pages made of sound articles.

    python -m benchmarks.train_pages OUT.toml

needs `CLEANER_DATA`. Pages are drawn from the dev days, which neither the language model nor the
flow has read, on native and on NFKC text, whole and with words lost, signed, and as posts. The
structured perceptron goes on from the shipped weights and bends them to what the beam still gets
wrong; the same data, seed and weights give the same bytes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks import pages
from benchmarks.corpora import nfkc
from benchmarks.restore import Form, days, drawn, formed
from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.models.pages import load
from cleaner.restore.blocks import Kind, Unit, units_of
from cleaner.restore.page import gather, with_topics
from cleaner.restore.states import Evidence
from cleaner.train.pages import Truth, gold_of, save, structured

_EACH, _SEED = 30, 9
_EPOCHS, _RATE = 2, 0.01
WHY = (
    "What a choice on a page weighs, in nats; python -m benchmarks.train_pages and climb_pages "
    "made it of newspaper pages."
)


def train(out: Path, each: int = _EACH) -> None:
    """Draw pages, fit, write the weights."""
    gold = [gold_of(evidence, truths) for evidence, truths in _examples(each)]
    save(structured(gold, load(), epochs=_EPOCHS, rate=_RATE), out, WHY)


def _examples(each: int) -> Iterator[tuple[Evidence, list[Truth]]]:
    rng = random.Random(_SEED)
    for form in (str, nfkc):
        made = [
            page
            for lost in (False, True)
            for page in drawn(days("dev"), form, rng, each, lost=lost)
        ]
        for page in (*made, *others(form, rng, each)):
            yield example_of(page)


def example_of(page: pages.Page) -> tuple[Evidence, list[Truth]]:
    """What is known of a page, and what each of its units is."""
    view = Batch([Document("page", page.text)]).view(0)
    units = units_of(view)
    return with_topics(view, gather(view, units)), _truths(page, units)


def others(form: Form, rng: random.Random, each: int) -> Iterator[pages.Page]:
    """Pages of signed articles in columns, and of posts one below the other."""
    groups = [items for _, items in sorted(days("dev").items()) if len(items) > 3]
    for items in rng.sample(groups, 2 * each):
        chosen = [formed(item, form) for item in rng.sample(items, rng.choice((2, 3, 4)))]
        yield pages.interleave([pages.signed(item, rng) for item in chosen], rng)
        yield pages.posts(chosen, rng)


def _truths(page: pages.Page, units: Sequence[Unit]) -> list[Truth]:
    owner = np.full(len(page.text), -1)
    for number, (start, end) in enumerate(page.spans):
        owner[start:end] = number
    found = []
    for unit in units:
        fragment = page.fragments[int(owner[unit.start])]
        text = fragment.kind == "body" and unit.kind is not Kind.NEUTRAL
        found.append(Truth(fragment.article, text))
    return found


if __name__ == "__main__":
    train(Path(sys.argv[1]))
