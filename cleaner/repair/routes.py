"""Routes back from a misreading: which codec read, and in which the text was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Mask
from cleaner.kernels.text import Codes, encode
from cleaner.repair import hybrid, swapped
from cleaner.repair.fill import Draft, Part, draft
from cleaner.repair.readers import LOST, SINGLE, SWALLOWED, WIDE, Reader, reader
from cleaner.repair.remembered import remembered
from cleaner.repair.screen import odd_table


class Route(NamedTuple):
    """Text in the codec `right` that was read in the codec `wrong`."""

    right: str
    wrong: str

    @property
    def rule(self) -> str:
        """The name of the rule, such as `repair.mojibake.utf8_as_gbk`."""
        right, wrong = (name.replace("-", "").replace(" ", "_") for name in self)
        return f"repair.mojibake.{right}_as_{wrong}"


WIDE_ROUTES = tuple(
    Route(right, wrong) for wrong in WIDE for right in ("utf-8", "gbk", "big5") if right != wrong
)
HYBRID = Route("gbk", "utf-8 or latin-1")
SWAPPED = Route("utf-16-le", "utf-16-be")
SINGLE_ROUTES = tuple(Route(right, wrong) for right in ("utf-8", "gbk", "big5") for wrong in SINGLE)

_BITS = {
    names: {name: 1 << (number + 16 * (names is WIDE)) for number, name in enumerate(names)}
    for names in (SINGLE, WIDE)
}
"""A bit for each wrong reader."""
_NARROW = np.uint32(1 << 31)

_SWALLOWING = regex.compile(r"(?<=[\xe0-\xef][\x80-\xbf]|[\xc2-\xdf])\?")
"""Where Windows made one `?` of the last byte of a character and the ASCII after it."""
_EURO = regex.compile(r"(?<=[\xe0-\xef][\x80-\xbf])\x80(?=[\x80-\xbf\xff])")
"""Where the euro sign was not the byte 0x80, but the two that GB18030 has for it."""
_BYTES = regex.compile(r"[\x00-\xff]*[\x80-\xff][\x00-\xff]*", regex.S)


def attempt(route: Route, line: str) -> Draft | None:
    """What `line` was before it took this route, or None where the route cannot be."""
    if route == HYBRID:
        return hybrid.decode(line)
    if route == SWAPPED:
        return swapped.decode(line)
    wrong = reader(route.wrong)
    data = wrong.to_bytes(line)
    if route.wrong in WIDE:
        if max(data) > "\xff":
            return None
        if route.wrong == "gbk" and route.right == "utf-8":
            data = _SWALLOWING.sub(LOST + SWALLOWED, _EURO.sub("\xa2\xe3", data))
        return draft(data, route.right, wrong)
    return _spans(route, data, line, wrong)


def _spans(route: Route, data: str, line: str, wrong: Reader) -> Draft:
    """Decode what consists of bytes; other characters, which this reader never makes, stay."""
    whole = Draft([])
    at = 0
    for match in _BYTES.finditer(data):
        whole.add(Draft([Part(line[at : match.start()], "foreign")]))
        whole.add(draft(match[0], route.right, wrong))
        at = match.end()
    whole.add(Draft([Part(line[at:], "foreign")]))
    return whole


@remembered  # asked for again by every try at the pages of a batch
def plausible(line: str, routes: tuple[Route, ...] | None) -> list[Route]:
    """The routes (of `routes`, or of all) that could have led to such a line, cheaply told; the
    likeliest first, and none that fits far worse than another."""
    shares: dict[Route, float] = {}
    seen: set[tuple[str, str]] = set()  # readers that differ elsewhere give the same bytes
    data: dict[str, str] = {}
    for route in _possible(line, routes):
        if route.wrong not in data:
            data[route.wrong] = reader(route.wrong).to_bytes(line)
        way = (route.right, data[route.wrong])
        if way not in seen:
            seen.add(way)
            shares[route] = _share(*way)
    if max(shares.values(), default=0.0) < _CLEAR:
        for route, measure in ((HYBRID, _hybrid_share), (SWAPPED, swapped.share)):
            if routes is None or route in routes:
                shares[route] = measure(line)
    least = max([_LEAST_WHOLE, *(share - _WORSE for share in shares.values())])
    fitting = [route for route, share in shares.items() if share >= least]
    return sorted(fitting, key=lambda route: -shares[route])


def _possible(line: str, routes: tuple[Route, ...] | None) -> Iterator[Route]:
    """The routes whose wrong reader makes characters such as this line has."""
    single, wide, odd = _readers_of(line)
    for route in SINGLE_ROUTES if routes is None else routes:
        if single & _BITS[SINGLE].get(route.wrong, 0):
            yield route
    if routes is None and odd < _LEAST_ODD:
        return
    for route in WIDE_ROUTES if routes is None else routes:
        if wide & _BITS[WIDE].get(route.wrong, 0):
            yield route


@remembered
def _readers_of(line: str) -> tuple[int, int, float]:
    """The bits of the readers of one byte that make the narrow characters of a line, of those of
    two bytes that make all beyond ASCII, and the share of odd ones; none where hardly any are."""
    codes = encode(line)
    # Letters with a tone mark are odd, but readings of characters are written with them.
    odd = int((odd_table().take(codes) & ((codes < 0xC0) | (codes >= 0x250))).sum())
    outer = codes[codes >= 0x80]
    bits = _made_by().take(outer)
    is_narrow = (bits & _NARROW) != 0
    narrow, wide = outer[is_narrow], outer[~is_narrow]
    single = int(np.bitwise_and.reduce(bits[is_narrow])) if _are_two(narrow) else 0
    double = int(np.bitwise_and.reduce(bits)) if _are_two(wide) else 0
    return single, double, odd / max(1, len(codes))


def _are_two(codes: Codes) -> bool:
    """Whether there are two different ones."""
    return len(codes) > 0 and bool((codes != codes[0]).any())


@cache
def _made_by() -> npt.NDArray[np.uint32]:
    """The bits of the readers that make each code point, and whether it is narrow."""
    table = np.zeros(0x110000, np.uint32)
    for wrong, bit in (_BITS[SINGLE] | _BITS[WIDE]).items():
        table[list(reader(wrong).table)] |= np.uint32(bit)
    table[_is_narrow(np.arange(len(table), dtype=np.uint32))] |= _NARROW
    return table


def _hybrid_share(line: str) -> float:
    """`_share` for the hybrid route; 0 where a line is no such mixture, or has lost bytes: one of
    its two readers takes them all."""
    half = 2 * int(_is_narrow(encode(line)).sum()) >= len(line)
    if line.count("\ufffd") > _MOST_UNREAD * len(line) or not half:
        return 0.0
    narrow = sorted(set(_ASCII.sub("", line)))
    return _share("gbk", hybrid.plain(line)) if _MIXTURE.search("".join(narrow)) else 0.0


def _is_narrow(codes: Codes) -> Mask:
    """Which code points are no Chinese or full-width characters, nor such as two bytes each are
    misread as: private ones and the sign of the euro."""
    low, high = codes < 0x3000, codes >= 0xE000
    narrow: Mask = (low & (codes != 0x20AC)) | ((codes >= 0xD800) & ~high)
    narrow |= high & ((codes == 0xF8FF) | (codes > 0xFFEF))
    return narrow


def _share(right: str, data: str) -> float:
    """The share of the bytes that stand in whole and common characters of the codec; 0 where too
    many were lost."""
    high = _high(data)
    if not high or data.count(LOST) > _MOST_LOST * high:
        return 0.0
    return sum(map(len, _COMMON[right].findall(data))) / high


@lru_cache(maxsize=64)  # asked for by every codec that the bytes may be of
def _high(data: str) -> int:
    """How many bytes from 0x80 on there are."""
    values = np.frombuffer(data.encode("latin-1", "replace"), np.uint8)
    return int(np.count_nonzero(values >= 0x80))


def common_share(text: str) -> float:
    """The share of a text beyond ASCII that is common in GB2312; 0 for none."""
    outer = len(text) - len(text.encode("ascii", "ignore"))
    data = text.encode("gb2312", "ignore").decode("latin-1")
    return sum(map(len, _COMMON["gbk"].findall(data))) / 2 / outer if outer else 0.0


_MIXTURE = regex.compile(r"[\x80-\xff].*[\u0100-\u07ff]", regex.S)
"""Bytes that were no UTF-8, and others that were by chance."""
_LEAST_WHOLE, _MOST_LOST, _WORSE, _CLEAR = 0.3, 0.25, 0.3, 0.8
_MOST_UNREAD = 0.02
_LEAST_ODD = 0.06
"""The share of odd characters on a line that was misread from end to end in two bytes each."""
_ASCII = re.compile(r"[\x00-\x7f]+")
_COMMON = {
    "utf-8": re.compile(
        r"(?:[\xe2-\xef][\x80-\xbf]{2}|[\xc2-\xdf][\x80-\xbf]|\xf0[\x80-\xbf]{3})++"
    ),
    "gbk": re.compile(r"(?:[\xa1-\xa3\xb0-\xd7][\xa1-\xfe])++"),
    "big5": re.compile(r"(?:[\xa1-\xc6][\x40-\x7e\xa1-\xfe])++"),
}
