"""Peers beside us in one run, on the same documents, each in an environment of its own.

Processor time is compared, since a machine that others use gives each process its own share of
the clock.
"""

from __future__ import annotations

import tempfile
import time
from itertools import islice
from pathlib import Path

import orjson

from benchmarks.corpora import load
from benchmarks.definition import Figures, Form
from benchmarks.environments import call
from benchmarks.generate import articles
from cleaner.document import Document
from cleaner.pipeline import Pipeline

FINEWEB2 = ("datatrove==0.5.0", "jieba", "nltk", "spacy", "xxhash<3.5")


def fineweb2_zh(form: Form) -> Figures:
    """The default recipe against datatrove's FineWeb2 filters for Chinese, over sound news."""
    texts = (record["text"] for record in load("news_chinanews", "test"))
    return _beside([form(text) for text in islice(texts, 400)])


def fineweb2_zh_generated(form: Form) -> Figures:
    """The same over generated articles."""
    return _beside([form(article.text) for article in articles(400, seed=70)])


def _beside(texts: list[str]) -> Figures:
    lines = [orjson.dumps({"text": text}) for text in texts]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        theirs = call("fineweb2_zh", FINEWEB2, str(Path(file.name)))
    ours = min(_busy(lines) for _ in range(3))
    size = sum(map(len, lines)) / 1e6
    return {
        "times_as_fast": theirs["busy"] / ours,
        "mb_per_s.ours": size / ours,
        "mb_per_s.datatrove": size / theirs["busy"],
        "kept.datatrove": sum(theirs["kept"]) / len(texts),
    }


def _busy(lines: list[bytes]) -> float:
    """Processor seconds of the default recipe from line to line."""
    pipe = Pipeline.from_recipe("news-zh")
    pipe.clean([Document("warm", "今天上午，图书馆开门了。" * 50)])
    start = time.process_time()
    records = [orjson.loads(line) for line in lines]
    docs = [Document(str(n), record["text"]) for n, record in enumerate(records)]
    for doc, record in zip(pipe.admit(pipe.clean(docs)), records, strict=False):
        orjson.dumps({**record, "text": doc.text, "clean": {"signals": doc.signals}})
    return time.process_time() - start
