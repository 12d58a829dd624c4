"""The items of the lines of a page, between separators, and how those with spam stand together.

An item is known by its number on the page, a stretch of them by the first and the one behind the
last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from cleaner.batch import Ints, View
from cleaner.strip.spam_words import Words
from cleaner.strip.spans import Span, table_matching

Stretch = tuple[int, int]
"""Items [first, last)."""

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
    """The items of a page in order, with the spam words that begin in them."""

    start: Ints  # shape (k,), as `end` and `kind`
    end: Ints
    kind: Ints
    words: Words
    first_word: Ints  # shape (k + 1,): where the words of each item begin
    letters_before: Ints  # shape (k + 1,): letters in the items before each
    filled_before: Ints  # the same of characters that words and fillers cover

    def among(self, start: int, end: int) -> Stretch:
        """The items that lie in a range of the page."""
        first, last = np.searchsorted(self.start, [start, end]).tolist()
        return first, last

    def share(self, stretch: Stretch) -> float:
        """How much of the letters of a stretch words and fillers cover."""
        first, last = stretch
        letters = int(self.letters_before[last] - self.letters_before[first])
        return int(self.filled_before[last] - self.filled_before[first]) / max(1, letters)

    def span(self, stretch: Stretch) -> Span:
        """The range of the page that a stretch takes."""
        return Span(int(self.start[stretch[0]]), int(self.end[stretch[1] - 1]))

    def words_of(self, stretch: Stretch) -> tuple[int, int]:
        """The words [first, last) of a stretch."""
        return int(self.first_word[stretch[0]]), int(self.first_word[stretch[1]])

    def spam(self, stretch: Stretch) -> int:
        """How many items of a stretch hold spam words."""
        return int((self.kind[stretch[0] : stretch[1]] == int(Kind.SPAM)).sum())


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
    letters = np.append(0, np.cumsum(letters[end] - letters[start]))
    first_word = np.append(0, np.cumsum(count))
    kind = np.where(count > 0, int(Kind.SPAM), int(Kind.PLAIN))
    return Items(start, end, kind, inside, first_word, letters, np.zeros_like(letters))


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
    return replace(items, kind=kind, filled_before=np.append(0, np.cumsum(filled)))


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


def rows_of(folded: str, items: Items, line: Stretch) -> list[Stretch]:
    """The stretches of a line that one and the same separator parts, enough of them spam."""
    first, last = line
    if last - first < 3 or items.spam(line) < 2:
        return []
    starts, ends = items.start[first:last].tolist(), items.end[first:last].tolist()
    gaps = [folded[a:b].replace("。,", ",") for a, b in zip(ends, starts[1:], strict=False)]
    counts = Counter(gaps)
    hard = [(gap, times) for gap, times in counts.items() if gap.strip(" ")]
    fence, times = max(hard, key=lambda pair: pair[1], default=(" ", 0))
    if times < 2:
        fence = " "
    elif not set(fence.strip()) <= set(_FENCES):
        return []
    parting = {gap for gap in counts if " " not in gap and set(gap) <= set(_FENCES)} | {fence}
    parted = np.array([gap in parting for gap in gaps])
    parted &= items.end[first + 1 : last] - items.start[first + 1 : last] <= _LONGEST_ITEM
    apart = (first + 1 + np.flatnonzero(~parted)).tolist()
    runs = list(zip([first, *apart], [*apart, last], strict=True))
    if fence == " ":  # a space alone does not tell the last item from the text after it
        runs = [_trimmed(items, run) for run in runs if run[1] - run[0] >= 3]
    else:
        fences = {gap for gap in counts if gap.strip(" ") == fence}
        fenced = [gap in fences for gap in gaps]
        fenced.append(False)  # behind the last item
        runs = [
            _extended(items, run, first, fenced) if fenced[run[1] - 1 - first] else run
            for run in runs
        ]
    least, share = (2, _SHARE) if fence != " " else (4, 2 * _SHARE)
    spam = np.cumsum(items.kind[first:last] == int(Kind.SPAM)).tolist()
    spam.append(0)  # before the first item
    return [
        (start, end)
        for start, end in runs
        if end - start >= 3
        and spam[end - 1 - first] - spam[start - 1 - first] >= max(least, share * (end - start))
    ]


def _extended(items: Items, run: Stretch, line: int, fenced: Sequence[bool]) -> Stretch:
    """A run with what follows it behind its separator and a blank, as far as that is spam for
    the most part: what is not may be the title."""
    start, end = run
    while (
        fenced[end - 1 - line]
        and items.kind[end] == int(Kind.SPAM)
        and items.share((end, end + 1)) >= _FILLED
    ):
        end += 1
    return start, end


def _trimmed(items: Items, run: Stretch) -> Stretch:
    """A run without the innocent items at its ends."""
    inside = np.flatnonzero(items.kind[run[0] : run[1]] != int(Kind.PLAIN))
    return (run[0] + int(inside[0]), run[0] + int(inside[-1]) + 1) if len(inside) else (0, 0)


def stretches_of(items: Items, line: Stretch) -> list[Stretch]:
    """Runs of spam and filler items, a short innocent one allowed between two of them."""
    first, last = line
    kinds = items.kind[first:last].tolist()
    short = (items.end[first:last] - items.start[first:last] <= _PLAIN).tolist()
    plain, spam = int(Kind.PLAIN), int(Kind.SPAM)
    runs: list[Stretch] = []
    start = -1
    for at, (kind, following) in enumerate(zip(kinds, [*kinds[1:], plain], strict=True)):
        if kind != plain:
            start = at if start < 0 else start
        elif start >= 0 and not (short[at] and following != plain):
            runs.append((start, at))
            start = -1
    if start >= 0:
        runs.append((start, len(kinds)))
    return [(first + start, first + end) for start, end in runs if spam in kinds[start:end]]
