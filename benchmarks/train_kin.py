"""Trains `cleaner.models.kin` on the paragraphs of news.

    python -m benchmarks.train_kin OUT.zst

needs `CLEANER_DATA`, and `pip install torch`, which nothing else needs; some minutes on one core.
Of the articles of one source and day a few are drawn, and of each a few paragraphs or parts of
such; each paragraph is to find the others of its article among all of the batch. The same data,
version of torch and machine give the same bytes.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from benchmarks.corpora import load
from benchmarks.fitting import Course, fit
from benchmarks.train_flow import CORPORA, PROSE
from cleaner.kernels.text import encode, fold
from cleaner.models import flow
from cleaner.models.kin import Kin

Ints = npt.NDArray[np.int64]
Article = Sequence[Ints]
"""The pairs of characters of each paragraph, by number."""

_DEPTH = 64
_STEPS, _WARM, _RATE, _DECAY = 5000, 200, 3e-3, 1e-5
_GROUPS, _ARTICLES, _PARAGRAPHS = 10, 14, 4
"""A batch: so many days of a source, so many articles of each, so many paragraphs of each."""
_LEAST, _MOST = 12, 250
"""Characters of a paragraph."""
_DAY = 200
"""Articles that are told apart at most; longer days are several."""
_PART, _PART_MOST = 0.6, 160
"""The share of paragraphs that are cut to a part, and how long that is at most."""
_HIDDEN = 0.4
"""The share of pairs that are hidden."""
_SHORTEST, _LONGEST = -4.0, 4.0
"""ln of the length of the vector of a pair."""


def train(out: Path, steps: int = _STEPS) -> None:
    """Read the corpora, fit, write the model."""
    torch.manual_seed(0)
    rng = random.Random(0)
    days = list(_days())
    net = _Net()
    course = Course(steps, _WARM, _RATE, _DECAY)
    fit(net, lambda: _loss(net, *_batch(days, rng)), course)
    out.write_bytes(Kin(flow.load().vocabulary, _steps(net)).to_bytes())


def _days() -> Iterator[Sequence[Article]]:
    """Articles of one source and day, or of one kind."""
    groups: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for corpus in CORPORA:
        for record in load(corpus, "train"):
            label = str(record["label"])
            if corpus != "nonnews_mixed" or label in PROSE:
                lines = (line.strip() for line in str(record["text"]).split("\n"))
                article = [_pairs(line) for line in lines if len(line) >= _LEAST]
                if len(article) > 1:
                    groups[corpus, str(record.get("date", label))[:10]].append(article)
    for group in groups.values():
        days = (group[at : at + _DAY] for at in range(0, len(group), _DAY))
        yield from (day for day in days if len(day) > 5)


def _pairs(text: str) -> Ints:
    vocabulary = flow.load().vocabulary
    numbers = vocabulary.numbers(fold(encode(text)))
    return vocabulary.paired(numbers[:-1], numbers[1:])


class _Net(nn.Module):
    """Vectors of pairs, and how telling each is."""

    def __init__(self) -> None:
        super().__init__()
        size = len(flow.load().vocabulary.pairs) + 1
        self.vectors = nn.EmbeddingBag(size, _DEPTH, mode="sum")
        self.telling = nn.Embedding(size, 1)
        self.sharp = nn.Parameter(torch.tensor(2.5))
        nn.init.normal_(self.vectors.weight, std=0.1)
        nn.init.zeros_(self.telling.weight)

    def forward(self, pairs: torch.Tensor, starts: torch.Tensor) -> Any:
        lengths = torch.exp(self.telling(pairs).squeeze(1).clamp(_SHORTEST, _LONGEST))
        seen = (pairs > 0) & (torch.rand(len(pairs)) >= _HIDDEN)
        found = self.vectors(pairs, starts, per_sample_weights=lengths * seen)
        return functional.normalize(found, dim=1)


def _batch(days: Sequence[Sequence[Article]], rng: random.Random) -> tuple[list[Ints], list[int]]:
    """Paragraphs, and the number of the article of each."""
    weights = [min(len(day), 60) for day in days]
    chosen = [
        article
        for day in rng.choices(days, weights, k=_GROUPS)
        for article in rng.sample(day, min(_ARTICLES, len(day)))
    ]
    found, owner = [], []
    for number, article in enumerate(chosen):
        for pairs in rng.sample(article, min(_PARAGRAPHS, len(article))):
            found.append(_part(pairs, rng))
            owner.append(number)
    return found, owner


def _part(pairs: Ints, rng: random.Random) -> Ints:
    if rng.random() < _PART and len(pairs) > 20:
        size = rng.randrange(_LEAST, min(len(pairs), _PART_MOST) + 1)
        start = rng.randrange(0, len(pairs) - size + 1)
        return pairs[start : start + size]
    return pairs[:_MOST]


def _loss(net: _Net, paragraphs: list[Ints], owner: list[int]) -> Any:
    """Each paragraph is to find the others of its article."""
    starts = np.cumsum([0, *map(len, paragraphs[:-1])])
    found = net(torch.from_numpy(np.concatenate(paragraphs)), torch.from_numpy(starts))
    scores = (found @ found.T * torch.exp(net.sharp)).fill_diagonal_(-1e4)
    articles = torch.tensor(owner)
    same = (articles[:, None] == articles).float().fill_diagonal_(0)
    count = same.sum(1)
    right = (functional.log_softmax(scores, 1) * same).sum(1)[count > 0]
    return -(right / count[count > 0]).mean()


def _steps(net: _Net) -> npt.NDArray[np.int8]:
    """The vectors in whole numbers; but for a few in 10,000 all stay within one byte."""
    lengths = torch.exp(net.telling.weight.clamp(_SHORTEST, _LONGEST))
    vectors = (net.vectors.weight * lengths).detach().numpy().astype(np.float64)
    vectors[0] = 0.0
    unit = 127 / np.percentile(np.abs(vectors), 99.95)
    return np.clip(np.rint(vectors * unit), -127, 127).astype(np.int8)


if __name__ == "__main__":
    torch.set_num_threads(1)
    train(Path(sys.argv[1]))
