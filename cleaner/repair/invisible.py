"""`repair.invisible`: characters that show nothing and say nothing are taken out.

Zero-width characters, bidirectional controls, soft hyphens, byte order marks and control
characters. They stay where they mean something: joiners inside emoji and between letters of
scripts that join or stack, direction marks in text that runs from right to left, zero-width
spaces in scripts without spaces.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.repair.screen import Look, code_at, documents, positions
from cleaner.rules import RuleBook

_HIDDEN = [0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
_HIDDEN += [*range(0x2060, 0x2065), *range(0x2066, 0x2070), 0xFEFF]
_CONTROL = [*range(9), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF]
_BREAK = [0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029]

_TABLE = np.zeros(0x110000, np.bool_)
_TABLE[[*_HIDDEN, *_CONTROL, *_BREAK]] = True


def _any_of(codes: list[int]) -> str:
    return "[" + "".join(rf"\U{code:08X}" for code in codes) + "]"


_RUN = regex.compile(
    rf"(?P<hidden>{_any_of(_HIDDEN)}+)|(?P<control>{_any_of(_CONTROL)}+)|\r\n|{_any_of(_BREAK)}"
)
# Scripts in which a joiner changes the shape, or a zero-width space parts two words.
_JOINING = regex.compile(
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}"
    r"\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    r"\p{Tibetan}\p{Phags_Pa}\p{Nko}\p{Thaana}]"
)
_RIGHT_TO_LEFT = regex.compile(r"[\p{Hebrew}\p{Arabic}\p{Syriac}\p{Thaana}\p{Nko}]")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u20E3]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINER = "\u200d"
_BINARY = 0.02
"""A page of which so much is control characters is no text: it stays for `score.damage`."""


class Invisible:
    """The Editor; see the module."""

    name = "repair.invisible"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        """Documents with an invisible or control character, or an odd line break."""
        at = positions(batch, Look.STRANGE)
        return documents(batch, at[_TABLE.take(code_at(batch, at))])

    def edits(self, view: View) -> Iterator[Edit]:
        text = view.text
        runs = list(_RUN.finditer(text))
        controls = sum(match.end() - match.start() for match in runs if match["control"])
        binary = controls > 3 and controls > _BINARY * len(text)
        leftward = _RIGHT_TO_LEFT.search(text) is not None
        for match in runs:
            start, end = match.span()
            if match["hidden"]:
                yield from _hidden(text, start, end, leftward)
            elif not match["control"]:
                yield Edit(start, end, "\n", "repair.invisible.break")
            elif not binary and not _among_bytes(text, start, end):
                yield Edit(start, end, "", "repair.invisible.control")


def _hidden(text: str, start: int, end: int, leftward: bool) -> Iterator[Edit]:
    """A run of invisible characters goes, but for those that mean something where they are."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _JOINING.match(before) or _JOINING.match(after) or _among_bytes(text, start, end):
        return
    if text[start:end] == _JOINER and _EMOJI.match(before) and _EMOJI.match(after):
        return
    if leftward and _BIDI.issuperset(text[start:end]):
        return
    yield Edit(start, end, "", "repair.invisible.hidden")


def _among_bytes(text: str, start: int, end: int) -> bool:
    """Whether it stands beside Latin letters as mojibake has them: then it is a lost byte."""
    around = text[start - 1 : start] + text[end : end + 1]
    return any("\x80" <= c <= "\x9f" or "\xc0" <= c <= "\xff" for c in around)
