"""Strip on the founding pages, and its speed on clean text."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import orjson
import regex

from benchmarks import corpora
from benchmarks.generate import articles
from benchmarks.strip_pages import strip_stage, survivors
from cleaner.batch import Batch
from cleaner.document import Document

_JUNK = {"spam_header", "chrome", "feed", "footer", "ornament"}
_PAGES = ("001", "002", "003", "004")
_REPAIRED = "002_repaired.txt"
_COUNTER = "瀏覽次數"
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_ROUNDS = 5
_CHUNK = 400_000


def seeds(form: Callable[[str], str]) -> dict[str, float]:
    """On the founding pages: lines of junk that are left, and lines of text that are gone.

    Page 000 is restore's: its teasers carry no mark. Page 002 is taken with its encoding
    repaired, and 003 and 004 must lose ornaments at most.
    """
    pipe = strip_stage()
    left = lost = counters = junk = 0
    for text, labels in _founding():
        (doc,) = pipe.clean([Document("seed", form(text))]).docs
        kept = survivors(doc)
        at = 0
        for number, line in enumerate(doc.original.split("\n")):
            marks = [at + m.start() for m in _LETTER.finditer(line)] or [
                at + n for n, char in enumerate(line) if not char.isspace()
            ]
            at += len(line) + 1
            if not marks:
                continue
            stays = bool(kept[marks].any())
            is_junk = labels.get(number) in _JUNK
            junk += is_junk
            left += is_junk and stays
            lost += not is_junk and not stays
        counters += _COUNTER in doc.text
    return {"junk": float(junk), "left": float(left), "lost": float(lost), "counters": counters}


def _founding() -> Iterator[tuple[str, dict[int, str]]]:
    """(text, label of each line) of the founding pages that are strip's."""
    root = corpora.root()
    if root is None:
        raise FileNotFoundError("set CLEANER_DATA to the folder that holds data/ and seeds/")
    for row in map(json.loads, (root / "seeds" / "gold.jsonl").read_text("utf-8").splitlines()):
        name = str(row["file"])
        if name.startswith(_PAGES):
            path = _REPAIRED if name.startswith("002") else name
            text = Path(root / "seeds" / path).read_text("utf-8")
            yield text, {line["line"]: line["label"] for line in row["lines"]}


def speed(form: Callable[[str], str]) -> dict[str, float]:
    """The strip stage over clean news, in MB of UTF-8 a second, and as a share of the time that
    `orjson.loads` takes for the same lines; `with_facts` counts all that a batch computes
    once for every stage (code points, folded view, literals) as if strip alone asked for it."""
    records = islice(corpora.load("news_chinanews", "test"), 3000)
    return _speed([form(record["text"]) for record in records])


def speed_generated(form: Callable[[str], str]) -> dict[str, float]:
    """The same over generated articles."""
    return _speed([form(article.text) for article in articles(1500, seed=3)])


def _speed(texts: list[str]) -> dict[str, float]:
    size = sum(len(text.encode()) for text in texts) / 1e6
    lines = [orjson.dumps({"text": text}) for text in texts]
    pipe = strip_stage()
    stage: list[float] = []
    whole: list[float] = []
    loads: list[float] = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        for line in lines:
            orjson.loads(line)
        loads.append(time.process_time() - start)
        facts, seconds = 0.0, 0.0
        for docs in _chunks(texts):
            begin = time.process_time()
            batch = Batch(docs, pipe.book.automaton)
            _ = batch.folded, batch.classes, batch.line_docs, batch.hits
            middle = time.process_time()
            pipe._edit(batch, pipe.strip)
            facts += middle - begin
            seconds += time.process_time() - middle
        stage.append(seconds)
        whole.append(facts + seconds)
    best = statistics.median(stage)
    return {
        "mb_per_s": size / best,
        "mb_per_s.with_facts": size / statistics.median(whole),
        "times_loads": best / statistics.median(loads),
    }


def _chunks(texts: list[str]) -> Iterator[list[Document]]:
    chunk: list[Document] = []
    size = 0
    for number, text in enumerate(texts):
        chunk.append(Document(str(number), text))
        size += len(text)
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
