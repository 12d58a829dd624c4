"""How well the beginning of one passage continues the end of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import View
from cleaner.kernels.text import Codes
from cleaner.models import lm
from cleaner.restore.blocks import ANY_BRACKET, BRACKETS, Unit, open_brackets

Reals = npt.NDArray[np.float64]
Codes64 = npt.NDArray[np.int64]

_TAIL, _HEAD = 2, 4
"""Characters read on both sides of a seam: the model looks back two."""

_QUOTES = 2.0
_MARK = 6.0
_ECHO = 1.5
_ORDINAL, _SOON = 4.0, 40
_NUMBERS = "一二三四五六七八九十"
_ENUMERATED = regex.compile(
    r"(?<=[。；;：:，,]|^)(?:第|其)?([一二三四五六七八九十])(?:是(?!否)|要(?=\p{Han}))"
)
_UNKNOWN = 0xE000  # no character of the model: what follows it has no context
_NEVER_FIRST = frozenset("，、。；：！？”’）》】」』,;:!?)%")


def gains(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> Reals:
    """ln p of the first characters of each start after each end, less ln p of the same at the
    beginning of a line; with a bonus where a bracket opened before the seam closes behind it.
    Shape (len(ends), len(starts))."""
    if not ends or not starts:
        return np.zeros((len(ends), len(starts)))
    codes = view.folded_codes
    heads = _heads(codes, starts)
    tails = np.stack([codes[u.end - _TAIL : u.end] for u in ends])
    joined = _table(tails, heads)
    fresh = np.maximum(_table(np.full((1, _TAIL), 10, np.uint32), heads), _opened(heads))
    echoes = _echoes(view, ends, starts)
    opened = [open_brackets(view.text[u.start : u.end]) for u in ends]
    closed = [_closed_at_start(view.text[u.start : u.end]) for u in starts]
    quotes = np.array([[_bracket_bonus(a, b) for b in closed] for a in opened])
    return np.asarray(joined - fresh + quotes + echoes + _ordinals(view, ends, starts))


def abruptness(view: View, starts: Sequence[Unit]) -> Reals:
    """How much less likely the first characters are at the beginning of a line than anywhere:
    large where a passage begins in mid-sentence; shape (n,)."""
    if not starts:
        return np.zeros(0)
    codes = view.folded_codes
    heads = _heads(codes, starts)
    fresh, anywhere = _table(np.array([[10, 10], [_UNKNOWN, _UNKNOWN]], np.uint32), heads)
    marks = np.array([view.text[u.start] in _NEVER_FIRST for u in starts])
    return np.asarray(anywhere - np.maximum(fresh, _opened(heads)) + _MARK * marks)


def _opened(heads: Codes) -> Reals:
    """ln of the share of the other starts that have the same first characters, shape (n,): what
    opens several lines of a page is no middle of a sentence."""
    _, names, counts = np.unique(heads, axis=0, return_inverse=True, return_counts=True)
    others = counts[names.reshape(-1)] - 1.0
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(others / len(heads)))


def _echoes(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> Reals:
    """A bonus where the three characters across a seam stand together elsewhere on the page:
    names and terms come back (a cache in the sense of Kuhn & De Mori 1990)."""
    codes = view.folded_codes.astype(np.int64)
    known = np.sort(_triple(codes[:-2], codes[1:-1], codes[2:]))
    last = np.array([unit.end for unit in ends])[:, None]
    first = np.array([unit.start for unit in starts])[None, :]
    second = np.minimum(first + 1, len(codes) - 1)
    across = (
        _triple(codes[last - 2], codes[last - 1], codes[first]),
        _triple(codes[last - 1], codes[first], codes[second]),
    )
    return _ECHO * sum((_among(known, triples).astype(float) for triples in across), np.zeros(()))


def _among(known: Codes64, triples: Codes64) -> npt.NDArray[np.bool_]:
    """Which triples are among some sorted ones."""
    place = np.minimum(np.searchsorted(known, triples), len(known) - 1)
    return np.asarray(known[place] == triples)


def _triple(one: Codes64, two: Codes64, three: Codes64) -> Codes64:
    """Three code points as one number."""
    return one << 42 | two << 21 | three


def _ordinals(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> Reals:
    """A bonus where an enumeration goes on behind the seam (一是…二是 | …三是), a malus where it
    would skip."""
    last = [_ordinal(view.folded[u.start : u.end], -1) for u in ends]
    first = [_ordinal(view.folded[u.start : min(u.end, u.start + _SOON)], 0) for u in starts]
    table = np.zeros((len(ends), len(starts)))
    for row, a in enumerate(last):
        for column, b in enumerate(first):
            if b > 1:
                table[row, column] = _ORDINAL if b == a + 1 else -_ORDINAL
    return table


def _ordinal(text: str, which: int) -> int:
    found = _ENUMERATED.findall(text)
    return _NUMBERS.index(found[which]) + 1 if found else 0


def _heads(codes: Codes, starts: Sequence[Unit]) -> Codes:
    """The first characters of each start, blanks behind a shorter one, shape (n, _HEAD)."""
    first = np.array([unit.start for unit in starts])[:, None] + np.arange(_HEAD)
    inside = first < np.array([unit.end for unit in starts])[:, None]
    return np.where(inside, codes.take(first, mode="clip"), np.uint32(32))


def _table(tails: Codes, heads: Codes) -> Reals:
    """ln p of each head after each tail, shape (tails, heads)."""
    a, b = len(tails), len(heads)
    rows = np.full((a, b, 1 + _TAIL + _HEAD), 10, np.uint32)
    rows[:, :, 1 : 1 + _TAIL] = tails[:, None, :]
    rows[:, :, 1 + _TAIL :] = heads[None, :, :]
    scores = lm.load().scores(rows.reshape(-1)).reshape(rows.shape)
    return np.asarray(scores[:, :, 1 + _TAIL :].sum(axis=2, dtype=np.float64))


def _closed_at_start(text: str) -> str:
    """The first bracket that a passage closes without having opened it, or nothing."""
    depth: list[str] = []
    for char in ANY_BRACKET.findall(text):
        if char in BRACKETS:
            depth.append(BRACKETS[char])
        else:
            if not depth or depth[-1] != char:
                return "" if depth else char
            depth.pop()
    return ""


def _bracket_bonus(opened: str, closed: str) -> float:
    if not opened and not closed:
        return 0.0
    return _QUOTES if opened and closed == opened[-1] else -_QUOTES
