"""The letters of a batch, cut out once for all scorers."""

from __future__ import annotations

from cleaner.batch import Batch
from cleaner.kernels.grams import Stream, plain_table, stream_from


def stream_of_batch(batch: Batch) -> Stream:
    """The stream of a batch; see `cleaner.kernels.grams`."""
    return batch.once("score.stream", _stream)


def _stream(batch: Batch) -> Stream:
    return stream_from(batch.looked_up(plain_table()), batch.ends)
