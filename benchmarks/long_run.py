"""A long run: 500,000 documents, the same once more, and 2,000,000; peak memory and equal bytes.

All stages of the default recipe but what is too slow for millions of documents here; nothing is
dropped but duplicates, so that all is written. One process, from stdin to stdout.
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import IO, NamedTuple

import numpy as np

from benchmarks.definition import Figures, Form
from benchmarks.generate import articles
from cleaner import recipe as recipes
from cleaner.pipeline import Pipeline
from cleaner.stream import Settings, run

_SLOW = {"restore.page", "score.coherence", "score.news_coherence"}
_STRETCH = 32
_MEGABYTE = 1 << 20


class _Long(NamedTuple):
    """What came of one run."""

    peak: float  # MB
    digest: str
    lines: int


def long_run(_form: Form) -> Figures:
    """`equal`: 500,000 documents give the same bytes twice. `mb.…`: peak memory, with dedup, whose
    tables grow with what is kept, and without; `bytes_a_document`: by how much they grow."""
    first, again = _run(500_000, dedup=True), _run(500_000, dedup=True)
    many = _run(2_000_000, dedup=True)
    bare, more = _run(500_000, dedup=False), _run(2_000_000, dedup=False)
    return {
        "equal": float(first.digest == again.digest),
        "kept.500k": first.lines,
        "kept.2m": many.lines,
        "kept.2m.bare": more.lines,
        "mb.500k": max(first.peak, again.peak),
        "mb.2m": many.peak,
        "bytes_a_document": (many.peak - first.peak) * _MEGABYTE / (many.lines - first.lines),
        "mb.500k.bare": bare.peak,
        "mb.2m.bare": more.peak,
        "bare_2m_over_500k": more.peak / bare.peak,
    }


def make(*, dedup: bool) -> Pipeline:
    """The default recipe without what is slow, and without limits."""
    full = recipes.load("news-zh")
    names = tuple(n for n in full.filters if n not in _SLOW and (dedup or n[:5] != "dedup"))
    return Pipeline.from_recipe(replace(full, filters=names, limits={}))


def serve(dedup: bool) -> None:
    """The run itself, in a process of its own: the last word on stderr is its peak in MB."""
    run(lambda: make(dedup=dedup), Settings(workers=0))
    sys.stderr.write(f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}")


def short_lines(documents: int) -> Iterator[bytes]:
    """Blocks of documents that are no near-duplicates, without making each anew: four stretches
    of generated text from anywhere, with a number in front."""
    text = "".join(article.body.replace("\n", "") for article in articles(2000, seed=52))
    for first in range(0, documents, 1000):
        spots = np.random.default_rng(first).integers(0, len(text) - _STRETCH, (1000, 4)).tolist()
        numbered = enumerate(spots[: documents - first], first)
        texts = ((n, "".join(text[at : at + _STRETCH] for at in four)) for n, four in numbered)
        lines = (f'{{"id": {n}, "text": "第{n}号。{text}。"}}\n' for n, text in texts)
        yield "".join(lines).encode()


def _run(documents: int, *, dedup: bool) -> _Long:
    code = f"import sys; sys.path[:0] = {sys.path!r}\n"
    code += f"from benchmarks.long_run import serve; serve({dedup})"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        feeder = Thread(target=_feed, args=(process.stdin, documents))
        feeder.start()
        digest, lines = hashlib.blake2b(digest_size=16), 0
        while block := process.stdout.read(_MEGABYTE):
            digest.update(block)
            lines += block.count(b"\n")
        feeder.join()
        peak = float(process.stderr.read().split()[-1])
    return _Long(peak, digest.hexdigest(), lines)


def _feed(pipe: IO[bytes], documents: int) -> None:
    for block in short_lines(documents):
        pipe.write(block)
    pipe.close()
