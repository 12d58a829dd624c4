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
_FRESH = (10, 10)  # newlines: what follows begins a line
_ANYWHERE = (0xE000, 0xE000)  # no characters of the model: what follows has no context
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NEVER_FIRST = frozenset("，、。；：！？”’）》】」』,;:!?)%")


def measured(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> tuple[Reals, Reals]:
    """What each start gains after each end, shape (len(ends), len(starts)), and how abrupt each
    start is, shape (len(starts),).

    The gain is ln p of the first characters of the start after the end, less ln p of the same at
    the beginning of a line; with a bonus where a bracket opened before the seam closes behind it,
    and where names or an enumeration go on. Abrupt is what is much less likely at the beginning
    of a line than anywhere: it begins in mid-sentence.
    """
    if not starts:
        return np.zeros((len(ends), 0)), np.zeros(0)
    codes = view.folded_codes
    heads = _heads(codes, starts)
    tails = np.array([_FRESH, _ANYWHERE, *(codes[u.end - _TAIL : u.end] for u in ends)])
    fresh, anywhere, *joined = seam_scores(tails.astype(np.uint32), heads)
    fresh = np.maximum(fresh, _opened(heads))
    marks = np.array([view.text[u.start] in _NEVER_FIRST for u in starts])
    abrupt = anywhere - fresh + _MARK * marks
    if not ends:
        return np.zeros((0, len(starts))), abrupt
    bonus = _brackets(view, ends, starts) + _echoes(view, ends, starts)
    return np.array(joined) - fresh + bonus + _ordinals(view, ends, starts), abrupt


def gains(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> Reals:
    """The first part of `measured`."""
    return measured(view, ends, starts)[0]


def _opened(heads: Codes) -> Reals:
    """ln of the share of the other starts that have the same first characters, shape (n,): what
    opens several lines of a page is no middle of a sentence."""
    hashes = np.zeros(len(heads), np.uint64)
    for column in heads.T:
        hashes = hashes * _FACTOR + column
    _, names, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log((counts[names] - 1.0) / len(heads)))


def _brackets(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> Reals:
    """A bonus where the innermost bracket that an end leaves open is the one that a start closes,
    a malus where only one of them has such, or they differ."""
    opened = [open_brackets(view.text[u.start : u.end])[-1:] for u in ends]
    closed = [_closed_at_start(view.text[u.start : u.end]) for u in starts]
    if not any(opened) and not any(closed):
        return np.zeros((len(ends), len(starts)))
    one, two = np.array(opened)[:, None], np.array(closed)[None, :]
    bonus = np.where((one != "") & (one == two), _QUOTES, -_QUOTES)
    return np.where((one == "") & (two == ""), 0.0, bonus)


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
    first = np.array([_ordinal(view.folded[u.start : min(u.end, u.start + _SOON)]) for u in starts])
    if (first <= 1).all():
        return np.zeros((len(ends), len(starts)))
    last = np.array([_ordinal(view.folded[u.start : u.end], -1) for u in ends])
    bonus = np.where(first == last[:, None] + 1, _ORDINAL, -_ORDINAL)
    return np.where(first > 1, bonus, 0.0)


def _ordinal(text: str, which: int = 0) -> int:
    """The number of the first item of an enumeration in a text, or of another; 0: none."""
    found = _ENUMERATED.findall(text) if "是" in text or "要" in text else []
    return _NUMBERS.index(found[which]) + 1 if found else 0


def _heads(codes: Codes, starts: Sequence[Unit]) -> Codes:
    """The first characters of each start, blanks behind a shorter one, shape (n, _HEAD)."""
    first = np.array([unit.start for unit in starts])[:, None] + np.arange(_HEAD)
    inside = first < np.array([unit.end for unit in starts])[:, None]
    return np.where(inside, codes.take(first, mode="clip"), np.uint32(32))


def seam_scores(tails: Codes, heads: Codes) -> Reals:
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
