"""Five million short documents through dedup.near: memory, and time that does not grow."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np

from benchmarks.dedup import admitted
from cleaner.batch import Batch
from cleaner.dedup.memory import MemoryStore
from cleaner.dedup.near import Near
from cleaner.document import Document
from cleaner.kernels.text import decode
from cleaner.rules import RuleBook

Form = Callable[[str], str]

_M = 1_000_000
_MILLIONS = 5
_BATCH = 2000
_CHARS = 60


def five_million(form: Form) -> dict[str, float]:
    """Documents of 60 random characters, one in fifty a near-duplicate of an earlier one.

    Batches are made outside of the measured time. A stall is the longest batch of 2,000.
    """
    near = Near(RuleBook([]))
    rng = np.random.default_rng(7)
    seconds: list[float] = []
    stall = 0.0
    before = _resident()
    dropped = 0
    for million in range(_MILLIONS):
        spent = 0.0
        for number in range(0, _M, _BATCH):
            batch = _batch(rng, million * _M + number, form)
            start = time.process_time()
            dropped += sum(twin is not None for twin in admitted(near, batch))
            took = time.process_time() - start
            spent, stall = spent + took, max(stall, took)
        seconds.append(spent)
    kept = _MILLIONS * _M - dropped
    store = near._store
    assert isinstance(store, MemoryStore)
    figures = {
        "last_over_second": seconds[-1] / seconds[1],
        "longest_stall_s": stall,
        "us_per_doc": sum(seconds) / _MILLIONS,
        "table_bytes_per_doc": store.memory / kept,
        "resident_bytes_per_doc": (_peak() - before) / kept,
        "disk_bytes_per_doc": store.disk / kept,
        "dropped_share": dropped / (kept + dropped),
    }
    near.finish()
    return figures


def _batch(rng: np.random.Generator, first: int, form: Form) -> Batch:
    codes = rng.integers(0x4E00, 0x4E00 + 2000, (_BATCH, _CHARS)).astype(np.uint32)
    twins = rng.random(_BATCH) < 0.02
    twins[0] = False
    codes[twins] = codes[0]
    codes[twins, -1] = 0x3042
    texts = [form(decode(row)) for row in codes]
    return Batch([Document(str(first + at), text) for at, text in enumerate(texts)])


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * resource.getpagesize()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
