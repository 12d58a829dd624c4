"""Lines of a narrow column that were joined with blanks: 全区各个社 区的网格员走上街头,挨 家挨户.

The blanks stand at even distances and now and then inside of a word. Lists of names are shorter,
verse breaks between words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Class
from cleaner.models.lm import load
from cleaner.repair.screen import code_at

_BLANKS = [10, 0x20, 0xA0, 0x3000]
_SPACES = [int(Class.SPACE), int(Class.NEWLINE)]
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
    for column, cut in zip(columns, _cut_words(view, columns), strict=True):
        for at in column.tolist() if cut else ():
            yield Edit(at, at + 1, "", "repair.spacing.wrap", 0.9)


def _columns(view: View) -> Iterator[Ints]:
    """Where the blanks of every run at even distances on a line stand."""
    codes, classes = view.codes, view.classes
    at = np.flatnonzero(np.isin(codes[1:-1], _BLANKS[1:])) + 1
    han = (classes[at + 1] == int(Class.HAN)) | (classes[at + 1] == int(Class.RARE_HAN))
    at = at[han & ~np.isin(classes[at - 1], _SPACES)]
    lines = np.searchsorted(np.flatnonzero(codes == 10), at)
    for own in np.split(at, np.flatnonzero(np.diff(lines)) + 1):
        if len(own) > _FEWEST:
            for first, last in _even_runs(np.diff(own).tolist()):
                yield own[first : last + 1]


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


def _cut_words(view: View, columns: Sequence[Ints]) -> list[bool]:
    """Of each column, whether words go on across enough of its blanks."""
    model = load()
    folded = view.folded_codes
    at = np.concatenate(columns)
    inside: Mask = folded[at - 1] >= 0x3400
    at = at[inside]
    around = np.column_stack([np.maximum(at - 2, 0), at - 1, at + 1])
    numbers = model.numbers.take(folded.take(around))
    gains = model.rows(numbers)[:, -1] - model.unigram.take(numbers[:, -1])
    own = np.repeat(np.arange(len(columns)), [len(column) for column in columns])[inside]
    cut = np.bincount(own[gains >= _CUT], minlength=len(columns))
    size = np.bincount(own, minlength=len(columns))
    found: list[bool] = ((cut >= _CUTS) & (cut >= _SHARE * size)).tolist()
    return found
