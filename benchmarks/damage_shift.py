"""The GBK shift: a site generator that works on GBK bytes without regard to characters.

It writes readings behind the bytes of some characters and splits at the bytes of delimiters,
and both also match where the halves of two characters meet; each piece is then decoded by
itself. `annotated` is the page as the generator meant it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from benchmarks.damage_codec import windows_936
from cleaner.rules import RuleBook

FEW = "！？"
MANY = "，！？；"

_ANNOTATED = (
    "個們來時會對過後進發現問電話無長開關當點業產國學實經濟單區網務動聯戶專場書責機內項設報請數"
)
_ANNOTATED += "員處費輛車門際議應運選達這連遠邊環驗體種標準確優傳風飛養領頭題類願難雲雙隊階陽陳"


@cache
def dictionary() -> Mapping[str, str]:
    """Character → the reading that the generator writes behind it."""
    readings: dict[str, str] = {}
    for line in RuleBook.load().words("readings"):
        syllable, characters = line.split()
        for char in characters:
            if char in _ANNOTATED:
                readings.setdefault(char, syllable)
    return readings


def annotated(text: str, readings: Mapping[str, str]) -> str:
    """Every character of the dictionary with its reading, as 區(qū)."""
    return "".join(f"{char}({readings[char]})" if char in readings else char for char in text)


def shifted(
    text: str, readings: Mapping[str, str] | None = None, delimiters: str = FEW, lost: str = "?"
) -> str:
    """`text` through the generator; a lone byte is read as `lost`. Raises UnicodeEncodeError for
    what GBK lacks."""
    data = text.encode("gbk")
    for char, reading in (readings or {}).items():
        own = char.encode("gbk")
        data = data.replace(own, own + f"({reading})".encode("gbk"))
    pieces = [data]
    for marks in (delimiters, "。"):
        pattern = re.compile(b"(" + b"|".join(mark.encode("gbk") for mark in marks) + b")")
        pieces = [part for piece in pieces for part in pattern.split(piece)]
    read = [windows_936(piece) for piece in pieces]
    return "".join(read if lost == "?" else [piece.replace("?", lost) for piece in read])
