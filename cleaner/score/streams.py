"""The letters of a batch, cut out once for all scorers."""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch
from cleaner.cuts import head_lines, lines_of
from cleaner.kernels.grams import Stream, stream_of
from cleaner.kernels.segments import places_of
from cleaner.kernels.text import Codes


def stream_of_batch(batch: Batch) -> Stream:
    """The stream of a batch; see `cleaner.kernels.grams`. The head of a text is left out: what
    is asked is how the text reads on, and a headline says what the text says once more."""
    return batch.once("score.stream", lambda batch: stream_of(_below_heads(batch), batch.ends))


def _below_heads(batch: Batch) -> Codes:
    """The folded view with newlines in the place of heads."""
    heads = np.flatnonzero(head_lines(batch))
    if not len(heads):
        return batch.folded
    lines = lines_of(batch)
    places, _ = places_of(lines.start.take(heads), lines.size.take(heads))
    folded = batch.folded.copy()
    folded[places] = ord("\n")
    return folded
