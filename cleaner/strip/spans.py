"""Words of rules on single lines: where they stand and how much they cover."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Ints, Line, View
from cleaner.kernels.text import fold_text


class Span(NamedTuple):
    """A range [start, end) of a document."""

    start: int
    end: int


def any_of(words: Iterable[str]) -> regex.Pattern[str]:
    """A pattern for the folded view that finds any of these words, the longest first."""
    folded = sorted({fold_text(word) for word in words}, key=lambda word: (-len(word), word))
    return regex.compile("(?:" + "|".join(map(regex.escape, folded)) + ")")


def table_of(characters: str) -> npt.NDArray[np.bool_]:
    """Which code points are among `characters`, shape (0x110000,)."""
    table = np.zeros(0x110000, np.bool_)
    table[[ord(character) for character in characters]] = True
    return table


def merged(spans: Iterable[tuple[int, int]]) -> list[Span]:
    """Spans in order, with those that overlap made one: three nested words count once."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(end, joined[-1].end))
        else:
            joined.append(Span(start, end))
    return joined


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """How many characters disjoint spans hold."""
    return sum(end - start for start, end in spans)


def spans_of(view: View, literals: Ints) -> list[Span]:
    """Where these literals stand in a document, overlaps merged, in order."""
    wanted = set(literals.tolist())
    return merged((hit.start, hit.end) for hit in view.hits if hit.literal in wanted)


def lines_of(view: View, literals: Ints) -> list[Line]:
    """The lines that hold one of these literals, in order."""
    wanted = set(literals.tolist())
    starts = [line.start for line in view.lines]
    numbers = {bisect_right(starts, hit.start) - 1 for hit in view.hits if hit.literal in wanted}
    return [view.lines[number] for number in sorted(numbers)]


def hits_per_line(batch: Batch, weights: Ints) -> tuple[Ints, Ints]:
    """(line, weight) of every line of the batch that holds a literal with a weight, where
    `weights[literal]` is added up; both shape (k,), lines numbered as in `batch.line_ends`."""
    hits = batch.hits
    weight = weights.take(hits.literal) if len(weights) else hits.literal
    at = np.flatnonzero(weight)
    lines = np.searchsorted(batch.line_ends, batch.starts.take(hits.doc[at]) + hits.start[at])
    found, inverse = np.unique(lines, return_inverse=True)
    return found, np.bincount(inverse, weight[at], len(found)).astype(np.int64)
