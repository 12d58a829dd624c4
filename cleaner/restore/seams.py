"""How well the beginning of one passage continues the end of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import View
from cleaner.kernels.text import Codes, decode, table_of
from cleaner.models import lm
from cleaner.restore.blocks import BRACKETS, Unit, open_of

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TAIL, HEAD = 2, 4
"""Characters read on both sides of a seam."""

ABRUPT = 1.0
"""From here (nats) a text begins in mid-sentence."""

NEVER = -20.0
"""The gain of what does not follow."""

_QUOTES = 2.0
_MARK = 6.0
_ECHO = 1.5
_ORDINAL, _SOON = 4.0, 40
_NUMBERS = "一二三四五六七八九十"
_ENUMERATED = regex.compile(
    r"(?<=[。；;：:，,]|^)(?:第|其)?([一二三四五六七八九十])(?:是(?!否)|要(?=\p{Han}))"
)
_ANY_BRACKET = "".join([*BRACKETS, *BRACKETS.values()])
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NEVER_FIRST = frozenset("，、。；：！？”’）》】」』,;:!?)%")


def measured(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> tuple[Reals, Reals]:
    """What each start gains after each end before it, shape (len(ends), len(starts)), `NEVER`
    after a later end; and how abrupt each start is, shape (len(starts),).

    The gain is ln p of the first characters of the start after the end, less ln p of the same at
    the beginning of a line; with a bonus where a bracket opened before the seam closes behind it,
    and where names or an enumeration go on. Abrupt is what is much less likely at the beginning
    of a line than anywhere: it begins in mid-sentence.
    """
    if not starts:
        return np.zeros((len(ends), 0)), np.zeros(0)
    codes = view.folded_codes
    first = np.array([unit.start for unit in starts])
    heads = first_of(codes, first, np.array([unit.end for unit in starts]))
    stops = np.array([unit.end for unit in ends], np.int64)
    behind = first >= stops[:, None]
    one, two = np.nonzero(behind)
    tails = codes[stops[:, None] - np.arange(TAIL, 0, -1)]
    fresh, anywhere = beginnings(heads)
    fresh = np.maximum(fresh, _opened(heads))
    marks = np.array([view.text[u.start] in _NEVER_FIRST for u in starts])
    abrupt = anywhere - fresh + _MARK * marks
    if not ends:
        return np.zeros((0, len(starts))), abrupt
    gain = _brackets(view, ends, starts) + _echoes(view, ends, starts)
    gain += _ordinals(view, ends, starts)
    gain[one, two] += continued(tails[one], heads[two]) - fresh[two]
    return np.where(behind, gain, NEVER), abrupt


def gains(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> Reals:
    """The first part of `measured`."""
    return measured(view, ends, starts)[0]


def _opened(heads: Codes) -> Reals:
    """ln of the share of the other starts that have the same first characters, as `continued`
    has it; shape (n,): what opens several lines of a page is no middle of a sentence."""
    hashes = np.zeros(len(heads), np.uint64)
    for column in heads.T:
        hashes = hashes * _FACTOR + column
    _, names, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    others = counts[names] - 1.0
    found = np.full(len(heads), -np.inf)
    if (some := np.flatnonzero(others)).size:
        found[some] = np.log(others[some] / len(heads)) - _after(heads[some])
    return found


def _brackets(view: View, ends: Sequence[Unit], starts: Sequence[Unit]) -> Reals:
    """A bonus where the innermost bracket that an end leaves open is the one that a start closes,
    a malus where only one of them has such, or they differ."""
    places = np.flatnonzero(table_of(_ANY_BRACKET).take(view.codes))
    found = list(decode(view.codes.take(places)))

    def within(units: Sequence[Unit]) -> Iterator[list[str]]:
        edges = np.searchsorted(places, [(unit.start, unit.end) for unit in units])
        return (found[first:last] for first, last in edges.tolist())

    opened = np.array([open_of(brackets)[-1:] for brackets in within(ends)])[:, None]
    closed = np.array([_closed_at_start(brackets) for brackets in within(starts)])
    bonus = np.where((opened != "") & (opened == closed), _QUOTES, -_QUOTES)
    return np.where((opened == "") & (closed == ""), 0.0, bonus)


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


def _among(known: Ints, triples: Ints) -> npt.NDArray[np.bool_]:
    """Which triples are among some sorted ones."""
    place = np.minimum(np.searchsorted(known, triples), len(known) - 1)
    return np.asarray(known[place] == triples)


def _triple(one: Ints, two: Ints, three: Ints) -> Ints:
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


def first_of(codes: Codes, starts: Ints, ends: Ints) -> Codes:
    """The first characters of lines [start, end), blanks behind a shorter one, shape (n, HEAD)."""
    at = starts[:, None] + np.arange(HEAD)
    return np.where(at < ends[:, None], codes.take(at, mode="clip"), np.uint32(32))


def beginnings(heads: Codes) -> tuple[Reals, Reals]:
    """ln p of each head at the beginning of a line, and anywhere, as `continued` has it; shape
    (n,) each."""
    model = lm.load()
    return model.openings(model.numbers.take(heads[:, :TAIL]))


def continued(tails: Codes, heads: Codes) -> Reals:
    """ln p of each head after the tail in its row, shape (k,). Of its first `TAIL` characters
    only: the model looks back two, and further ones are as likely whatever stands before."""
    return _after(np.concatenate([tails, heads[:, :TAIL]], axis=1))


def _after(rows: Codes) -> Reals:
    """ln p of the characters of each row behind the first `TAIL`, shape (k,)."""
    model = lm.load()
    return np.asarray(model.rows(model.numbers.take(rows)).sum(axis=1, dtype=np.float64))


def _closed_at_start(brackets: Sequence[str]) -> str:
    """The first of the brackets of a passage that closes what was not opened, or nothing."""
    depth: list[str] = []
    for char in brackets:
        if char in BRACKETS:
            depth.append(BRACKETS[char])
        else:
            if not depth or depth[-1] != char:
                return "" if depth else char
            depth.pop()
    return ""
