"""What a gap in a row of bytes may have been: every character that its known bytes allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import regex

from cleaner.kernels.text import encode, fold
from cleaner.models.lm import UNKNOWN
from cleaner.models.lm import load as load_model
from cleaner.repair.habits import Habits, other_script, repertoire
from cleaner.repair.options import Options, options_of
from cleaner.repair.readers import LOST, SWALLOWED, Reader

_LONGEST_GAP = 12  # bytes; a longer stretch that does not decode was not damaged this way
_MOST_WAYS = 8
_STRIPPED_ONE = r"[\xe0-\xef][\x80-\xbf]?"
_STRIPPED = regex.compile(rf"(?:{_STRIPPED_ONE})+")
_OTHER_SCRIPT, _RARE = -5.0, -6.0


def ways(
    gap: str, following: str, right: str, reader: Reader, habits: Habits
) -> list[list[Options]]:
    """What a gap may have been: every row of places that its bytes can be cut into."""
    if len(gap) > _LONGEST_GAP:
        return []
    if SWALLOWED in gap:
        return _rows_of(gap, following, right, reader, habits.traditional, habits)
    return _known_ways(gap, following, right, reader, habits.traditional)


@lru_cache(maxsize=1 << 12)
def _known_ways(
    gap: str, following: str, right: str, reader: Reader, traditional: bool
) -> list[list[Options]]:
    """`ways` where nothing was swallowed: of the text only its script matters."""
    if LOST in gap:
        return _rows_of(gap, following, right, reader, traditional, None)
    return _without_holes(gap, reader, traditional) if right == "utf-8" else []


def _rows_of(
    gap: str, following: str, right: str, reader: Reader, traditional: bool, habits: Habits | None
) -> list[list[Options]]:
    rows = []
    for pieces in _cuts(gap, right):
        afters = [*(piece[0] for piece in pieces[1:]), following]
        row = [
            swallowed(after in ("", "\n"), habits)
            if habits is not None and piece == SWALLOWED
            else _characters(piece, after, right, reader, traditional)
            for piece, after in zip(pieces, afters, strict=True)
        ]
        if all(place.texts for place in row):
            rows.append(row)
    return rows[:_MOST_WAYS]


def _without_holes(gap: str, reader: Reader, traditional: bool) -> list[list[Options]]:
    """Characters of UTF-8 that lack the bytes for which their reader had no character."""
    if not reader.holes or not _STRIPPED.fullmatch(gap):
        return []
    pieces = regex.findall(_STRIPPED_ONE, gap)
    places = [_stripped(piece, reader, traditional) for piece in pieces]
    return [places] if all(place.texts for place in places) else []


@lru_cache(maxsize=1 << 12)
def _stripped(piece: str, reader: Reader, traditional: bool) -> Options:
    """The characters that `piece`, the rest of their three bytes, may be."""
    table = _table("utf-8")
    rows = _rows("utf-8", 3, piece[0])
    holes = [ord(byte) for byte in reader.holes]
    second, third = table.data[rows, 1], table.data[rows, 2]
    gone = np.isin(second, holes), np.isin(third, holes)
    if len(piece) > 1:
        kept = ord(piece[1])
        fits = (gone[0] & (third == kept)) | (gone[1] & (second == kept))
    else:
        fits = gone[0] & gone[1]
    return _of_rows(table, rows[fits], traditional)


def _cuts(gap: str, right: str, at: int = 0) -> Iterator[list[str]]:
    """Every way to cut a gap into the bytes of whole characters."""
    if at == len(gap):
        yield []
        return
    for size in _sizes(gap, right, at):
        if at + size <= len(gap):
            for rest in _cuts(gap, right, at + size):
                yield [gap[at : at + size], *rest]


def _sizes(gap: str, right: str, at: int) -> tuple[int, ...]:
    byte = gap[at]
    if byte < "\x80" or byte == SWALLOWED:
        return (1,)
    if right != "utf-8":
        return (2,)
    if byte == LOST:
        return (3, 2)
    return (3,) if "\xe0" <= byte <= "\xef" else (2,) if "\xc2" <= byte <= "\xdf" else ()


@lru_cache(maxsize=64)
def swallowed(at_end: bool, habits: Habits) -> Options:
    """What the reader took along: an ASCII character below `@`, or nothing at the end."""
    options = _below("\n", *[""][:at_end])
    if at_end:
        bias = [*map(habits.closing, options.texts[:-1]), 0.0]
    else:
        bias = [*map(habits.bias, options.texts)]
    return replace(options, bias=np.array(bias))


@lru_cache(maxsize=64)
def swallowed_on_line(habits: Habits) -> Options:
    """The same within a line that still has its end."""
    options = _below()
    return replace(options, bias=np.array([*map(habits.bias, options.texts)]))


@cache
def _below(*others: str) -> Options:
    return options_of([*map(chr, range(0x20, 0x40)), *others], swallowed=True)


def characters_where(
    test: Callable[[npt.NDArray[np.uint32]], npt.NDArray[np.bool_]], traditional: bool
) -> Options:
    """The characters whose code points pass a test."""
    table = _table("utf-8")
    return _of_rows(table, np.flatnonzero(test(encode(table.chars))), traditional)


def written(texts: Sequence[str], traditional: bool) -> Options:
    """Options of characters in a text of one script."""
    other, ordinary = other_script(traditional), _ordinary()
    bias = [_OTHER_SCRIPT * (text in other) + _RARE * (text not in ordinary) for text in texts]
    return options_of(texts, bias)


@lru_cache(maxsize=1 << 16)
def _characters(piece: str, after: str, right: str, reader: Reader, traditional: bool) -> Options:
    """The characters that the bytes of `piece` may be.

    `after` is the byte that follows: where the reader would not have lost a byte in front of
    it, the byte was not lost.
    """
    if LOST not in piece:
        char = piece.encode("latin-1").decode(right, "ignore")
        return options_of([char] if char else [])
    table = _table(right)
    rows = _rows(right, len(piece), piece[0])
    for place, byte in enumerate(piece):
        if byte != LOST:
            rows = rows[table.data[rows, place] == ord(byte)]
    for place, byte in enumerate(piece):
        if byte == LOST and after != SWALLOWED:
            last = place + 1 == len(piece)
            if last and after == LOST:
                continue
            behind = ord(after or "\0") if last else table.data[rows, place + 1]
            rows = rows[reader.fails[table.data[rows, place], behind]]
    return _of_rows(table, rows, traditional)


def _of_rows(table: _Table, rows: npt.NDArray[np.int64], traditional: bool) -> Options:
    bias = table.bias[rows] + table.foreign[rows, int(traditional)]
    return Options([table.chars[row] for row in rows.tolist()], table.numbers[rows], bias)


@lru_cache(maxsize=1 << 9)
def _rows(right: str, size: int, lead: str) -> npt.NDArray[np.int64]:
    """The rows of the table with characters of so many bytes, the first of them known or LOST."""
    table = _table(right)
    fits = table.sizes == size
    return np.flatnonzero(fits if lead == LOST else fits & (table.data[:, 0] == ord(lead)))


@dataclass(frozen=True, eq=False)
class _Table:
    """Every character that a lost byte may belong to, with its bytes, shape (n, 3)."""

    chars: str
    numbers: npt.NDArray[np.uint16]
    data: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.int64]
    bias: npt.NDArray[np.float64]
    foreign: npt.NDArray[np.float64]
    """Bias in a Simplified and in a Traditional text, shape (n, 2)."""


@cache
def _table(right: str) -> _Table:
    model = load_model()
    pool = [chr(code) for code in repertoire()]
    numbers = model.numbers.take(fold(encode("".join(pool))))
    rows = [
        (char, char.encode(right, "ignore"), number)
        for char, number in zip(pool, numbers.tolist(), strict=True)
        if number != UNKNOWN
    ]
    rows = [row for row in rows if len(row[1]) > 1]
    chars = "".join(char for char, _, _ in rows)
    # The model sees folded text: of characters that fold alike, the ordinary ones come first.
    return _Table(
        chars,
        np.array([number for _, _, number in rows], np.uint16),
        np.array([list(data.ljust(3, b"\0")[:3]) for _, data, _ in rows], np.uint8),
        np.array([len(data) for _, data, _ in rows]),
        np.array([0.0 if char in _ordinary() else _RARE for char in chars]),
        np.array(
            [[_OTHER_SCRIPT * (char in other_script(t)) for t in (False, True)] for char in chars]
        ),
    )


@cache
def _ordinary() -> frozenset[str]:
    marks = "，。、；：？！“”‘’（）《》〈〉【】「」『』—…·％～"
    pool = "".join(map(chr, repertoire()))
    sets = (
        pool.encode("gb2312", "ignore").decode("gb2312"),
        pool.encode("big5", "ignore").decode("big5"),
    )
    return frozenset(c for c in "".join(sets) if c in marks or "\u4e00" <= c <= "\u9fff")
