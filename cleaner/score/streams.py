"""The letters of a batch, cut out once for all scorers."""

from __future__ import annotations

from cleaner.batch import Batch
from cleaner.kernels.grams import Stream, stream_of

_KEY = "score.stream"


def stream_of_batch(batch: Batch) -> Stream:
    """The stream of a batch; see `cleaner.kernels.grams`."""
    if _KEY not in batch.memo:
        batch.memo[_KEY] = stream_of(batch.folded, batch.ends)
    stream: Stream = batch.memo[_KEY]
    return stream
