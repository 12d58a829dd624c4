"""Words of rules on single lines: where they stand and how much they cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Ints, Line, Mask, View
from cleaner.kernels.text import decode, fold_text, space_table, table_of
from cleaner.rules import line_around


class Span(NamedTuple):
    """A range [start, end) of a document."""

    start: int
    end: int


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for the folded view that finds any of these words, the longest first.

    Words that begin alike share their beginning, and `re` is three times as fast here as `regex`.
    """
    return re.compile(_branches(sorted({fold_text(word) for word in words})))


def _branches(words: Sequence[str]) -> str:
    """The pattern of a tree of sorted words."""
    branches = [
        re.escape(char) + _branches([word[1:] for word in own])
        for char, own in groupby((word for word in words if word), key=lambda word: word[0])
    ]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'' if words[0] else '?'}"


@cache
def table_matching(pattern: str) -> npt.NDArray[np.bool_]:
    """Which code points a pattern for one character matches, shape (0x110000,)."""
    table = np.zeros(0x110000, np.bool_)
    every = np.delete(np.arange(0x110000, dtype=np.uint32), np.arange(0xD800, 0xE000))
    for match in regex.finditer(f"(?:{pattern})+", decode(every)):
        table[ord(match[0][0]) : ord(match[0][-1]) + 1] = True
    table[0xD800:0xE000] = False
    return table


def lines_of(view: View, literals: Mask) -> list[Line]:
    """The lines that hold one of these literals, in order."""
    return sorted({line_around(view, hit.start) for hit in view.hits_among(literals)})


def hits_per_line(batch: Batch, weights: Ints, longest: Ints) -> tuple[Ints, Ints]:
    """(line, weight) of the lines of the batch that hold a literal with a weight, where
    `weights[literal]` is added up; both shape (k,), lines numbered as in `batch.line_ends`.
    A literal counts within `longest[literal]` characters of an end of its line."""
    hits = batch.hits
    weight = weights.take(hits.literal) if len(weights) else hits.literal
    at = np.flatnonzero(weight)
    ends = batch.line_ends
    place = hits.start[at]
    lines = np.searchsorted(ends, place)
    reach = np.minimum(place - batch.line_starts[lines], ends[lines] - place)
    short = reach <= longest.take(hits.literal[at])
    found, inverse = np.unique(lines[short], return_inverse=True)
    return found, np.bincount(inverse, weight[at[short]], len(found)).astype(np.int64)


def inner_ends(batch: Batch, lines: Ints) -> tuple[Ints, Ints]:
    """(first, last): where the text of these lines begins and ends, blanks aside, as positions
    in `batch.codes`; both shape (k,). On a blank line `first` is its newline and `last` some
    place before it."""
    blank, codes = blank_table(), batch.folded
    first, last = batch.line_starts[lines], batch.line_ends[lines] - 1
    moving = np.flatnonzero(first <= last)
    while len(moving):
        moving = moving[blank.take(codes[first[moving]])]
        first[moving] += 1
    moving = np.flatnonzero(first <= last)
    while len(moving):
        moving = moving[blank.take(codes[last[moving]])]
        last[moving] -= 1
    return first, last


@cache
def blank_table() -> npt.NDArray[np.bool_]:
    """Which code points `str.strip` takes off the ends of a line."""
    return space_table() & ~table_of("\n")
