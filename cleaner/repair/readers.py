"""Wrong readers: what each misreading of bytes made of them, and the way back.

Bytes travel as strings of the characters U+0000–U+00FF (Latin-1), so that `str.translate` and
regular expressions work on them beside characters that no byte stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import Codes, encode
from cleaner.repair.remembered import remembered

LOST = "\xff"
"""Stands for one byte from 0x80 on that the reader lost. 0xFF occurs in no text of UTF-8, GBK
or Big5."""
SWALLOWED = "\x1a"
"""Stands for a byte below 0x40 that the reader took along with the one before it."""

_NEWLINE = 0x0A

# Readings of one byte sequence that differ between programs: the later fills what the earlier
# left undefined; what either reads leads back to the same bytes.
_WIDE: Mapping[str, tuple[str, ...]] = {
    "gbk": ("gbk", "gb18030"),
    "big5": ("big5", "cp950"),
    "shift_jis": ("shift_jis", "cp932"),
    "euc_kr": ("euc_kr", "cp949"),
}
WIDE = tuple(_WIDE)
SINGLE = (
    *("latin-1", "cp1252", "cp1250", "cp1251", "mac_roman", "cp437"),
    *("iso8859-15", "cp1254", "cp1257", "cp1253", "cp850", "koi8_r", "cp866"),
)


@dataclass(frozen=True, eq=False)
class Reader:
    """A codec in which text was wrongly read."""

    codec: str
    table: Mapping[int, str]
    """Character → the bytes it came from, for every character that is not ASCII."""

    @cached_property
    def characters(self) -> Mapping[str, str]:
        """The way there: bytes → character."""
        return {value: chr(code) for code, value in self.table.items() if value != LOST}

    @cached_property
    def holes(self) -> str:
        """The bytes that a single-byte reader has no character for; pages often lose them."""
        if self.codec in _WIDE:
            return ""
        every = [bytes([byte]) for byte in range(0x80, 0x100)]
        return "".join(b.decode("latin-1") for b in every if not b.decode(self.codec, "ignore"))

    @cached_property
    def fails(self) -> npt.NDArray[np.bool_]:
        """Whether a byte (row), followed by another (column), is one that the reader loses;
        shape (256, 256). Column 0 also stands for the end of the text."""
        matrix = np.zeros((256, 256), np.bool_)
        seconds = [byte for byte in range(0xFF) if byte != _NEWLINE]
        for first in range(0x80, 0xFF):
            read = _decoded([bytes([first, byte]) for byte in seconds], self.codec, "replace")
            matrix[first, seconds] = [text.startswith("\ufffd") for text in read]
            text = bytes([first, _NEWLINE]).decode(self.codec, "replace")
            matrix[first, _NEWLINE] = text.startswith("\ufffd")
        return matrix

    def to_bytes(self, text: str) -> str:
        """The bytes that `text` was read from; characters that the reader never makes stay."""
        return _bytes_of(self.codec, text)

    def to_text(self, data: str) -> str:
        """Bytes as the reader reads them; what it loses becomes U+FFFD."""
        if self.codec in _WIDE:
            return data.encode("latin-1").decode(_WIDE[self.codec][-1], "replace")
        return "".join(self.characters.get(byte, byte) for byte in data)


@remembered  # asked for by every route, to weigh a line and to walk back
def _bytes_of(codec: str, text: str) -> str:
    return text.translate(reader(codec).table)


@cache
def reader(codec: str) -> Reader:
    """The reader of one codec."""
    if codec in _WIDE:
        table = _wide_table(codec)
    else:
        table = {ord(char): chr(byte) for byte, char in enumerate(_single_table(codec))}
        table = {code: byte for code, byte in table.items() if code >= 0x80}
    table.setdefault(0xFFFD, LOST)
    return Reader(codec, table)


def _single_table(codec: str) -> list[str]:
    """The 256 characters of a codec; a hole is the C1 control of its number."""
    return [bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(256)]


def _wide_table(codec: str) -> dict[int, str]:
    joined, texts = _all_bytes()
    codes, places = zip(
        *(_lone(joined.decode(name, "ignore")) for name in _WIDE[codec]), strict=True
    )
    every = np.concatenate(codes)
    _, first = np.unique(every, return_index=True)
    first.sort()
    own = np.concatenate(places)[first].tolist()
    table = dict(zip(every[first].tolist(), map(texts.__getitem__, own), strict=True))
    if codec == "gbk":
        table |= {0x20AC: "\x80", 0xF8F5: LOST}  # as Windows reads 0x80 and 0xFF
    return table


@cache
def _all_bytes() -> tuple[bytes, list[str]]:
    """Every byte from 0x80 on and every pair that may be a character, in lines; and as text."""
    every = [bytes([value]) for value in range(0x80, 0x100)]
    every += [bytes([a, b]) for a in range(0x81, 0xFF) for b in range(0x40, 0xFF) if b != 0x7F]
    return b"\n".join(every), [data.decode("latin-1") for data in every]


def _lone(lines: str) -> tuple[Codes, npt.NDArray[np.int64]]:
    """The lines that are one character beyond ASCII: their code points, and their numbers."""
    codes = encode(lines + "\n")
    ends = np.flatnonzero(codes == _NEWLINE)
    alone = np.diff(ends, prepend=-1) == 2
    places = np.flatnonzero(alone & (codes[ends - 1] >= 0x80))
    return codes[ends[places] - 1], places


def _decoded(pieces: Sequence[bytes], codec: str, errors: str) -> list[str]:
    """Each of some pieces, none of which holds a newline, decoded by itself, all in one go: no
    codec takes a newline for the second byte of a character."""
    return b"\n".join(pieces).decode(codec, errors).split("\n")
