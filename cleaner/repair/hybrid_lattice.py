"""All readings of GBK that was read as UTF-8 or, byte by byte, as Latin-1, and the best of them.

A lattice: between two characters of the line a byte waits for its second half or not, and the
character before was read as one byte or as those of UTF-8, which makes four states. The weight
of a step is ln p of the characters that it completes, each by itself. Max-marginals (forward and
backward scores, as in Viterbi decoding) leave the steps that lie on a reading hardly worse than
the best; where more than one is left, all such readings are listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import encode, fold
from cleaner.models.lm import load as load_model
from cleaner.repair.stream import gbk_characters

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.int64]

_NEVER = -1e9
_MARGIN = 9.0  # nats behind the best reading
BLANK_COST = 6.0
"""The model takes a wide blank (U+3000) for a narrow one, which is far more common."""
_MOST = 48  # readings of one spot
_MOST_STEPS = 4000
_LONG, _LEAST_MEAN = 20, -8.0
"""Of so many characters, ln p each by itself; that of Chinese is -6.8 and more."""
_NEAR = 5  # characters of the line between two spots that see each other

# States: waits for nothing, or for a second byte, behind a single byte; the same behind UTF-8.
_NONE, _WAITS, _WHOLE, _WHOLE_WAITS = range(4)
_STEPS = (
    *((_WAITS, _NONE), (_WHOLE_WAITS, _NONE), (_NONE, _WAITS), (_WHOLE, _WAITS)),
    *((_NONE, _WHOLE), (_WHOLE, _WHOLE), (_WAITS, _WHOLE), (_WHOLE_WAITS, _WHOLE)),
    *((_NONE, _WHOLE_WAITS), (_WHOLE, _WHOLE_WAITS)),
    *((_WAITS, _WHOLE_WAITS), (_WHOLE_WAITS, _WHOLE_WAITS)),
)
"""(from, to) of each kind of step; the first four read one byte, the others all of UTF-8."""
_SINGLE = 4
_FROM, _TO = np.array(_STEPS).T


class _Lattice(NamedTuple):
    """Weights and scores of a line of n characters."""

    line: str
    weights: Floats  # shape (n, 12)
    ahead: Floats  # shape (n + 1, 4): the best score up to each state
    back: Floats  # the same from each state to the end
    alive: npt.NDArray[np.bool_]  # shape (n, 12): steps of readings hardly worse than the best
    least: float


def spots_of(line: str) -> list[list[str]]:
    """The bytes of a line in pieces, for each piece the ways to read it that are worth asking
    for; empty where the line has no reading. Of two neighbours one has a single way."""
    weights = _weights(encode(line).astype(np.int64))
    ahead = _forward(weights)
    best = float(max(ahead[-1, _NONE], ahead[-1, _WHOLE]))
    if best <= _NEVER / 2 or _hopeless(line, best):
        return []
    back = _backward(weights)
    least = best - _MARGIN
    alive = ahead[:-1, _FROM] + weights + back[1:, _TO] >= least
    lattice = _Lattice(line, weights, ahead, back, alive, least)
    return [
        [_clear(lattice, first, last)] if clear else _ways(lattice, first, last)
        for first, last, clear in _stretches(alive)
    ]


def _hopeless(line: str, best: float) -> bool:
    """Whether even the best reading of a long line, worth so many nats, is no Chinese: then
    there are readings without number."""
    narrow = sum("\x80" <= char <= "\xff" for char in line)
    size = (len(line.encode("utf-8", "surrogatepass")) - 0.5 * narrow) / 2
    return size >= _LONG and best < _LEAST_MEAN * size


def _clear(lattice: _Lattice, first: int, last: int) -> str:
    """The bytes of a stretch that can be read in one way."""
    singles = np.flatnonzero(lattice.alive[first:last].ravel()) % len(_STEPS) < _SINGLE
    return "".join(map(_data, lattice.line[first:last], singles.tolist()))


def _stretches(alive: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int, bool]]:
    """(first, last, clear) of stretches with one step each and of those with several."""
    clear = alive.sum(axis=1) == 1
    edges = [0, *(np.flatnonzero(np.diff(clear)) + 1).tolist(), len(clear)]
    runs = [(a, b, bool(clear[a])) for a, b in pairwise(edges)]
    first = 0
    for number, (start, end, is_clear) in enumerate(runs):
        inner = 0 < number < len(runs) - 1
        if is_clear and not (inner and end - start < _NEAR):
            if first < start:
                yield first, start, False
            yield start, end, True
            first = end
    if first < len(clear):
        yield first, len(clear), False


def _ways(lattice: _Lattice, first: int, last: int) -> list[str]:
    """The bytes of [first, last) in all readings hardly worse than the best, the best first."""
    start = {int(_FROM[step]) for step in np.flatnonzero(lattice.alive[first]).tolist()}
    todo = [(float(lattice.ahead[first, state]), first, state, "") for state in start]
    found: list[tuple[float, str]] = []
    for _ in range(max(_MOST_STEPS, 4 * (last - first))):
        if not todo:
            break
        score, at, state, data = todo.pop()
        if at == last:
            found.append((score + float(lattice.back[at, state]), data))
            continue
        further = [
            (gain + float(lattice.back[at + 1, to]), gain, to, step < _SINGLE)
            for step in np.flatnonzero(lattice.alive[at] & (state == _FROM)).tolist()
            for gain, to in [(score + float(lattice.weights[at, step]), int(_TO[step]))]
        ]
        todo += [
            (gain, at + 1, to, data + _data(lattice.line[at], single))
            for total, gain, to, single in sorted(further)  # the best is tried first
            if total >= lattice.least
        ]
    return [data for _, data in sorted(found, reverse=True)[:_MOST]]


def _data(char: str, single: bool) -> str:
    return char if single or char < "\x80" else utf8_of(char)


@lru_cache(maxsize=1 << 12)
def utf8_of(char: str) -> str:
    """The bytes of a character in UTF-8, as Latin-1."""
    return char.encode("utf-8", "surrogatepass").decode("latin-1")


def _weights(codes: Bytes) -> Floats:
    """ln p that each step adds at each character, shape (n, 12)."""
    table = _table()
    data, size = _utf8(codes)
    rows = np.arange(len(codes))
    final = data[rows, size - 1]
    single = (codes >= 0x80) & (codes <= 0xFF)
    byte = np.where(single, codes, 0)
    before, before_final = (np.append(0, column[:-1]) for column in (byte, final))
    # Two bytes by themselves would have been one character, if they could.
    opening = np.append(False, (byte >= 0xC2) & (byte < 0xE0))[:-1] & (codes < 0xC0)
    joined = table[before, byte], table[before_final, byte]
    weights = np.full((len(codes), len(_STEPS)), _NEVER)
    weights[:, 0] = np.where(single & ~opening, joined[0], _NEVER)
    weights[:, 1] = np.where(single, joined[1], _NEVER)
    weights[:, 2] = np.where(single & ~opening, 0, _NEVER)
    weights[:, 3] = np.where(single, 0, _NEVER)
    even, three, ascii_ = size % 2 == 0, size == 3, size == 1
    inner = table[data[:, 1], data[:, 2]]
    aligned = table[data[:, 0], data[:, 1]]
    four = np.where(size == 4, table[data[:, 2], data[:, 3]], 0)
    alone = np.where(ascii_, 0, aligned + four)
    behind = np.where(three | (size == 4), inner, 0)
    after = table[before, data[:, 0]] + behind, table[before_final, data[:, 0]] + behind
    weights[:, 4] = weights[:, 5] = np.where(even | ascii_, alone, _NEVER)
    weights[:, 8] = weights[:, 9] = np.where(three, alone, _NEVER)
    for column, gain in zip((6, 7), after, strict=True):
        weights[:, column] = np.where(even, _NEVER, gain)
        weights[:, column + 4] = np.where(even, gain, _NEVER)
    weights.clip(min=_NEVER, out=weights)
    return weights


def _utf8(codes: Bytes) -> tuple[Bytes, Bytes]:
    """The bytes of each character in UTF-8, shape (n, 4), and their number, shape (n,)."""
    size = 1 + (codes >= 0x80) + (codes >= 0x800) + (codes >= 0x10000)
    data = np.zeros((len(codes), 4), np.int64)
    for length, lead in ((1, 0), (2, 0xC0), (3, 0xE0), (4, 0xF0)):
        own = size == length
        for place in range(length):
            bits = codes[own] >> 6 * (length - 1 - place)
            data[own, place] = bits | lead if place == 0 else 0x80 | bits & 0x3F
    return data, size


def _forward(weights: Floats) -> Floats:
    """The best score of each state before each character and at the end, shape (n + 1, 4)."""
    none, waits, whole, both = _NEVER, _NEVER, 0.0, _NEVER
    rows = [(none, waits, whole, both)]
    for w0, w1, w2, w3, w4, _, w6, w7, w8, _, w10, w11 in weights.tolist():
        idle = none if none > whole else whole
        none, waits, whole, both = (
            a if (a := waits + w0) > (b := both + w1) else b,
            a if (a := none + w2) > (b := whole + w3) else b,
            _best(idle + w4, waits + w6, both + w7),
            _best(idle + w8, waits + w10, both + w11),
        )
        rows.append((none, waits, whole, both))
    return np.array(rows)


def _backward(weights: Floats) -> Floats:
    """The best score from each state to the end, shape (n + 1, 4)."""
    none, waits, whole, both = 0.0, _NEVER, 0.0, _NEVER
    rows = [(none, waits, whole, both)]
    for w0, w1, w2, w3, w4, _, w6, w7, w8, _, w10, w11 in reversed(weights.tolist()):
        idle = a if (a := whole + w4) > (b := both + w8) else b
        none, waits, whole, both = (
            a if (a := waits + w2) > idle else idle,
            _best(none + w0, whole + w6, both + w10),
            a if (a := waits + w3) > idle else idle,
            _best(none + w1, whole + w7, both + w11),
        )
        rows.append((none, waits, whole, both))
    return np.array(rows[::-1])


def _best(a: float, b: float, c: float) -> float:
    if a > b:
        return a if a > c else c
    return b if b > c else c


@cache
def _table() -> Floats:
    """ln p of the character of two bytes, by itself, shape (256, 256)."""
    model = load_model()
    pairs = gbk_characters()
    table = np.full((256, 256), _NEVER)
    first, second = encode("".join(pairs)).reshape(-1, 2).T
    table[first, second] = model.unigram[model.numbers[fold(encode("".join(pairs.values())))]]
    table[0xA1, 0xA1] -= BLANK_COST
    return table
