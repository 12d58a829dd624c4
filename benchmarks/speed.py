"""How fast the recipes are over clean Chinese, beside `orjson` on the same lines.

Ours and the yardstick take turns, and each figure is the median of the rounds: a machine that
others use too drifts, and drifts for both. Time is processor time, so that MB/s is what a core of
one's own gives.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

import orjson

from benchmarks.corpora import load, read
from benchmarks.generate import articles
from cleaner.document import Document
from cleaner.pipeline import Pipeline
from cleaner.recipe import Recipe
from cleaner.stream import Settings, run
from cleaner.stream.collector import few_collections

Form = Callable[[str], str]

_ROUNDS = 5
_DOCS = 3000


def default_recipe(form: Form) -> dict[str, float]:
    """`news-zh` from line to line over generated articles."""
    return _figures("news-zh", _lines(form(a.text) for a in articles(1000, seed=12)))


def default_recipe_news(form: Form) -> dict[str, float]:
    """`news-zh` from line to line over news that nothing was tuned on."""
    texts = (record["text"] for record in load("news_chinanews", "test"))
    return _figures("news-zh", _lines(form(text) for text in islice(texts, _DOCS)))


def default_recipe_dirty(form: Form) -> dict[str, float]:
    """`news-zh` from line to line over real crawled pages, most of them dirty."""
    return _figures("news-zh", _lines(form(r["text"]) for r in read("dirty_realweb")))


def stages_news(form: Form) -> dict[str, float]:
    """Each stage by itself over clean news, in MB of UTF-8 text a second."""
    texts = [form(r["text"]) for r in islice(load("news_chinanews", "test"), _DOCS)]
    size = sum(len(text.encode()) for text in texts) / 1e6
    pipe = Pipeline.from_recipe("news-zh")
    figures: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        for name, seconds in _stage_seconds(pipe, texts).items():
            figures.setdefault(f"{name}.mb_per_s", []).append(size / seconds)
    return {name: statistics.median(values) for name, values in figures.items()}


def lines_in_and_out(form: Form) -> dict[str, float]:
    """A run without any filter, from file to file in one process: cutting chunks, reading and
    writing JSON, accounting. Processor time, and as a multiple of `orjson.loads` alone."""
    lines = _lines(form(r["text"]) for r in islice(load("news_chinanews", "test"), _DOCS))
    bare = Pipeline.from_recipe(Recipe("bare", "no filter at all", ()))
    ours: list[float] = []
    loads: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "in.jsonl"
        path.write_bytes(b"\n".join(lines))
        for _ in range(_ROUNDS):
            start = time.process_time()
            run(lambda: bare, Settings((str(path),), f"{name}/out.jsonl", workers=0))
            middle = time.process_time()
            for line in lines:
                orjson.loads(line)
            ours.append(middle - start)
            loads.append(time.process_time() - middle)
        size = path.stat().st_size / 1e6
    return {
        "ms_per_mb": 1000 * min(ours) / size,
        "times_orjson": statistics.median(a / b for a, b in zip(ours, loads, strict=True)),
    }


def _lines(texts: Iterable[str]) -> list[bytes]:
    return [orjson.dumps({"id": str(n), "text": text}) for n, text in enumerate(texts)]


def _figures(recipe: str, lines: Sequence[bytes]) -> dict[str, float]:
    size = sum(map(len, lines)) / 1e6
    ours: list[float] = []
    shares: list[float] = []
    kept = 0
    for _ in range(_ROUNDS):
        pipe = Pipeline.from_recipe(recipe)
        with few_collections():  # as a run of the command does
            start = time.process_time()
            kept = _clean(pipe, lines)
            middle = time.process_time()
        for line in lines:
            orjson.dumps(orjson.loads(line))
        end = time.process_time()
        ours.append(size / (middle - start))
        shares.append((end - middle) / (middle - start))
    return {
        "mb_per_s": statistics.median(ours),
        "share_of_orjson": statistics.median(shares),
        "kept_share": kept / len(lines),
    }


def _clean(pipe: Pipeline, lines: Sequence[bytes]) -> int:
    kept = 0
    for doc in pipe(orjson.loads(line) for line in lines):
        orjson.dumps({"id": doc.id, "text": doc.text, "clean": {"signals": doc.signals}})
        kept += doc.kept
    return kept


def _stage_seconds(pipe: Pipeline, texts: Sequence[str]) -> dict[str, float]:
    """Wall time of each stage over a run; facts count where they are first needed."""
    total: dict[str, float] = {}
    for first in range(0, len(texts), 200):
        docs = [Document(str(n), text) for n, text in enumerate(texts[first : first + 200])]
        for stage, seconds in pipe.clean(docs).seconds.items():
            total[stage] = total.get(stage, 0.0) + seconds
    return total
