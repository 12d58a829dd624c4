"""Near-duplicates: what is found, and how fast beside datasketch, rensa and orjson."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import orjson

from benchmarks.generate import articles
from cleaner.batch import Batch
from cleaner.dedup.near import Near
from cleaner.dedup.text import plain
from cleaner.document import Document
from cleaner.filter import Index, Twin
from cleaner.kernels import minhash
from cleaner.kernels.text import decode, encode
from cleaner.rules import RuleBook

Form = Callable[[str], str]

_ROUNDS = 7
_CHUNK = 400_000
_IGNORE = ("space", "punctuation")
_NO_RULES = RuleBook([])


def signatures(form: Form) -> dict[str, float]:
    """From plain text to signature, one core, for all of them; and ours from the raw text too,
    which is folded and screened first."""
    docs = _documents(form, 1000)
    plains = _plain_texts(docs)
    few = plains[:25]
    jobs: dict[str, tuple[Sequence[str], Callable[[], object]]] = {
        "ours": (plains, lambda: _our_signatures(plains)),
        "raw": (plains, lambda: _our_raw_signatures(docs)),
        "rensa": (plains[:200], lambda: _rensa_signatures(plains[:200])),
        "datasketch": (few, lambda: _datasketch_signatures(few)),
    }
    speeds = _speeds(docs, jobs)
    return {
        "mb_per_s": speeds["ours"],
        "of_orjson": speeds["ours"] / speeds["orjson"],
        "times_datasketch": speeds["ours"] / speeds["datasketch"],
        "times_rensa": speeds["ours"] / speeds["rensa"],
        "raw_mb_per_s": speeds["raw"],
        "raw_of_orjson": speeds["raw"] / speeds["orjson"],
    }


def streaming(form: Form) -> dict[str, float]:
    """Dedup all in, verified exactly, with a log on disk, beside rensa's deduplicator, which
    verifies nothing; one document in ten has a near-duplicate."""
    docs = _with_twins(_documents(form, 1000))
    plains = _plain_texts(docs)
    jobs: dict[str, tuple[Sequence[str], Callable[[], object]]] = {
        "ours": (plains, lambda: _our_dedup(docs)),
        "rensa": (plains[:300], lambda: _rensa_dedup(plains[:300])),
    }
    speeds = _speeds(docs, jobs)
    return {
        "mb_per_s": speeds["ours"],
        "of_orjson": speeds["ours"] / speeds["orjson"],
        "times_rensa": speeds["ours"] / speeds["rensa"],
    }


def admitted(index: Index, batch: Batch) -> list[Twin | None]:
    """What the index says of the documents of a batch; it remembers those that stay."""
    ids = [doc.id for doc in batch.docs]
    sketch = index.sketch(batch)
    twins = index.admit(sketch, ids, np.ones(len(ids), np.bool_))
    index.keep(sketch, ids, np.array([twin is None for twin in twins], np.bool_))
    return twins


def _documents(form: Form, n: int) -> list[Document]:
    """Invented news of about a thousand characters."""
    found = articles(2 * n, seed=8)
    pairs = zip(found[:n], found[n:], strict=True)
    return [Document(str(at), form(f"{a.text}\n{b.body}")) for at, (a, b) in enumerate(pairs)]


def _with_twins(docs: Sequence[Document]) -> list[Document]:
    """Every tenth document comes again, with ten characters changed."""
    rng = random.Random(8)
    result = list(docs)
    for doc in docs[::10]:
        text = list(doc.text)
        for at in rng.sample(range(len(text)), 10):
            text[at] = "某"
        result.insert(rng.randrange(len(result)), Document(f"{doc.id}b", "".join(text)))
    return result


def _plain_texts(docs: Sequence[Document]) -> list[str]:
    codes, lengths = plain(Batch(docs), _IGNORE)
    return [decode(part) for part in np.split(codes, np.cumsum(lengths)[:-1])]


def _batches(docs: Sequence[Document]) -> Iterator[Batch]:
    size = max(1, _CHUNK * len(docs) // sum(len(doc.text) for doc in docs))
    for first in range(0, len(docs), size):
        yield Batch(docs[first : first + size])


def _speeds(
    docs: Sequence[Document], jobs: dict[str, tuple[Sequence[str], Callable[[], object]]]
) -> dict[str, float]:
    """MB of JSONL a second for every job and for `orjson.loads`, the best of rounds by turns: a
    busy machine only ever adds time.

    A job's documents are the first ones of `docs`, as many as it has texts.
    """
    lines = [orjson.dumps({"id": doc.id, "text": doc.text}) for doc in docs]
    seconds: dict[str, list[float]] = {name: [] for name in ("orjson", *jobs)}
    sizes = {name: sum(map(len, lines[: len(texts)])) / 1e6 for name, (texts, _) in jobs.items()}
    sizes["orjson"] = sum(map(len, lines)) / 1e6
    runs = {"orjson": lambda: [orjson.loads(line) for line in lines]}
    runs |= {name: run for name, (_, run) in jobs.items()}
    for _ in range(_ROUNDS):
        for name, run in runs.items():
            start = time.process_time()
            run()
            seconds[name].append(time.process_time() - start)
    return {name: sizes[name] / min(seconds[name]) for name in seconds}


def _our_signatures(texts: Sequence[str]) -> None:
    size = max(1, _CHUNK * len(texts) // sum(map(len, texts)))
    for first in range(0, len(texts), size):
        part = texts[first : first + size]
        lengths = np.array([len(text) for text in part])
        minhash.signatures(encode("".join(part)), lengths)


def _our_raw_signatures(docs: Sequence[Document]) -> None:
    for batch in _batches(docs):
        codes, lengths = plain(batch, _IGNORE)
        minhash.signatures(codes, lengths)


def _our_dedup(docs: Sequence[Document]) -> None:
    near = Near(_NO_RULES)
    for batch in _batches(docs):
        admitted(near, batch)
    near.finish()


def _grams(text: str) -> list[str]:
    """What both peers want of their caller: they cut no character n-grams themselves."""
    return [text[at : at + 5] for at in range(len(text) - 4)]


def _rensa_signatures(texts: Sequence[str]) -> None:
    from rensa import RMinHash

    for text in texts:
        signature = RMinHash(128, 42)
        signature.update(_grams(text))
        signature.digest()


def _rensa_dedup(texts: Sequence[str]) -> None:
    from rensa import RMinHash, RMinHashDeduplicator

    index = RMinHashDeduplicator(0.8, 128, True, 16, 42)
    for at, text in enumerate(texts):
        signature = RMinHash(128, 42)
        signature.update(_grams(text))
        index.add(str(at), signature)


def _datasketch_signatures(texts: Sequence[str]) -> None:
    from datasketch import MinHash

    for text in texts:
        MinHash(num_perm=128).update_batch([gram.encode() for gram in _grams(text)])
