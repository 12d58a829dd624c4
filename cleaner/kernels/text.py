"""Code points as arrays: character classes and the folded view."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Classes = npt.NDArray[np.uint8]

_LIMIT = 0x110000


class Class(IntEnum):
    """What kind of character a code point is; each has exactly one class."""

    OTHER = 0
    HAN = 1
    RARE_HAN = 2  # outside GB2312 and the first level of Big5, once folded
    KANA = 3
    HANGUL = 4
    ASCII_LETTER = 5
    LETTER = 6  # letters of every other alphabet
    DIGIT = 7
    SPACE = 8
    NEWLINE = 9
    TERMINAL = 10  # ends a sentence: 。！？!?…；;
    PUNCTUATION = 11
    SYMBOL = 12  # ornaments, arrows, box drawing, emoji
    PRIVATE = 13  # private use: may carry bytes of a GBK shift
    INVISIBLE = 14  # zero width, bidi, soft hyphen, BOM
    CONTROL = 15  # C0, C1, surrogates, U+FFFD


def encode(text: str) -> Codes:
    """The code points of `text`, shape (len(text),); lone surrogates pass as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def decode(codes: Codes) -> str:
    """The text of code points; the inverse of `encode`."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def classify(codes: Codes) -> Classes:
    """The `Class` of each code point, shape like `codes`."""
    return class_table().take(codes)


def among(classes: Classes, wanted: Iterable[Class]) -> npt.NDArray[np.bool_]:
    """Which of these classes are among the wanted ones, shape like `classes`.

    Classes with neighbouring numbers are looked for together: numbers of bytes that are less
    than the first of them wrap round, and come out too large.
    """
    numbers = sorted(map(int, wanted))
    found = np.zeros(classes.shape, np.bool_)
    for first in (number for number in numbers if number - 1 not in numbers):
        last = next(number for number in range(first, 256) if number + 1 not in numbers)
        found |= classes - np.uint8(first) <= np.uint8(last - first)
    return found


def fold(codes: Codes) -> Codes:
    """The folded view, one code point for one.

    Width (full-width forms, compatibility forms of one character), case, and Traditional to
    Simplified. What needs two characters for one stays as it is. Lone surrogates become U+FFFD,
    so that the folded view is always valid Unicode.
    """
    return fold_table().take(codes)


def fold_text(text: str) -> str:
    """`fold` on a string."""
    return decode(fold(encode(text)))


@cache
def table_of(characters: str) -> npt.NDArray[np.bool_]:
    """Which code points are among `characters`, shape (0x110000,); made once, not to be written."""
    table = np.zeros(_LIMIT, np.bool_)
    table[[ord(character) for character in characters]] = True
    table.flags.writeable = False
    return table


@cache
def space_table() -> npt.NDArray[np.bool_]:
    """Which code points are blanks, as `str.split` and `str.strip` have it, shape (0x110000,)."""
    return table_of("".join(filter(str.isspace, map(chr, range(0x3001)))))


@cache
def fold_table() -> Codes:
    """The table behind `fold`, shape (0x110000,)."""
    from cleaner.kernels.scripts import simplified_pairs

    table = np.arange(_LIMIT, dtype=np.uint32)
    ranges = [(0xA0, 0x3400), (0xA640, 0xAC00), (0xF900, 0xFB50), (0xFE10, 0xFFF0)]
    ranges += [(0x1D400, 0x1D800), (0x1F100, 0x1F1E6), (0x2F800, 0x2FA1E)]
    for start, end in ranges:
        for code in range(start, end):
            same = unicodedata.normalize("NFKC", chr(code))
            if len(same) == 1:
                table[code] = ord(same)
    table[0x201C:0x2020] = ord('"')
    table[0x2018:0x201C] = ord("'")
    table[[0x2028, 0x2029, 0x85]] = ord(" ")
    # What a compatibility form stands for is folded on.
    further = np.arange(_LIMIT, dtype=np.uint32)
    for code in range(0x250):
        lower = chr(code).lower()
        if len(lower) == 1:
            further[code] = ord(lower)
    traditional, simplified = simplified_pairs()
    further[traditional] = simplified
    table = further.take(further.take(table))  # twice: 薴 → 苧 → 苎
    table[0xD800:0xE000] = 0xFFFD
    return table


@cache
def class_table() -> Classes:
    """The table behind `classify`, shape (0x110000,)."""
    table = np.zeros(_LIMIT, dtype=np.uint8)
    by_category = {"L": Class.LETTER, "N": Class.DIGIT, "P": Class.PUNCTUATION}
    by_category |= {"S": Class.SYMBOL, "Z": Class.SPACE, "M": Class.OTHER}
    for code in range(0x3400):
        table[code] = by_category.get(unicodedata.category(chr(code))[0], Class.OTHER)
    for code in [*range(0xA640, 0xAC00), *range(0xFB00, 0x10000)]:
        table[code] = by_category.get(unicodedata.category(chr(code))[0], Class.OTHER)
    _paint_scripts(table)
    _paint_marks(table)
    return table


def _paint_scripts(table: Classes) -> None:
    for first, last in [(0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)]:
        table[first : last + 1] = Class.RARE_HAN
    table[[0x3005, 0x3007]] = Class.HAN
    common = _common_han()
    folded = fold_table()[0x3400:0xFB00]
    region = table[0x3400:0xFB00]
    region[(region == Class.RARE_HAN) & np.isin(folded, common)] = Class.HAN
    for first, last in [(0x3041, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)]:
        table[first : last + 1] = Class.KANA
    for first, last in [(0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)]:
        table[first : last + 1] = Class.HANGUL
    for first in (0x41, 0x61, 0xFF21, 0xFF41):
        table[first : first + 26] = Class.ASCII_LETTER
    table[0x1F000:0x1FB00] = Class.SYMBOL
    for first, last in [(0xE000, 0xF8FF), (0xF0000, 0x10FFFF)]:
        table[first : last + 1] = Class.PRIVATE


def _paint_marks(table: Classes) -> None:
    table[[ord(c) for c in "。！？!?…；;｡"]] = Class.TERMINAL
    table[0x00:0x20] = Class.CONTROL
    table[0x7F:0xA0] = Class.CONTROL
    table[0xD800:0xE000] = Class.CONTROL
    table[[0xFFFD, 0xFFFE, 0xFFFF]] = Class.CONTROL
    table[[0x09, 0x0D, 0x20, 0xA0, 0x3000]] = Class.SPACE
    table[0x0A] = Class.NEWLINE
    invisible = [0xAD, 0x61C, 0x180E, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF]
    table[[*invisible, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]] = Class.INVISIBLE
    table[[*range(0x2066, 0x2070)]] = Class.INVISIBLE


@cache
def _common_han() -> Codes:
    """GB2312 and the first level of Big5, folded: what ordinary text is written with."""
    gb = [bytes([r, c]) for r in range(0xB0, 0xF8) for c in range(0xA1, 0xFF)]
    big5 = [
        bytes([r, c]) for r in range(0xA4, 0xC7) for c in [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    ]
    text = b"".join(gb).decode("gb2312", "ignore") + b"".join(big5).decode("big5", "ignore")
    return np.unique(fold(encode(text)))
