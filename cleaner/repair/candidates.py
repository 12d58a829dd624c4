"""What a gap in a row of bytes may have been: every character that its known bytes allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import encode, fold
from cleaner.models.lm import UNKNOWN, sequence_scores
from cleaner.models.lm import load as load_model
from cleaner.repair.readers import LOST, SWALLOWED, Reader

Floats = npt.NDArray[np.float64]

_BEAM = 48
_MOST_OPTIONS = 400
_LONGEST_GAP = 12  # bytes; a longer stretch that does not decode was not damaged this way


def options(gap: str, following: str, right: str, reader: Reader) -> tuple[list[str], list[float]]:
    """What a gap may have been, each with a bias."""
    if len(gap) > _LONGEST_GAP or not (LOST in gap or SWALLOWED in gap):
        return [], []
    texts: list[str] = []
    bias: list[float] = []
    for pieces in _compositions(gap, right):
        found = _strings(pieces, following, right, reader)
        texts += [text for text, _ in found]
        bias += [value for _, value in found]
    return texts, bias


def _compositions(gap: str, right: str, at: int = 0) -> Iterator[list[str]]:
    """Every way to cut a gap into the bytes of whole characters."""
    if at == len(gap):
        yield []
        return
    for size in _sizes(gap, right, at):
        if at + size <= len(gap):
            for rest in _compositions(gap, right, at + size):
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


def _strings(
    pieces: Sequence[str], following: str, right: str, reader: Reader
) -> list[tuple[str, float]]:
    """Candidates for a sequence of characters, the best by themselves if there are too many."""
    found = [("", 0.0)]
    for place, piece in enumerate(pieces):
        after = pieces[place + 1][0] if place + 1 < len(pieces) else following
        own = _characters(piece, after, right, reader)
        grown = [(text + char, score + bias) for text, score in found for char, bias in own]
        if len(grown) > _MOST_OPTIONS or (len(pieces) > 1 and len(grown) > _BEAM):
            scores = sequence_scores([text or " " for text, _ in grown])
            scores += np.array([score for _, score in grown])
            room = _BEAM if len(pieces) > 1 else _MOST_OPTIONS
            grown = [grown[k] for k in np.argsort(-scores, kind="stable")[:room].tolist()]
        found = grown
    return found


@lru_cache(maxsize=1 << 16)
def _characters(piece: str, after: str, right: str, reader: Reader) -> list[tuple[str, float]]:
    """The characters that the bytes of `piece` may be, each with a bias.

    `after` is the byte that follows: where the reader would not have lost a byte in front of
    it, the byte was not lost.
    """
    if piece == SWALLOWED:
        end = [("", 0.0)] if after in ("", "\n") else []
        return [*((chr(code), 0.0) for code in range(0x20, 0x40)), ("\n", -9.0), *end]
    if LOST not in piece:
        char = piece.encode("latin-1").decode(right, "ignore")
        return [(char, 0.0)] if char else []
    table = _table(right)
    rows = table.of_size(len(piece))
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
    return [(table.chars[row], float(table.bias[row])) for row in rows.tolist()]


@dataclass(frozen=True, eq=False)
class _Table:
    """Every character that a lost byte may belong to, with its bytes, shape (n, 3)."""

    chars: str
    data: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.int64]
    bias: Floats

    def of_size(self, size: int) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self.sizes == size)


@cache
def _table(right: str) -> _Table:
    model = load_model()
    pool = [chr(code) for code in repertoire()]
    known = model.numbers.take(fold(encode("".join(pool)))) != UNKNOWN
    rows = [(char, char.encode(right, "ignore")) for char, k in zip(pool, known, strict=True) if k]
    rows = [(char, data) for char, data in rows if len(data) > 1]
    # The model sees folded text: of characters that fold alike, the ordinary ones come first.
    bias = [0.0 if char in _ordinary() else -6.0 for char, _ in rows]
    return _Table(
        "".join(char for char, _ in rows),
        np.array([list(data.ljust(3, b"\0")[:3]) for _, data in rows], np.uint8),
        np.array([len(data) for _, data in rows]),
        np.array(bias),
    )


@cache
def repertoire() -> list[int]:
    every = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xF900, 0xFFE6)]))
    both = (
        every.encode("gbk", "ignore").decode("gbk"),
        every.encode("big5", "ignore").decode("big5"),
    )
    return sorted(set(map(ord, "".join(both))))


@cache
def _ordinary() -> frozenset[str]:
    marks = "，。、；：？！“”‘’（）《》〈〉【】「」『』—…·％～"
    pool = "".join(map(chr, repertoire()))
    sets = (
        pool.encode("gb2312", "ignore").decode("gb2312"),
        pool.encode("big5", "ignore").decode("big5"),
    )
    return frozenset(c for c in "".join(sets) if c in marks or "\u4e00" <= c <= "\u9fff")
