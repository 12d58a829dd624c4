"""Peers beside us in one run, on the same documents, each in an environment of its own.

Processor time is compared, since a machine that others use gives each process its own share of
the clock.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from benchmarks.corpora import load, read
from benchmarks.definition import Figures, Form
from benchmarks.environments import call
from cleaner.document import Document
from cleaner.pipeline import Pipeline

FINEWEB2 = ("datatrove==0.5.0", "jieba", "nltk", "spacy", "xxhash<3.5")


def fineweb2_zh(form: Form) -> Figures:
    """The default recipe against datatrove's FineWeb2 filters for Chinese, over sound news."""
    texts = (record["text"] for record in load("news_chinanews", "test"))
    return _beside([form(text) for text in islice(texts, 400)])


def fineweb2_rules(form: Form) -> Figures:
    """The recipe `fineweb2-zh`, our implementation of these filters, against datatrove's: news,
    other kinds of text and crawled pages, of which each side drops a good part."""
    texts = [form(text) for text in _mixed() if text.strip()]
    theirs, ours = _theirs(texts), list(Pipeline.from_recipe("fineweb2-zh")(texts))
    equal = [doc.kept == kept for doc, kept in zip(ours, theirs["kept"], strict=True)]
    named = [
        _NAMES[why] in {reason.signal for reason in doc.reasons}
        for doc, why in zip(ours, theirs["why"], strict=True)
        if why
    ]
    lines = [orjson.dumps({"text": text}) for text in texts]
    return {
        "equal_verdicts": sum(equal) / len(equal),
        "equal_reasons": sum(named) / len(named),
        "dropped.datatrove": len(named) / len(texts),
        "documents": len(texts),
        "times_as_fast": theirs["busy"] / _busy(lines, "fineweb2-zh"),
    }


_NAMES = {
    "dup_line_frac": "fineweb2_duplicate_lines",
    **{f"top_{n}_gram": f"fineweb2_top_{n}" for n in (2, 3, 4)},
    **{f"duplicated_{n}_n_grams": f"fineweb2_repeated_{n}" for n in range(5, 11)},
    "empty": "fineweb2_line_ends",
    "line_punct_ratio": "fineweb2_line_ends",
    "char_dup_ratio": "fineweb2_duplicate_line_chars",
    "list_ratio": "fineweb2_lists",
    "gopher_short_doc": "fineweb2_words",
    "gopher_long_doc": "fineweb2_words",
    "gopher_below_avg_threshold": "fineweb2_word_length",
    "gopher_above_avg_threshold": "fineweb2_word_length",
    "gopher_too_many_hashes": "fineweb2_hashes",
    "gopher_too_many_ellipsis": "fineweb2_ellipses",
    "gopher_too_many_bullets": "fineweb2_bullets",
    "gopher_too_many_end_ellipsis": "fineweb2_ellipsis_lines",
    "gopher_below_alpha_threshold": "fineweb2_letters",
    "gopher_enough_stop_words": "fineweb2_stop_words",
}
"""The signal that stands for each of datatrove's reasons."""


def _mixed() -> Iterator[str]:
    counts = {"news_chinanews": 250, "news_rthk_zhhant": 150, "nonnews_mixed": 400}
    counts |= {"social_ytdesc": 250, "news_nankai": 150, "weibo_posts": 50, "en_rthk": 30}
    for corpus, count in counts.items():
        yield from (record["text"] for record in islice(load(corpus, "test"), count))
    yield from (record["text"] for record in read("dirty_realweb"))


def _theirs(texts: list[str]) -> dict[str, Any]:
    """What datatrove says of the texts."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(b"\n".join(orjson.dumps({"text": text}) for text in texts) + b"\n")
        file.flush()
        return call("fineweb2_zh", FINEWEB2, str(Path(file.name)))


def _beside(texts: list[str]) -> Figures:
    lines = [orjson.dumps({"text": text}) for text in texts]
    theirs = _theirs(texts)
    ours = min(_busy(lines) for _ in range(3))
    size = sum(map(len, lines)) / 1e6
    return {
        "times_as_fast": theirs["busy"] / ours,
        "mb_per_s.ours": size / ours,
        "mb_per_s.datatrove": size / theirs["busy"],
        "kept.datatrove": sum(theirs["kept"]) / len(texts),
    }


def _busy(lines: list[bytes], recipe: str = "news-zh") -> float:
    """Processor seconds of a recipe from line to line."""
    pipe = Pipeline.from_recipe(recipe)
    pipe.clean([Document("warm", "今天上午，图书馆开门了。" * 50)])
    start = time.process_time()
    records = [orjson.loads(line) for line in lines]
    docs = [Document(str(n), record["text"]) for n, record in enumerate(records)]
    for doc, record in zip(pipe.admit(pipe.clean(docs)), records, strict=False):
        orjson.dumps({**record, "text": doc.text, "clean": {"signals": doc.signals}})
    return time.process_time() - start
