"""The items of the lines of a page, between separators, and how those with spam stand together.

An item is known by its number on the page, a stretch of them by the first and the one behind the
last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.batch import Ints, Line, View
from cleaner.strip.spam_words import Words
from cleaner.strip.spans import Span, table_matching

Stretch = tuple[int, int]
"""Items [first, last)."""

Column = Any
"""An array of whole numbers, or a list of them."""

_SEPARATOR = r"[_,|丨/、+\s\-?~。;]"
_FENCES = "_|丨-,、i"
"""What parts the items of a row that is written with one separator throughout."""
_PLAIN = 16
"""An innocent item between spam items is no longer than this, and stands alone."""
_SHARE, _LONGEST_ITEM = 0.3, 40
"""So much of a row must be spam items, none of them longer than this."""
_FILLED = 0.5
"""An item of which fillers cover this share belongs to the items beside it."""


class Kind(IntEnum):
    """What an item of a line is made of."""

    PLAIN = 0
    FILLER = 1
    SPAM = 2


@dataclass(frozen=True, eq=False)
class Items:
    """The items of a page in order, or those of one line, with the spam words that begin in them.

    Columns are arrays for a page, which may hold thousands of items, and lists for a line.
    """

    start: Column  # of k items, as `end` and `kind`
    end: Column
    kind: Column
    words: Words
    first_word: Column  # of k + 1: where the words of each item begin
    letters_before: Column  # of k + 1: letters in the items before each
    filled_before: Column  # the same of characters that words and fillers cover
    spam_before: Column  # the same of items that hold spam words

    def on_lines(self, lines: Sequence[Line]) -> list[Stretch]:
        """The items that lie on each of some lines of a page."""
        return list(map(tuple, np.searchsorted(self.start, lines).tolist()))

    @cached_property
    def _columns(self) -> Ints:
        """All but the words, in the order of the fields and with an item behind the last."""
        items = (np.append(column, 0) for column in (self.start, self.end, self.kind))
        before = (self.first_word, self.letters_before, self.filled_before, self.spam_before)
        return np.stack([*items, *before])

    def within(self, stretch: Stretch) -> Items:
        """The items of a stretch of a page, numbered from 0."""
        first, last = stretch
        start, end, kind, *before = self._columns[:, first : last + 1].tolist()
        for column in (start, end, kind):
            column.pop()
        return Items(start, end, kind, self.words, *before)

    def share(self, stretch: Stretch) -> float:
        """How much of the letters of a stretch words and fillers cover."""
        letters = _between(self.letters_before, stretch)
        return _between(self.filled_before, stretch) / max(1, letters)

    def span(self, stretch: Stretch) -> Span:
        """The range of the page that a stretch takes."""
        return Span(int(self.start[stretch[0]]), int(self.end[stretch[1] - 1]))

    def words_of(self, stretch: Stretch) -> tuple[int, int]:
        """The words [first, last) of a stretch."""
        return int(self.first_word[stretch[0]]), int(self.first_word[stretch[1]])

    def spam(self, stretch: Stretch) -> int:
        """How many items of a stretch hold spam words."""
        return _between(self.spam_before, stretch)


def _between(before: Column, stretch: Stretch) -> int:
    """How much of what is counted before each item lies in a stretch."""
    return int(before[stretch[1]]) - int(before[stretch[0]])


def items_of(view: View, words: Words) -> Items:
    """The items of a page, filled by nothing; see `with_fillers`."""
    start, end = _between_separators(view)
    of_word = np.searchsorted(end, words.start, side="right")
    separator = (end - start == 1) & (view.folded_codes[start] == ord("i"))  # a spaced capital I
    line = np.searchsorted(view.line_ends, start)
    # A word at the end of a line may begin behind its last item.
    kept = np.append(line, -1).take(of_word) == words.line
    kept &= ~np.append(separator, True).take(of_word)
    inside, of_word = words.at(kept), of_word[kept]
    of_word -= np.cumsum(separator).take(of_word)
    start, end = start[~separator], end[~separator]
    count = np.bincount(of_word, minlength=len(start))
    letters = letters_before(view)
    letters = _before(letters[end] - letters[start])
    spam = count > 0
    kind = np.where(spam, int(Kind.SPAM), int(Kind.PLAIN))
    none = np.zeros_like(letters)
    return Items(start, end, kind, inside, _before(count), letters, none, _before(spam))


def _before(counts: npt.NDArray[Any]) -> Ints:
    """The sum of all counts before each, and of all."""
    return np.append(0, np.cumsum(counts))


def with_fillers(items: Items, view: View, words: Words, fillers: Ints) -> Items:
    """The items of a page with words, and with fillers, which do not overlap: these take the ranges
    [start, end), the columns of an array of shape (2, k)."""
    size = np.zeros(len(view.text) + 1, np.int8)
    size[words.start] += 1
    size[words.end] -= 1
    size[fillers[0]] += 1
    size[fillers[1]] -= 1
    filled = np.zeros(len(size), np.int32)
    np.cumsum(np.cumsum(size[:-1], dtype=np.int8) > 0, out=filled[1:])
    filled = filled[items.end] - filled[items.start]
    much = filled >= _FILLED * np.diff(items.letters_before)
    kind = np.where(much, int(Kind.FILLER), int(Kind.PLAIN))
    kind[items.kind == int(Kind.SPAM)] = int(Kind.SPAM)
    return replace(items, kind=kind, filled_before=_before(filled))


def _between_separators(view: View) -> tuple[Ints, Ints]:
    """Where the items of a page begin and end."""
    apart = table_matching(_SEPARATOR).take(view.folded_codes)
    edges = np.diff(np.concatenate([[True], apart, [True]]).view(np.int8))
    return np.flatnonzero(edges == -1), np.flatnonzero(edges == 1)


def letters_before(view: View) -> Ints:
    """How many letters and digits stand before each place of a page, shape (len(text) + 1,)."""
    return view.once("letters", _letters_before)


def _letters_before(view: View) -> Ints:
    wordy = table_matching(r"[\p{L}\p{N}]").take(view.folded_codes)
    return np.append(0, np.cumsum(wordy, dtype=np.int32))


def rows_of(folded: str, items: Items) -> list[Stretch]:
    """The stretches of a line that one and the same separator parts, enough of them spam."""
    count = len(items.kind)
    if count < 3 or items.spam((0, count)) < 2:
        return []
    starts, ends = items.start, items.end
    gaps = [folded[a:b].replace("。,", ",") for a, b in zip(ends, starts[1:], strict=False)]
    counts = Counter(gaps)
    hard = [(gap, times) for gap, times in counts.items() if gap.strip(" ")]
    fence, times = max(hard, key=lambda pair: pair[1], default=(" ", 0))
    if times < 2:
        fence = " "
    elif not set(fence.strip()) <= set(_FENCES):
        return []
    parting = {gap for gap in counts if " " not in gap and set(gap) <= set(_FENCES)} | {fence}
    apart = [
        at
        for at, gap in enumerate(gaps, 1)
        if gap not in parting or ends[at] - starts[at] > _LONGEST_ITEM
    ]
    runs = list(zip([0, *apart], [*apart, count], strict=True))
    if fence == " ":  # a space alone does not tell the last item from the text after it
        runs = [_trimmed(items, run) for run in runs if run[1] - run[0] >= 3]
    else:
        fences = {gap for gap in counts if gap.strip(" ") == fence}
        fenced = [gap in fences for gap in gaps]
        fenced.append(False)  # behind the last item
        runs = [_extended(items, run, fenced) if fenced[run[1] - 1] else run for run in runs]
    least, share = (2, _SHARE) if fence != " " else (4, 2 * _SHARE)
    return [
        run
        for run in runs
        if run[1] - run[0] >= 3 and items.spam(run) >= max(least, share * (run[1] - run[0]))
    ]


def _extended(items: Items, run: Stretch, fenced: Sequence[bool]) -> Stretch:
    """A run with what follows it behind its separator and a blank, as far as that is spam for
    the most part: what is not may be the title."""
    start, end = run
    while (
        fenced[end - 1]
        and items.kind[end] == int(Kind.SPAM)
        and items.share((end, end + 1)) >= _FILLED
    ):
        end += 1
    return start, end


def _trimmed(items: Items, run: Stretch) -> Stretch:
    """A run without the innocent items at its ends."""
    inside = [at for at in range(*run) if items.kind[at] != int(Kind.PLAIN)]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def stretches_of(items: Items) -> list[Stretch]:
    """Runs of spam and filler items of a line, a short innocent one allowed between two of them."""
    kinds = items.kind
    plain, spam = int(Kind.PLAIN), int(Kind.SPAM)
    runs: list[Stretch] = []
    start = -1
    for at, (kind, following) in enumerate(zip(kinds, [*kinds[1:], plain], strict=True)):
        if kind != plain:
            start = at if start < 0 else start
        elif start >= 0 and (following == plain or items.end[at] - items.start[at] > _PLAIN):
            runs.append((start, at))
            start = -1
    if start >= 0:
        runs.append((start, len(kinds)))
    return [(start, end) for start, end in runs if spam in kinds[start:end]]
