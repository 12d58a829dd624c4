"""Lines of a narrow column that were joined with blanks: 全区各个社 区的网格员走上街头,挨 家挨户.

The blanks stand at even distances and now and then inside of a word. Lists of names are shorter,
verse breaks between words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.document import Edit
from cleaner.models.lm import load
from cleaner.repair.screen import code_at

Span = tuple[int, int]

_BLANKS = [10, 0x20, 0xA0, 0x3000]
_GAP = regex.compile(r"(?<=\S)[ \u3000\xa0](?=\p{Han})")
_NARROWEST, _WIDEST, _EVEN = 9, 40, 3
"""Characters from one blank to the next, and how much they differ from their median."""
_FEWEST = 4
"""So many even distances in a row make a column."""
_CUT, _CUTS, _SHARE = 3.0, 3, 0.4
"""ln p of a character behind a blank over that of it anywhere, where a word was cut; how many
words must have been cut, and which share of all that stand between two Han characters."""


def even(batch: Batch, blanks: Ints) -> Ints:
    """Blanks alone before a Han character, with four more of them behind at even distances."""
    alone = ~np.isin(code_at(batch, blanks, -1), _BLANKS)
    at = blanks[alone & (code_at(batch, blanks, 1) >= 0x3400)]
    steps = np.diff(at)
    narrow = (steps >= _NARROWEST - _EVEN) & (steps <= _WIDEST + _EVEN)
    alike = narrow[1:] & narrow[:-1] & (abs(np.diff(steps)) <= 2 * _EVEN)
    three = alike[:-2] & alike[1:-1] & alike[2:]
    found: Ints = at[: len(three)][three]
    return found


def wraps(view: View) -> Iterator[Edit]:
    """The blanks of columns."""
    columns = list(_columns(view))
    if not columns:
        return
    for spans, cut in zip(columns, _cut_words(view, columns), strict=True):
        if cut:
            for start, end in spans:
                yield Edit(start, end, "", "repair.spacing.wrap", 0.9)


def _columns(view: View) -> Iterator[list[Span]]:
    """The blanks of every run at even distances on a line."""
    for line in view.lines:
        gaps = [gap.span() for gap in _GAP.finditer(view.text, line.start, line.end)]
        if len(gaps) > _FEWEST:
            for first, last in _even_runs([b[0] - a[0] for a, b in pairwise(gaps)]):
                yield gaps[first : last + 1]


def _even_runs(steps: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of even distances: the numbers of their first and their last blank."""
    at = 0
    while at + _FEWEST <= len(steps):
        middle = sum(sorted(steps[at : at + _FEWEST])[1:3]) / 2  # the median of four
        end = at
        while end < len(steps) and abs(steps[end] - middle) <= _EVEN:
            end += 1
        if end - at >= _FEWEST and _NARROWEST <= middle <= _WIDEST:
            yield at, end
        at = max(end, at + 1)


def _cut_words(view: View, columns: Sequence[Sequence[Span]]) -> list[bool]:
    """Of each column, whether words go on across enough of its blanks."""
    model = load()
    folded = view.folded_codes
    starts, ends = np.array([span for column in columns for span in column]).T
    inside: Mask = folded[starts - 1] >= 0x3400
    before = np.maximum(starts[inside][:, None] - [2, 1], 0)
    numbers = model.numbers.take(folded.take(np.column_stack([before, ends[inside]])))
    gains = model.rows(numbers)[:, -1] - model.unigram.take(numbers[:, -1])
    own = np.repeat(np.arange(len(columns)), [len(column) for column in columns])[inside]
    cut = np.bincount(own[gains >= _CUT], minlength=len(columns))
    size = np.bincount(own, minlength=len(columns))
    found: list[bool] = ((cut >= _CUTS) & (cut >= _SHARE * size)).tolist()
    return found
