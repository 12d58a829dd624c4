"""Codec damage, made the way programs make it; every function takes sound text to damaged text.

`KINDS` names them. Texts that a kind cannot damage (a character outside of the charset) raise
UnicodeEncodeError; `sound_for` tells beforehand.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cache, partial

Damage = Callable[[str], str]


@cache
def _sloppy_table(codec: str) -> str:
    """The 256 characters of a single-byte codec; holes are C1 controls, as browsers have it."""
    table = (bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(256))
    return "".join(table)


def single_byte(data: bytes, codec: str) -> str:
    """Bytes read in a single-byte codec whose holes are C1 controls."""
    return codecs.charmap_decode(data, "strict", _sloppy_table(codec))[0]


def windows_936(data: bytes) -> str:
    """Bytes read as Windows reads code page 936: user-defined areas become private use, 0x80
    the euro sign, a lead with an impossible trail one `?` that swallows the trail."""
    out: list[str] = []
    at = 0
    while at < len(data):
        byte = data[at]
        if byte < 0x80:
            out.append(chr(byte))
        elif byte == 0x80:
            out.append("€")
        elif byte == 0xFF:
            out.append("\uf8f5")
        else:
            pair = data[at : at + 2]
            valid = len(pair) == 2 and pair[1] >= 0x40 and pair[1] not in (0x7F, 0xFF)
            out.append(pair.decode("gb18030") if valid else "?")
            at += 1
        at += 1
    return "".join(out)


def utf8_or_latin1(data: bytes) -> str:
    """Bytes read as UTF-8 where they are, and each other byte as Latin-1."""
    codecs.register_error("cleaner_latin1", _latin1_bytes)
    return data.decode("utf-8", "cleaner_latin1")


def _latin1_bytes(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return chr(error.object[error.start]), error.start + 1


def misread(right: str, wrong: Callable[[bytes], str], text: str) -> str:
    """Text written in the codec `right` and read by `wrong`."""
    return wrong(text.encode(right))


def _replacing(codec: str) -> Callable[[bytes], str]:
    return lambda data: data.decode(codec, "replace")


def _ignoring(codec: str) -> Callable[[bytes], str]:
    return lambda data: data.decode(codec, "ignore")


def _single(codec: str) -> Callable[[bytes], str]:
    return partial(single_byte, codec=codec)


def doubled(right: str, wrong: Callable[[bytes], str], text: str) -> str:
    """The same misreading twice."""
    return misread("utf-8", wrong, misread(right, wrong, text))


SINGLE = ("latin-1", "cp1252", "cp1250", "cp1251", "mac_roman", "cp437")

KINDS: dict[str, Damage] = {
    **{f"utf8_as_{codec}": partial(misread, "utf-8", _single(codec)) for codec in SINGLE},
    **{f"gbk_as_{codec}": partial(misread, "gbk", _single(codec)) for codec in SINGLE},
    "big5_as_latin-1": partial(misread, "big5", _single("latin-1")),
    "twice_latin-1": partial(doubled, "utf-8", _single("latin-1")),
    "twice_cp1252": partial(doubled, "utf-8", _single("cp1252")),
    "utf8_as_gbk": partial(misread, "utf-8", _replacing("gbk")),
    "utf8_as_cp936": partial(misread, "utf-8", windows_936),
    "utf8_as_gb18030": partial(misread, "utf-8", _replacing("gb18030")),
    "utf8_as_cp1252_stripped": partial(misread, "utf-8", _ignoring("cp1252")),
    "utf16_swapped": lambda text: text.encode("utf-16-le").decode("utf-16-be", "replace"),
    "gbk_as_utf8_latin1": partial(misread, "gbk", utf8_or_latin1),
    "gbk_as_big5": partial(misread, "gbk", _replacing("big5")),
    "gbk_as_shift_jis": partial(misread, "gbk", _replacing("shift_jis")),
    "gbk_as_euc_kr": partial(misread, "gbk", _replacing("euc_kr")),
    "utf8_as_shift_jis": partial(misread, "utf-8", _replacing("shift_jis")),
    "utf8_as_euc_kr": partial(misread, "utf-8", _replacing("euc_kr")),
    "utf8_as_big5": partial(misread, "utf-8", _replacing("big5")),
    "big5_as_gbk": partial(misread, "big5", _replacing("gbk")),
}
