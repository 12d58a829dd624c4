"""Trains `cleaner.models.flow` on news cut at random.

    python -m benchmarks.train_flow OUT.zst

needs `CLEANER_DATA`, and `pip install torch`, which nothing else needs; about an hour on one core.
A paragraph is cut anywhere, and the model learns which beginning goes with which end: among those
of other texts and of the same text, the same beginnings some characters later (words lost at the
seam), and first lines of paragraphs. The same data, version of torch and machine give the same
bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from benchmarks.corpora import load
from benchmarks.fitting import Course, fit
from cleaner.kernels.text import encode, fold
from cleaner.models.flow import (
    HEAD,
    LETTERS,
    MOST,
    PAIRS,
    TAIL,
    Encoder,
    Flow,
    Vocabulary,
    heads,
    tails,
)

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

CORPORA = ("news_chinanews", "news_rmrb2026", "news_xwlb", "nonnews_mixed")
PROSE = {"law", "edu_passage", "wiki_zhhant", "style_news", "paper_abstract"}
_ALPHABET, _PAIRS = 5950, 32767
_DEPTH, _HIDDEN, _OUT = 64, 1024, 256

_STEPS, _WARM, _RATE, _DECAY = 12_000, 200, 2e-3, 1e-4
_GROUPS, _EACH, _REACH = 64, 8, 3000
"""A batch: so many stretches of text of 2 · _REACH places, so many cuts in each."""
_LOST = 40
"""Beginnings up to so many characters later compete with the true ones."""
_FRESH = 256
"""First lines of paragraphs in a batch."""
_BEFORE, _BEHIND = 10, 6
"""Characters of its paragraph at least before and behind a cut."""
_MASKED, _SHORT_TAIL, _SHORT_HEAD = 0.05, 0.3, 0.2
"""Shares of characters that are hidden, and of passages that are shorter than what is read."""


class Text(NamedTuple):
    """All training text as numbers, 0 between paragraphs; the border before and behind each
    place; places where a paragraph may be cut, and where one begins."""

    numbers: Ints
    before: Ints
    behind: Ints
    cuts: Ints
    fresh: Ints


Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
"""Letters and pairs of n ends, letters and pairs of m beginnings; the first n belong together."""


def train(out: Path, steps: int = _STEPS) -> None:
    """Read the corpora, fit, write the model."""
    torch.manual_seed(0)
    codes = np.concatenate(list(_codes()))
    vocabulary, numbers = _vocabulary(codes)
    net = _Net()
    text = _text(numbers)
    batches = _batches(text, vocabulary, np.random.default_rng(0))
    fit(net, lambda: _loss(net, next(batches)), Course(steps, _WARM, _RATE, _DECAY))
    sample = next(_batches(text, vocabulary, np.random.default_rng(1)))
    out.write_bytes(_whole(net.eval(), vocabulary, sample).to_bytes())


def _codes() -> Iterator[npt.NDArray[np.uint32]]:
    for corpus in CORPORA:
        for record in load(corpus, "train"):
            if corpus != "nonnews_mixed" or record["label"] in PROSE:
                yield fold(encode(f"\n{str(record['text']).strip()}\n"))


def _vocabulary(codes: npt.NDArray[np.uint32]) -> tuple[Vocabulary, Ints]:
    """The commonest letters and pairs of a text, and the numbers of its letters."""
    alphabet = _commonest(codes[codes != 10], _ALPHABET)
    letters = Vocabulary(alphabet, np.empty(0, np.uint32))
    numbers = np.where(codes == 10, 0, letters.numbers(codes))
    one, two = numbers[:-1], numbers[1:]
    known = (one > 0) & (two > 0) & (np.maximum(one, two) <= len(alphabet))
    pairs = _commonest((one << 16 | two)[known].astype(np.uint32), _PAIRS)
    return letters._replace(pairs=pairs), numbers


def _commonest(values: npt.NDArray[np.uint32], most: int) -> npt.NDArray[np.uint32]:
    kinds, counts = np.unique(values, return_counts=True)
    return np.sort(kinds[np.argsort(-counts, kind="stable")[:most]])


def _text(numbers: Ints) -> Text:
    place = np.arange(len(numbers))
    before = np.maximum.accumulate(np.where(numbers == 0, place, 0))
    behind = np.minimum.accumulate(np.where(numbers == 0, place, len(place))[::-1])[::-1]
    cuts = np.flatnonzero((place - before > _BEFORE) & (behind - place >= _BEHIND))
    fresh = np.flatnonzero((place == before + 1) & (behind - place > _BEHIND))
    return Text(numbers, before, behind, cuts, fresh)


def _batches(text: Text, vocabulary: Vocabulary, rng: np.random.Generator) -> Iterator[Batch]:
    may_cut = np.zeros(len(text.numbers) + _LOST + 1, np.bool_)
    may_cut[text.cuts] = True
    while True:
        middles = rng.integers(0, len(text.cuts), _GROUPS)[:, None]
        near = middles + rng.integers(-_REACH, _REACH, (_GROUPS, _EACH))
        cuts = text.cuts.take(near.ravel(), mode="clip")
        later = cuts + rng.integers(1, _LOST + 1, len(cuts))
        same = text.before.take(later, mode="clip") == text.before[cuts]
        cuts = np.unique(np.concatenate([cuts, later[may_cut[later] & same]]))
        first = np.concatenate([cuts, rng.choice(text.fresh, _FRESH)])
        short = _shorter(rng, len(cuts), _SHORT_TAIL, 4, TAIL)
        start = np.maximum(text.before[cuts] + 1, cuts - short)
        ends = tails(text.numbers, np.stack([start, cuts], axis=1))
        short = _shorter(rng, len(first), _SHORT_HEAD, 5, HEAD)
        stop = np.minimum(text.behind[first], first + short)
        starts = heads(text.numbers, np.stack([first, stop], axis=1))
        pairs = vocabulary.paired
        arrays = (ends, pairs(ends[:, 1:], ends[:, :-1]))
        arrays += (starts, pairs(starts[:, :-1], starts[:, 1:]))
        masked = (a * (rng.random(a.shape) >= _MASKED) for a in arrays)
        one, two, three, four = (torch.from_numpy(array) for array in masked)
        yield one, two, three, four


def _shorter(rng: np.random.Generator, count: int, share: float, least: int, most: int) -> Ints:
    """Lengths of passages, a share of them shorter than `most`."""
    return np.where(rng.random(count) < share, rng.integers(least, most + 1, count), most)


class _Side(nn.Module):
    """An encoder while it learns; see `cleaner.models.flow.Encoder`."""

    def __init__(self, reach: int) -> None:
        super().__init__()
        self.letters = nn.Embedding(_ALPHABET + 2, _DEPTH)
        self.far = nn.Parameter(torch.full((reach - 1,), 1 / 8))
        self.hidden = nn.Linear((LETTERS + PAIRS + 1) * _DEPTH, _HIDDEN)
        self.out = nn.Linear(_HIDDEN, _OUT)
        nn.init.normal_(self.letters.weight, std=0.3)

    def forward(self, vectors: nn.Embedding, letters: Any, pairs: Any) -> Any:
        every = vectors(pairs)
        bag = (every * self.far[:, None]).sum(1)
        near = self.letters(letters[:, :LETTERS]).flatten(1)
        rows = torch.cat([near, every[:, :PAIRS].flatten(1), bag], 1)
        return self.out(functional.relu(self.hidden(rows)))


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.vectors = nn.Embedding(_PAIRS + 1, _DEPTH)
        self.tail, self.head = _Side(TAIL), _Side(HEAD)
        self.scale = 1 / 16
        nn.init.normal_(self.vectors.weight, std=0.3)

    def forward(self, ends: Any, end_pairs: Any, starts: Any, start_pairs: Any) -> Any:
        one = self.tail(self.vectors, ends, end_pairs)
        two = self.head(self.vectors, starts, start_pairs)
        return (one @ two.T).float() * self.scale


def _loss(net: _Net, batch: Batch) -> torch.Tensor:
    """Each end is to find its beginning, and each beginning its end."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = net(*batch)
    count = len(scores)
    truth = torch.arange(count)
    there = functional.cross_entropy(scores, truth)
    back = functional.cross_entropy(scores[:, :count].T, truth)
    return (there + back) / 2


def _whole(net: _Net, vocabulary: Vocabulary, sample: Batch) -> Flow:
    """The model in whole numbers; a sample says how large they get."""
    tables = [_array(t.weight) for t in (net.vectors, net.tail.letters, net.head.letters)]
    unit = min(_unit(table) for table in tables)
    vectors, *letters = (_steps(table, unit) for table in tables)
    one, first = _side(net.tail, letters[0], vectors, unit, sample[:2])
    two, second = _side(net.head, letters[1], vectors, unit, sample[2:])
    scale = np.array([net.scale / (first * second)], np.float32)
    return Flow(vocabulary, vectors, scale, one, two)


def _side(
    side: _Side, letters: Any, vectors: Any, unit: float, sample: tuple[Any, Any]
) -> tuple[Encoder, float]:
    """An encoder in whole numbers, and how many of its steps are 1."""
    far, hidden, out = _array(side.far), _array(side.hidden.weight).T, _array(side.out.weight).T
    units = [_unit(table) for table in (far, hidden, out)]
    tables = zip((far, hidden, out), units, strict=True)
    far, hidden, out = (_steps(table, step) for table, step in tables)
    tokens = [item.numpy() for item in sample]
    every = vectors[tokens[1]].astype(np.float64)
    bag = np.rint(np.einsum("p,npd->nd", far.astype(np.float64), every) / units[0])
    near = letters[tokens[0][:, :LETTERS]]
    rows = np.concatenate([near, every[:, :PAIRS], bag[:, None]], axis=1).reshape(len(bag), -1)
    size = unit * units[1]
    bias = np.rint(_array(side.hidden.bias) * size)
    inner = np.maximum(rows @ hidden + bias, 0)
    first = _unit(inner)
    size *= first * units[2]
    last = np.rint(_array(side.out.bias) * size)
    found = np.rint(np.clip(inner * first, 0, MOST)) @ out.astype(np.float64) + last
    second = _unit(found)
    scales = np.array([1 / units[0], first, second], np.float32)
    layers = hidden.astype(np.float32), bias.astype(np.float32), out.astype(np.float32)
    return Encoder(letters, far, *layers, last.astype(np.float32), scales), size * second


def _array(values: torch.Tensor) -> Reals:
    return values.detach().numpy().astype(np.float64)


def _unit(values: Reals) -> float:
    """Steps of a value of 1, where all but a few in 10,000 values stay within MOST."""
    return float(MOST / np.percentile(np.abs(values), 99.98))


def _steps(values: Reals, unit: float) -> npt.NDArray[np.int8]:
    return np.clip(np.rint(values * unit), -MOST, MOST).astype(np.int8)


if __name__ == "__main__":
    torch.set_num_threads(1)
    train(Path(sys.argv[1]))
