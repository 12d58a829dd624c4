"""What dedup finds, against planted pairs whose similarity is known exactly.

Truth is computed with Python's own sets of strings, by none of the code that is judged.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.dedup import admitted
from benchmarks.generate import articles
from cleaner.batch import Batch
from cleaner.best import best
from cleaner.dedup.near import Near
from cleaner.dedup.text import plain
from cleaner.document import Document
from cleaner.filter import Twin
from cleaner.kernels.text import decode
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook

Form = Callable[[str], str]

_THRESHOLDS = (0.6, 0.8, 0.9)
_LOW, _HIGH = 0.5, 0.95
_IGNORE = ("space", "punctuation")
_BATCH = 500


@dataclass(frozen=True)
class Pair:
    """Two document numbers, the earlier one first, and their exact similarity."""

    first: int
    second: int
    similarity: float


def recall(form: Form) -> dict[str, float]:
    """20,000 documents."""
    return _recall(form, 10_000)


def recall_small(form: Form) -> dict[str, float]:
    """3,000 documents, for every change."""
    return _recall(form, 1500)


def _recall(form: Form, pairs: int) -> dict[str, float]:
    docs, planted = _planted(form, pairs)
    grams = _grams(docs)
    known = [Pair(min(a, b), max(a, b), _jaccard(grams[a], grams[b])) for a, b in planted]
    figures: dict[str, float] = {}
    for threshold in _THRESHOLDS:
        twins = _twins(docs, threshold)
        name = f"{threshold:g}"
        figures[f"{name}.recall_near"] = _found(known, twins, threshold, threshold + 0.02)
        figures[f"{name}.recall_above"] = _found(known, twins, threshold + 0.02, 1.0)
        figures[f"{name}.precision"] = _precision(twins, grams, threshold)
    return figures


def _planted(form: Form, pairs: int) -> tuple[list[Document], list[tuple[int, int]]]:
    """Documents in random order, and which two belong together."""
    rng = random.Random(5)
    texts: list[tuple[int, str]] = []
    for number, article in enumerate(articles(pairs, seed=5)):
        target = rng.uniform(_LOW, _HIGH)
        share = (1 - target) / (1 + target)
        damage = _scattered if number % 2 else _passage
        texts += [(number, article.text), (number, damage(article.text, share, rng))]
    rng.shuffle(texts)
    places: dict[int, list[int]] = {}
    for at, (number, _) in enumerate(texts):
        places.setdefault(number, []).append(at)
    docs = [Document(str(at), form(text)) for at, (_, text) in enumerate(texts)]
    return docs, [(a, b) for a, b in places.values()]


def _scattered(text: str, share: float, rng: random.Random) -> str:
    """Single characters replaced, so that about `share` of the 5-grams is lost."""
    chars = list(text)
    keep = (1 - share) ** 0.2
    for at in range(len(chars)):
        if rng.random() > keep:
            chars[at] = chr(rng.randrange(0x4E00, 0x9000))
    return "".join(chars)


def _passage(text: str, share: float, rng: random.Random) -> str:
    """One passage replaced by as much other text."""
    size = int(share * len(text))
    start = rng.randrange(len(text) - size + 1)
    other = "".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(size))
    return text[:start] + other + text[start + size :]


def _grams(docs: Sequence[Document]) -> list[frozenset[str]]:
    codes, lengths = plain(Batch(docs), _IGNORE)
    parts = np.split(codes, np.cumsum(lengths)[:-1])
    texts = [decode(part) for part in parts]
    return [frozenset(t[at : at + 5] for at in range(max(1, len(t) - 4))) for t in texts]


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    both = len(a & b)
    return both / (len(a) + len(b) - both)


def _twins(docs: Sequence[Document], threshold: float) -> list[Twin | None]:
    near = Near(RuleBook([]), threshold=threshold)
    twins: list[Twin | None] = []
    for first in range(0, len(docs), _BATCH):
        batch = Batch(docs[first : first + _BATCH])
        twins += admitted(near, batch)
    near.finish()
    return twins


def _found(pairs: Sequence[Pair], twins: Sequence[Twin | None], low: float, high: float) -> float:
    """The share of pairs with a similarity in [low, high] of which one was dropped."""
    meant = [pair for pair in pairs if low <= pair.similarity <= high]
    found = sum(twins[p.second] is not None or twins[p.first] is not None for p in meant)
    return found / len(meant)


def _precision(
    twins: Sequence[Twin | None], grams: Sequence[frozenset[str]], threshold: float
) -> float:
    """The share of dropped documents whose named twin was kept and is as similar as said."""
    right = dropped = 0
    for at, twin in enumerate(twins):
        if twin is None:
            continue
        dropped += 1
        exact = _jaccard(grams[at], grams[int(twin.id)])
        kept = twins[int(twin.id)] is None
        right += kept and exact >= threshold and abs(exact - twin.similarity) < 1e-9
    return right / dropped


def shuffled(form: Form) -> dict[str, float]:
    """Five orders of 600 planted pairs, `best` by length: the share that keeps the same texts."""
    docs, _ = _planted(form, 600)
    expected = _best(docs)
    rng = random.Random(6)
    same = sum(_best(rng.sample(docs, len(docs))) == expected for _ in range(5))
    return {"same_kept": same / 5, "dropped_share": 1 - len(expected) / len(docs)}


def _best(docs: Sequence[Document]) -> set[str]:
    """The texts that stay: of two equal ones nobody can tell which it was."""
    pipe = Pipeline.from_recipe("dedup-only")
    return {doc.text for doc in best(pipe, docs, "length") if doc.kept}
