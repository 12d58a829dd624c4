"""The items of a line that may be spam, and how they stand together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from cleaner.batch import Ints
from cleaner.rules import Rule

_FENCES = "_|丨-,、i"
"""What parts the items of a row that is written with one separator throughout."""
_PLAIN = 16
"""An innocent item between spam items is no longer than this, and stands alone."""
_SHARE, _LONGEST_ITEM = 0.3, 40
"""So much of a row must be spam items, none of them longer than this."""
_EPSILON = 1e-9
"""Three thirds are one."""


@dataclass(frozen=True, eq=False)
class Family:
    """The words of one trade, how many of them condemn a line, and the share of its letters that
    they and the common fillers must cover."""

    rule: Rule
    literals: Ints
    least: int
    share: float


class Kind(IntEnum):
    """What an item of a line is made of."""

    PLAIN = 0
    FILLER = 1
    SPAM = 2


class Item(NamedTuple):
    """A piece of a line between separators, with the spam words that begin in it."""

    start: int
    end: int
    kind: Kind
    families: tuple[Family, ...]
    words: tuple[str, ...]  # one for each of `families`
    filled: int  # characters that spam words and fillers cover


def weight_of(words: Iterable[tuple[str, Family]]) -> float:
    """How often spam words suffice to condemn a line; one that comes again counts half."""
    seen: set[str] = set()
    weight = 0.0
    for word, family in words:
        weight += (0.5 if word in seen else 1) / family.least
        seen.add(word)
    return weight + _EPSILON


def rows_of(folded: str, items: Sequence[Item]) -> list[list[Item]]:
    """The stretches of items that one and the same separator parts, enough of them spam."""
    if len(items) < 3:
        return []
    gaps = [folded[a.end : b.start] for a, b in pairwise(items)]
    hard = Counter(gap for gap in gaps if gap.strip(" "))
    fence, times = hard.most_common(1)[0] if hard else (" ", 0)
    if times < 2:
        fence = " "
    elif not set(fence.strip()) <= set(_FENCES):
        return []
    least, share = (2, _SHARE) if fence != " " else (4, 2 * _SHARE)
    runs: list[list[Item]] = [[items[0]]]
    for gap, item in zip(gaps, items[1:], strict=True):
        same = gap == fence or (" " not in gap and set(gap) <= set(_FENCES))
        if same and item.end - item.start <= _LONGEST_ITEM:
            runs[-1].append(item)
        else:
            runs.append([item])
    if fence == " ":  # a space alone does not tell the last item from the text after it
        runs = [_trimmed(run) for run in runs]
    return [
        run
        for run in runs
        if sum(item.kind is Kind.SPAM for item in run) >= max(least, share * len(run))
        and len(run) >= 3
    ]


def _trimmed(run: list[Item]) -> list[Item]:
    """A run without the innocent items at its ends."""
    first, last = 0, len(run)
    while first < last and run[first].kind is Kind.PLAIN:
        first += 1
    while last > first and run[last - 1].kind is Kind.PLAIN:
        last -= 1
    return run[first:last]


def stretches_of(items: Sequence[Item]) -> list[list[Item]]:
    """Runs of spam and filler items, an innocent one allowed between two of them."""
    runs: list[list[Item]] = [[]]
    for at, item in enumerate(items):
        following = items[at + 1].kind if at + 1 < len(items) else Kind.PLAIN
        bridge = item.end - item.start <= _PLAIN and following is not Kind.PLAIN
        if item.kind is not Kind.PLAIN or (runs[-1] and bridge):
            runs[-1].append(item)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if any(item.kind is Kind.SPAM for item in run)]
