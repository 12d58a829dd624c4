"""Training of the coherence model: the tables from sound news, then two small models
that weigh their evidence, from sound news beside the same news damaged."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, Stream
from cleaner.kernels.mentions import CONTEXTS
from cleaner.kernels.squares import Singles
from cleaner.kernels.units import units_of
from cleaner.models.coherence import ANCHORED, ASPECTS, KINDS, SIDES, CoherenceModel
from cleaner.score.judged import Judged, doc_inputs, judge, logits_of, row_inputs
from cleaner.score.links import Rows, compared, link_inputs, rows_of, words_of
from cleaner.train.beginnings import EDGES, with_edges, with_mentions
from cleaner.train.follows import FollowSettings, with_follows
from cleaner.train.incoherent import excerpt, pairs, paragraphs, two_in_one, with_one_foreign
from cleaner.train.linear import folded_of_texts, stream_of_texts
from cleaner.train.news import length
from cleaner.train.small import isotonic, layered, logistic
from cleaner.train.topics_of_units import TopicSettings, source_of, train_topics
from cleaner.train.word_weights import CHUNK, sharing

Floats = npt.NDArray[np.float64]
Report = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What may be chosen; `folds` says into how many parts the articles of the tables are cut, so
    that they serve for the weights of documents, too: with tables made of the other parts."""

    topics: TopicSettings = field(default_factory=TopicSettings)
    follows: FollowSettings = field(default_factory=FollowSettings)
    folds: int = 3
    seed: int = 0


def train_coherence(
    train: Mapping[str, Sequence[str]],
    held: Mapping[str, Sequence[str]],
    settings: Settings = Settings(),
    report: Report = lambda _: None,
) -> CoherenceModel:
    """A model from articles by source: tables from `train`, their weights from `held`, which
    must be other articles. The same texts and seed give the same model. Its `pyramid` says
    nothing; for that see `cleaner.train.pyramid`."""
    model = tables(train, settings, report)
    model = _with_link_weights(model, held, settings.seed)
    model = _with_row_weights(model, held, settings.seed)
    report("links and passages")
    examples = [_examples(model, held, settings.seed)]
    for fold in range(settings.folds if settings.folds > 1 else 0):
        rest, own = (_part(train, fold, settings.folds, inside) for inside in (False, True))
        other = _weighed_like(tables(rest, _for_part(settings), report), model)
        examples.append(_examples(other, own, settings.seed))
    return _with_doc_weights(model, examples, settings.seed, report)


def _part(
    texts: Mapping[str, Sequence[str]], fold: int, folds: int, inside: bool
) -> dict[str, list[str]]:
    """Every so many articles of each source, or all others."""
    return {
        source: [text for number, text in enumerate(own) if (number % folds == fold) == inside]
        for source, own in texts.items()
    }


def _for_part(settings: Settings) -> Settings:
    """Rare is what is as rare among fewer articles."""
    rare = round(settings.topics.rare * (1 - 1 / settings.folds))
    return replace(settings, topics=replace(settings.topics, rare=rare))


def _weighed_like(model: CoherenceModel, other: CoherenceModel) -> CoherenceModel:
    """The tables of a model with the weights of links and passages of another one."""
    names = [item.name for item in fields(model) if item.name.startswith(("link_", "unit_"))]
    return replace(model, **{name: getattr(other, name) for name in names})


def tables(
    train: Mapping[str, Sequence[str]], settings: Settings, report: Report
) -> CoherenceModel:
    """A model with all tables and without weights."""
    texts = [text for source in train.values() for text in source]
    report(f"{len(texts)} articles of {len(train)} sources")
    sources = [source_of(source) for source in train.values()]
    topics, topical, common = train_topics(sources, settings.topics, report)
    words = np.ones(1 << BITS, np.int32)
    words[common] = words[0] = 0
    words[topical] = np.arange(2, len(topical) + 2)
    topics = np.concatenate([np.zeros((2, topics.shape[1]), np.int8), topics])
    shared, missing = sharing(texts, words)
    model = replace(empty(), words=words, topics=topics, shared=shared, missing=missing)
    report("sharing")
    model = with_edges(model, texts, settings.seed)
    report("edges")
    model = with_mentions(model, texts, settings.seed)
    report("mentions")
    return with_follows(model, texts, settings.follows, settings.seed, report)


def empty() -> CoherenceModel:
    """A model that knows nothing."""
    none = np.zeros(0)
    tables: dict[str, Any] = {item.name: none for item in fields(CoherenceModel)}
    tables |= {name: np.zeros(1, np.int8) for name in ("shared", "missing")}
    tables["ends"] = np.zeros((SIDES, 4), np.int8)
    tables |= {name: np.zeros((ANCHORED + 1, 1), np.int8) for name in EDGES}
    tables["words"] = np.zeros(1 << BITS, np.int32)
    tables["topics"] = np.zeros((1, 4), np.int8)
    tables["mention"] = np.zeros((CONTEXTS, 1 << 16), np.int8)
    tables["biases"] = np.zeros(len(EDGES))
    return CoherenceModel(**tables)


def judged_of(model: CoherenceModel, texts: Sequence[str]) -> Judged:
    """Features of some texts, chunk by chunk."""
    parts = []
    for at in range(0, len(texts), CHUNK):
        part = list(texts[at : at + CHUNK])
        parts.append(judge(stream_of_texts(part), folded_of_texts(part), model))
    return Judged.joined(parts)


def _with_link_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int
) -> CoherenceModel:
    """Rows of two articles of one source in one text: which pairs are of one article?"""
    inputs, truths = [], []
    for number, texts in enumerate(held.values()):
        mixed, borders = two_in_one(texts, seed + number)
        for at in range(0, len(mixed), CHUNK):
            part = mixed[at : at + CHUNK]
            stream, folded = stream_of_texts(part), folded_of_texts(part)
            words = words_of(stream, model)
            rows = rows_of(stream, units_of(stream, folded), words, model)
            second = _second(stream, rows, part, borders[at : at + CHUNK])
            for block, columns in zip(rows.squares.blocks, inputs_of(rows), strict=True):
                one, other, square = np.nonzero(block.pairs * np.tri(len(block.rows))[:, :, None])
                inputs.append(np.column_stack([column[one, other, square] for column in columns]))
                truths.append(second[block.rows[one, square]] == second[block.rows[other, square]])
    mean, scale, weights = logistic(np.concatenate(inputs), np.concatenate(truths).astype(float))
    return replace(model, link_mean=mean, link_scale=scale, link_weights=weights)


def inputs_of(rows: Rows) -> Iterator[list[Singles]]:
    """The columns of `link_inputs`, block by block."""
    facts = compared(rows)
    for block in rows.squares.blocks:
        yield link_inputs(facts, block)


def _second(
    stream: Stream, rows: Rows, texts: Sequence[str], borders: Sequence[int]
) -> npt.NDArray[np.bool_]:
    """Which rows stand at or behind the character with which a second article begins."""
    ends = np.cumsum([len(text) + 1 for text in texts])
    places = stream.at[rows.starts]
    found: npt.NDArray[np.bool_] = places >= (np.append(0, ends[:-1]) + borders)[rows.docs]
    return found


def _with_row_weights(
    model: CoherenceModel, held: Mapping[str, Sequence[str]], seed: int
) -> CoherenceModel:
    inputs, truths = [], []
    for number, texts in enumerate(held.values()):
        for turn in range(TURNS):
            mixed, foreign = with_one_foreign(texts, seed + number + 100 * turn)
            judged = judged_of(model, mixed)
            hits = np.array([foreign[doc] == line for doc, line in judged.lines(mixed)])
            rows = row_inputs(judged.features)
            inputs.append(rows)
            truths.append(np.bincount(judged.rows, hits, minlength=len(rows)) > 0)
    mean, scale, weights = logistic(np.concatenate(inputs), np.concatenate(truths).astype(float))
    return replace(model, unit_mean=mean, unit_scale=scale, unit_weights=weights)


Examples = tuple[Floats, npt.NDArray[np.int64]]
"""Features of documents, and the kind of each."""


def _examples(model: CoherenceModel, texts: Mapping[str, Sequence[str]], seed: int) -> Examples:
    """Articles by source as they are, and damaged in each way, TURNS times each; and the same of
    excerpts, since what is left of a page is often no whole article."""
    chance = random.Random(seed)
    rows, kinds = [], []
    for own in texts.values():
        cut = [excerpt(text, length(chance)) for text in own]
        for articles, turns in ((own, range(TURNS)), (cut, range(TURNS, 2 * TURNS - 1))):
            for number, made in _made(articles, turns, seed):
                rows.append(doc_inputs(judged_of(model, made), model))
                kinds.append(np.full(len(made), number))
    return np.concatenate(rows), np.concatenate(kinds)


def _made(
    articles: Sequence[str], turns: Iterable[int], seed: int
) -> Iterator[tuple[int, list[str]]]:
    """The number of each kind, and articles made so."""
    yield 0, ["\n".join(paragraphs(text)) for text in articles]
    for number, kind in enumerate(KINDS[1:], 1):
        for turn in turns:
            yield number, pairs(articles, kind, seed + turn, least=LEAST[kind])[1]


def _with_doc_weights(
    model: CoherenceModel, examples: Sequence[Examples], seed: int, report: Report
) -> CoherenceModel:
    """Weights of the evidence about documents, and the curves that make probabilities of it, from
    the examples that neither tables nor weights have seen (the first ones, where there are more:
    what is fitted to these articles later finds them as strange as any)."""
    seen = examples[1:] or examples
    inputs, truth = (np.concatenate(column) for column in zip(*seen, strict=True))
    counts = [WEIGHTS.get(kind, 1.0) for kind in KINDS]
    mean, scale, hidden, weights = layered(inputs, truth, counts, seed=seed, report=report)
    model = replace(model, doc_mean=mean, doc_scale=scale, doc_hidden=hidden, doc_weights=weights)
    model = replace(model, pyramid=np.zeros(len(mean)))
    inputs, truth = examples[0]
    logits = logits_of(inputs, model)
    points = {
        aspect: curve(logits[aspect][mask], truth[mask] == 0)
        for aspect, kinds in ASPECTS.items()
        for mask in [np.isin(truth, [0, *kinds])]
    }
    return replace(
        model,
        points=points["coherence"],
        unity_points=points["unity"],
        order_points=points["order"],
    )


TURNS = 3

WEIGHTS = {"paragraphs": 0.5}
"""What articles of a kind count, where it is not as much as all others: paragraphs out of order are
rare beside foreign text, and doubt about them, which many sound articles leave, hides the rest."""

LEAST = {"splice": 2, "paragraphs": 3, "sentences": 1, "interleave": 2, "halves": 2, "page": 2}


def curve(logits: Floats, sound: npt.NDArray[np.bool_]) -> Floats:
    """Logits and the chance of soundness at each, half of all being sound; shape (2, k)."""
    weights = np.where(sound, 0.5 / sound.sum(), 0.5 / (~sound).sum())
    points = isotonic(logits, sound, weights, bins=40)
    points[1] = np.clip(points[1], 0.005, 0.995)
    return points
