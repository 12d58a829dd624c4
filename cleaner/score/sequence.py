"""Do the sentences of a document follow on each other, by what they say and say again?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream
from cleaner.kernels.segments import Groups, firsts
from cleaner.kernels.text import Codes
from cleaner.kernels.vectors import Singles, dots
from cleaner.models.coherence import STEP

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def position_features(late: Floats, docs: Groups) -> Floats:
    """Do sentences that read like late ones stand late? Covariance and correlation of where the
    sentences of a document stand and of where they seem to belong."""
    count, own = docs.counts, docs.counts.take(docs.of_item)
    place = (2 * docs.number() - own + 1) / np.maximum(own - 1, 1)
    late = late - docs.means(late).take(docs.of_item)
    both = docs.sums(place * late)
    spread = docs.sums(late**2) * docs.sums(place**2)
    table = np.column_stack(
        [both / np.sqrt(count + 1.0), both / np.sqrt(spread + 1e-3), both / (count + 1.0)]
    )
    table[count < 3] = 0.0
    return table


def quote_features(stream: Stream, marks: Codes) -> Floats:
    """The share of the lines with quotation marks in which one is left open, by document; `marks`
    are the code points that the stream leaves out."""
    borders = np.searchsorted(stream.gaps, stream.at[stream.ends])
    breaks = np.flatnonzero(marks == ord("\n"))
    quotes = np.flatnonzero(marks == ord('"'))
    docs = np.searchsorted(borders, quotes, "right")
    lines = np.searchsorted(breaks, quotes) + docs  # told by the breaks and borders before it
    one = np.flatnonzero(firsts(lines))
    counts, docs = np.diff(one, append=len(quotes)), docs.take(one)
    odd = np.bincount(docs, counts % 2, minlength=len(borders))
    share: Floats = odd / (np.bincount(docs, minlength=len(borders)) + 1.0)
    return share


def next_features(direction: Singles, docs: Groups, opens: Mask) -> Floats:
    """How much more alike neighbouring sentences are than any two, or than every second;
    `direction` has length STEP."""
    count = docs.counts
    whole = docs.sums(direction)
    squares = np.einsum("kd,kd->k", whole, whole)
    overall = squares - docs.sums(dots(direction, direction))
    overall /= STEP**2 * np.maximum(count * (count - 1), 1)
    close, second = _back(direction, 1), _back(direction, 2)
    number = docs.number()
    inner = (number > 0) & ~opens
    adjacent = _mean(close, number > 0, docs)
    apart = _mean(second, number > 1, docs)
    within = np.where(docs.sums(inner) > 0, _mean(close, inner, docs), adjacent)
    table = np.column_stack([adjacent - overall, adjacent - apart, within - overall])
    table[count < 4] = 0.0
    return table


def _back(direction: Singles, step: int) -> Floats:
    """The cosine of each sentence and the one `step` before it; 0 for the first ones."""
    found = np.zeros(len(direction))
    found[step:] = dots(direction[step:], direction[:-step]) / STEP**2
    return found


def _mean(values: Floats, mask: Mask, docs: Groups) -> Floats:
    found: Floats = docs.sums(values * mask) / np.maximum(docs.sums(mask), 1)
    return found
