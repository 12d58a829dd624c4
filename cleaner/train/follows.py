"""Training of the model of neighbouring sentences, on sound articles alone.

Each sentence is to find the next one, and is to be found by it, among all of its article; each
line the next line, among all lines. Beside that the model learns which of two sentences comes
first, and which one opens and closes an article. All of it is linear in the words, so that the
slopes are products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from cleaner.kernels.vectors import directions
from cleaner.models.coherence import FOLLOW, FOLLOW_UNIT, NEAR, SIDES, STEP, WINDOW, CoherenceModel
from cleaner.score.links import words_of
from cleaner.score.order import edges_of
from cleaner.train.orders import Drawn, slope_of
from cleaner.train.small import adam
from cleaner.train.word_weights import streams

Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]
Tables = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class FollowSettings:
    """How the model is trained: `depth` components a word, so many articles a step, of at most
    `longest` sentences; `hidden` and `hidden_topics` are the shares of words that a step does not
    see."""

    depth: int = 8
    steps: int = 1600
    articles: int = 48
    longest: int = 30
    rate: float = 3e-3
    decay: float = 0.1
    hidden: float = 0.3
    hidden_topics: float = 0.6


class Sentences(NamedTuple):
    """Sentences of articles: the rows of `ends` of their words at both ends, (2, k, WINDOW), all
    their words as rows of counts, which of them open a line, and the number of the first one of
    each article."""

    sides: npt.NDArray[np.int32]
    words: Any
    opens: npt.NDArray[np.bool_]
    borders: Ints


def with_follows(
    model: CoherenceModel,
    texts: Sequence[str],
    settings: FollowSettings,
    seed: int,
    report: Callable[[str], None] = lambda _: None,
) -> CoherenceModel:
    """The model with `ends` and what makes numbers of their sums, learned from articles of _LEAST
    and more sentences."""
    chance = np.random.default_rng(seed)
    data = _sentences(model, texts)
    articles = np.flatnonzero(np.diff(data.borders) >= _LEAST)
    tables = _fresh(model, settings, chance)
    memory = {name: (np.zeros_like(t), np.zeros_like(t)) for name, t in tables.items()}
    topics = model.topics.astype(np.float32)
    total = 0.0
    for step in range(1, settings.steps + 1 if len(articles) else 1):
        drawn = _drawn(data, articles, settings, chance)
        slopes, loss = _slopes(data, drawn, tables, topics, settings, chance)
        rate = settings.rate * min(1.0, step / _WARM) * (1.01 - step / settings.steps)
        for name, slope in slopes.items():
            adam(tables[name], slope, *memory[name], step, rate, settings.decay)
        total += loss
        if step % _REPORT == 0:
            report(f"sentences, step {step}: loss {total / _REPORT:.4f}")
            total = 0.0
    return _whole(model, tables)


_LEAST = 4
_WARM, _REPORT = 100, 200


def _sentences(model: CoherenceModel, texts: Sequence[str]) -> Sentences:
    sides, words, opens, counts = [], [], [], []
    tables = np.arange(SIDES).reshape(2, 2).repeat([NEAR, WINDOW - NEAR], axis=1)[:, None]
    for stream, units, size in streams(texts):
        found = words_of(stream, model)
        edges = edges_of(stream, units, found)
        both = np.stack([edges.begin.T, edges.end.T]).astype(np.int32)
        sides.append(both + (tables * len(model.topics)).astype(np.int32))
        opens.append(edges.opens | edges.first)
        counts.append(np.bincount(edges.docs, minlength=size))
        borders = np.concatenate([units.sentences, [len(stream.codes)]])
        rows = sparse.csr_array(
            (np.ones(len(found.keys), np.float32), found.keys.astype(np.int32), _from(borders)),
            shape=(len(borders), len(model.topics)),
        )
        words.append(rows[1:].tocsr()[edges.number])
    borders = np.append(0, np.cumsum(np.concatenate(counts)))
    return Sentences(
        np.concatenate(sides, axis=1), sparse.vstack(words).tocsr(), np.concatenate(opens), borders
    )  # fmt: skip


def _from(borders: Ints) -> npt.NDArray[np.int32]:
    return np.append(0, borders).astype(np.int32)


def _fresh(model: CoherenceModel, settings: FollowSettings, chance: np.random.Generator) -> Tables:
    size, dims = model.topics.shape
    width, outputs = 2 * settings.depth + dims, 3 * FOLLOW + 3
    tables = {
        "ends": chance.standard_normal((SIDES * size, settings.depth)) * 0.1,
        "weights": chance.standard_normal((width, outputs)) / np.sqrt(width),
        "bias": np.zeros(outputs),
    }
    return {name: table.astype(np.float32) for name, table in tables.items()}


def _drawn(
    data: Sentences, articles: Ints, settings: FollowSettings, chance: np.random.Generator
) -> Drawn:
    chosen = chance.choice(articles, min(settings.articles, len(articles)), replace=False)
    first, behind = data.borders[chosen], data.borders[chosen + 1]
    room = np.maximum(behind - first - settings.longest, 0)
    starts = first + (chance.random(len(first)) * (room + 1)).astype(np.int64)
    ends = np.minimum(starts + settings.longest, behind)
    numbers = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])
    return Drawn(numbers, ends - starts, starts == first, ends == behind)


def _slopes(
    data: Sentences,
    drawn: Drawn,
    tables: Tables,
    topics: Singles,
    settings: FollowSettings,
    chance: np.random.Generator,
) -> tuple[Tables, float]:
    """The slopes of all tables, and the loss of a step."""
    sides = [
        _bag(data.sides[at][drawn.numbers], len(tables["ends"]), settings.hidden, chance)
        for at in range(2)
    ]
    words = data.words[drawn.numbers]
    words.data = words.data * (chance.random(len(words.data)) >= settings.hidden_topics)
    parts = [bag @ tables["ends"] * _SCALE for bag in sides]
    rows = np.concatenate([*parts, directions(words @ topics, STEP) / STEP], axis=1)
    said = rows @ tables["weights"] + tables["bias"]
    slope, loss = slope_of(said, data.opens, drawn, settings.longest)
    back = np.split(slope @ tables["weights"].T * _SCALE, [settings.depth, 2 * settings.depth], 1)
    ends = sum(bag.T.tocsr() @ part for bag, part in zip(sides, back, strict=False))
    return {"ends": ends, "weights": rows.T @ slope, "bias": slope.sum(axis=0)}, loss


_SCALE = np.float32(1 / WINDOW**0.5)
"""A sum of as many vectors as a side has is brought to the size of one."""


def _bag(
    words: npt.NDArray[np.int32], size: int, hidden: float, chance: np.random.Generator
) -> Any:
    """Rows of counts of the words of each side, some hidden and the others counting more."""
    seen = (chance.random(words.shape) >= hidden).astype(np.float32) / np.float32(1 - hidden)
    borders = np.arange(0, words.size + 1, words.shape[1])
    return sparse.csr_array((seen.ravel(), words.ravel(), borders), shape=(len(words), size))


def _whole(model: CoherenceModel, tables: Tables) -> CoherenceModel:
    """The tables in whole numbers, so that all sums of the model stay below 2**23."""
    ends, dims = tables["ends"], model.topics.shape[1]
    unit = 127 / float(np.quantile(np.abs(ends), 0.9999))
    sizes = [2 * ends.shape[1], dims]
    scales, most = (
        np.repeat([_SCALE / unit, 1 / STEP], sizes),
        np.repeat([127.0 * WINDOW, STEP], sizes),
    )
    weights = tables["weights"].astype(np.float64) * scales[:, None]
    steps = 2.0**23 / float((np.abs(weights) * most[:, None]).sum(axis=0).max() + 1e-9)
    units = np.repeat([FOLLOW_UNIT, 1.0], [3 * FOLLOW, 3])
    return replace(
        model,
        ends=np.clip(np.round(ends * unit), -127, 127).astype(np.int8),
        follow=np.round(weights * steps).astype(np.float32),
        follow_scale=(units / steps).astype(np.float32),
        follow_bias=(tables["bias"] * units).astype(np.float32),
    )
