"""All readings of GBK that was read as UTF-8 or, byte by byte, as Latin-1, and the best of them.

A lattice: between two characters of the line a byte waits for its second half or not, and the
character before was read as one byte or as those of UTF-8, which makes four states. The weight
of a step is ln p of the characters that it completes, each by itself. Max-marginals (forward and
backward scores, as in Viterbi decoding) leave the steps that lie on a reading hardly worse than
the best; where more than one is left, all such readings are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_OPENINGS = np.flatnonzero(np.diff(_TO, prepend=-1))  # steps to one state are side by side
_BY_FROM = np.argsort(_FROM, kind="stable")  # three steps from each
_STEPS_FROM = [[(k, to) for k, (own, to) in enumerate(_STEPS) if own == at] for at in range(4)]


class _Lattice(NamedTuple):
    """Weights and scores of a line of n characters."""

    line: str
    weights: Floats  # shape (n, 12)
    ahead: Floats  # shape (n + 1, 4): the best score up to each state
    back: Floats  # the same from each state to the end
    alive: npt.NDArray[np.bool_]  # shape (n, 12): steps of readings hardly worse than the best
    least: float


def spots_of_all(lines: Sequence[str]) -> list[list[list[str]]]:
    """The bytes of each line in pieces, for each piece the ways to read it that are worth asking
    for; empty where a line has no reading. Of two neighbours one has a single way."""
    return [
        [
            [_clear(lattice, first, last)] if clear else _ways(lattice, first, last)
            for first, last, clear in _stretches(lattice.alive)
        ]
        if lattice
        else []
        for lattice in _lattices(lines)
    ]


def _lattices(lines: Sequence[str]) -> list[_Lattice | None]:
    """The lattice of each line, or None where it has no reading."""
    # A newline behind each line has the row of what is known at its end.
    weights = _weights(encode("".join(f"{line}\n" for line in lines)).astype(np.int64))
    sizes = np.array([len(line) for line in lines], np.int64)
    ends = np.cumsum(sizes + 1) - 1
    starts = ends - sizes
    ahead = _forward(weights, starts, ends)
    best = ahead[ends][:, [_NONE, _WHOLE]].max(axis=1).tolist()
    hoped = [
        k for k, line in enumerate(lines) if best[k] > _NEVER / 2 and not _hopeless(line, best[k])
    ]
    back = _backward(weights, starts[hoped], ends[hoped])
    found: list[_Lattice | None] = [None] * len(lines)
    for k in hoped:
        own, known = slice(starts[k], ends[k]), slice(starts[k], ends[k] + 1)
        least = best[k] - _MARGIN
        there = ahead[own].take(_FROM, axis=1) + weights[own]
        alive = there + back[known][1:].take(_TO, axis=1) >= least
        found[k] = _Lattice(lines[k], weights[own], ahead[known], back[known], alive, least)
    return found


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
    weights, alive = lattice.weights[first:last].tolist(), lattice.alive[first:last].tolist()
    back = lattice.back[first : last + 1].tolist()
    start = {int(_FROM[step]) for step, possible in enumerate(alive[0]) if possible}
    todo = [(float(lattice.ahead[first, state]), 0, state, "") for state in start]
    found: list[tuple[float, str]] = []
    for _ in range(max(_MOST_STEPS, 4 * (last - first))):
        if not todo:
            break
        score, at, state, data = todo.pop()
        if at == last - first:
            found.append((score + back[at][state], data))
            continue
        further = []
        for step, to in _STEPS_FROM[state]:
            if alive[at][step]:
                gain = score + weights[at][step]
                total = gain + back[at + 1][to]
                if total >= lattice.least:
                    further.append((total, gain, to, step < _SINGLE))
        char = lattice.line[first + at]
        todo += [
            (gain, at + 1, to, data + _data(char, single))
            for _, gain, to, single in sorted(further)  # the best is tried first
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


def _forward(weights: Floats, starts: Bytes, ends: Bytes) -> Floats:
    """The best score of each state before each character and at the end of each line [start,
    end); rows like `weights`, shape (n, 4)."""
    scores = np.full((len(weights), 4), _NEVER)
    order, active = _side_by_side(ends - starts)
    first = starts[order]
    state = np.tile([_NEVER, _NEVER, 0.0, _NEVER], (len(first), 1))
    scores[first] = state
    for step, count in enumerate(active):
        rows = first[:count] + step
        every = state[:count].take(_FROM, axis=1)
        every += weights.take(rows, axis=0)
        state = np.maximum.reduceat(every, _OPENINGS, axis=1)
        scores[rows + 1] = state
    return scores


def _backward(weights: Floats, starts: Bytes, ends: Bytes) -> Floats:
    """The best score from each state to the end of its line; rows like `weights`, shape (n, 4)."""
    scores = np.full((len(weights), 4), _NEVER)
    order, active = _side_by_side(ends - starts)
    last = ends[order]
    state = np.tile([0.0, _NEVER, 0.0, _NEVER], (len(last), 1))
    scores[last] = state
    to, weights = _TO[_BY_FROM], weights.take(_BY_FROM, axis=1)
    for step, count in enumerate(active):
        rows = last[:count] - (step + 1)
        every = state[:count].take(to, axis=1)
        every += weights.take(rows, axis=0)
        state = every.reshape(count, 4, 3).max(axis=2)
        scores[rows] = state
    return scores


def _side_by_side(sizes: Bytes) -> tuple[Bytes, list[int]]:
    """The numbers of lines of these sizes, the longest first, and how many of them have so many
    characters."""
    order = np.argsort(-sizes, kind="stable")
    longest = int(sizes.max(initial=0))
    return order, np.searchsorted(-sizes[order], -np.arange(longest)).tolist()


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
