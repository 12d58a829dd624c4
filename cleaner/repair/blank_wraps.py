"""Lines of a narrow column that were joined with blanks: 全区各个社 区的网格员走上街头,挨 家挨户.

The blanks stand at even distances and now and then inside of a word. Lists of names are shorter,
verse breaks between words.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.document import Edit
from cleaner.models.lm import load
from cleaner.repair.screen import code_at

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
    for line in view.lines:
        gaps = list(_GAP.finditer(view.text, line.start, line.end))
        if len(gaps) > _FEWEST:
            starts = np.array([gap.start() for gap in gaps])
            for first, last in _columns(np.diff(starts)):
                if _cuts_words(view, gaps[first : last + 1]):
                    for gap in gaps[first : last + 1]:
                        yield Edit(gap.start(), gap.end(), "", "repair.spacing.wrap", 0.9)


def _columns(steps: Ints) -> Iterator[tuple[int, int]]:
    """Runs of even distances: the numbers of their first and their last blank."""
    at = 0
    while at + _FEWEST <= len(steps):
        middle = float(np.median(steps[at : at + _FEWEST]))
        end = at
        while end < len(steps) and abs(steps[end] - middle) <= _EVEN:
            end += 1
        if end - at >= _FEWEST and _NARROWEST <= middle <= _WIDEST:
            yield at, end
        at = max(end, at + 1)


def _cuts_words(view: View, gaps: list[regex.Match[str]]) -> bool:
    """Whether words go on across enough of the blanks."""
    model = load()
    folded = view.folded_codes
    ends = np.array([(gap.start(), gap.end()) for gap in gaps])
    inside: Mask = folded[ends[:, 0] - 1] >= 0x3400
    before = np.maximum(ends[inside, 0][:, None] - [2, 1], 0)
    numbers = model.numbers.take(folded.take(np.column_stack([before, ends[inside, 1]])))
    gains = model.rows(numbers)[:, -1] - model.unigram.take(numbers[:, -1])
    cut = int((gains >= _CUT).sum())
    return cut >= _CUTS and cut >= _SHARE * len(gains)
