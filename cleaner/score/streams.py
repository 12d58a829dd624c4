"""The letters of a batch, cut out once for all scorers."""

from __future__ import annotations

from cleaner.batch import Batch
from cleaner.kernels.grams import Stream, stream_of


def stream_of_batch(batch: Batch) -> Stream:
    """The stream of a batch; see `cleaner.kernels.grams`."""
    return batch.once("score.stream", lambda batch: stream_of(batch.folded, batch.ends))
