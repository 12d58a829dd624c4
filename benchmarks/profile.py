"""Where the time of a recipe goes: milliseconds a megabyte of JSONL, filter by filter.

    python -m benchmarks.profile news|dirty [nfkc]

needs `CLEANER_DATA`. A fact of a batch (codes, folded view, hits …) is booked on itself, not on
the filter that asked for it first.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import orjson

from benchmarks.corpora import load, nfkc, read
from cleaner.batch import Batch
from cleaner.pipeline import Pipeline
from cleaner.stream.collector import few_collections

TEXTS: dict[str, Callable[[], list[str]]] = {
    "news": lambda: [r["text"] for r in islice(load("news_chinanews", "test"), 1500)],
    "dirty": lambda: [r["text"] for r in read("dirty_realweb")],
}
_STEPS = ("suspects", "edits", "arrange", "score", "sketch", "admit", "keep")
_STAGES = ("repair", "strip", "restore", "score", "dedup")
_ROWS = 40


class Meter:
    """CPU time by name; what runs inside something measured is taken off the outer one."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._inner = [0.0]

    def measured(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, with its own time booked on `name`; a generator is run to its end."""

        def call(*args: Any, **options: Any) -> Any:
            self._inner.append(0.0)
            start = time.process_time()
            result = function(*args, **options)
            if hasattr(result, "__next__"):
                result = list(result)
            took = time.process_time() - start
            self.seconds[name] += took - self._inner.pop()
            self.calls[name] += 1
            self._inner[-1] += took
            return result

        return call


def profile(texts: Sequence[str], recipe: str = "news-zh") -> tuple[Meter, float]:
    """The meter of one run over `texts`, and its CPU time; what is loaded once is loaded before."""
    meter = Meter()
    list(Pipeline.from_recipe(recipe)(texts))  # models, tables
    pipe = Pipeline.from_recipe(recipe)
    for item in (item for stage in _STAGES for item in getattr(pipe, stage)):
        for step in _STEPS:
            if hasattr(item, step):
                wrapped = meter.measured(f"{item.name}.{step}", getattr(item, step))
                object.__setattr__(item, step, wrapped)
    undo = _measure_batch(meter)
    try:
        with few_collections():  # as a run of the command does
            start = time.process_time()
            list(pipe({"id": str(n), "text": text} for n, text in enumerate(texts)))
            return meter, time.process_time() - start
    finally:
        undo()


def _measure_batch(meter: Meter) -> Callable[[], None]:
    """Book the facts of batches; the function that is returned undoes it."""
    facts = {k: v for k, v in vars(Batch).items() if isinstance(v, cached_property)}
    before = {fact: fact.func for fact in facts.values()}
    with_texts = Batch.with_texts
    for name, fact in facts.items():
        fact.func = meter.measured(f"batch.{name}", fact.func)
    setattr(Batch, "with_texts", meter.measured("batch.with_texts", with_texts))  # noqa: B010

    def undo() -> None:
        for fact, function in before.items():
            fact.func = function
        setattr(Batch, "with_texts", with_texts)  # noqa: B010

    return undo


def _table(texts: Sequence[str], meter: Meter, seconds: float) -> list[str]:
    size = sum(len(orjson.dumps({"text": text})) for text in texts) / 1e6
    rows = [f"{len(texts)} documents, {size:.2f} MB: {size / seconds:.2f} MB/s"]
    rows.append("ms/MB    calls  what")
    rest = seconds - sum(meter.seconds.values())
    heaviest = sorted(meter.seconds.items(), key=lambda item: -item[1])[:_ROWS]
    for name, took in [*heaviest, ("all else", rest)]:
        rows.append(f"{1000 * took / size:7.2f} {meter.calls[name]:6}  {name}")
    return rows


def main(arguments: Sequence[str]) -> None:
    """Print the table of one corpus."""
    name, *form = arguments or ["news"]
    texts = TEXTS[name]()
    texts = [nfkc(text) for text in texts] if form == ["nfkc"] else texts
    sys.stdout.write("\n".join([*_table(texts, *profile(texts)), ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
