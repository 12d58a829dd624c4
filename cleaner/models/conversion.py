"""Whether Traditional text was made from Simplified by a machine.

Converters that go character by character leave what several Traditional characters share in
Simplified as it was: 于 and 關系 where a Traditional writer has 於 and 關係. Better ones hide
that, but nothing gives a mainland page the quotation marks and the words of Hong Kong or
Taiwan; and the commonest one, left to itself, writes 爲 and 衆 as nobody does there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import View
from cleaner.kernels.text import Class, Codes, encode

LEAST_SHARE = 0.08
"""So much of the Chinese characters of a Traditional page are Traditional, at the least."""

# What a conversion by character leaves, and what a Traditional writer has in its place.
_MERGED = regex.compile(
    r"于|后(?!妃|宮|冠|羿|座)|并|什么|[這那怎多]么|采[取用購訪集摘納]|[規模示典防師]范|范[圍疇例]"
    r"|[聯關]系|制[造作品]|復雜|准[備確時]|[這那哪家村里]里|里[面頭]|干[部事活勁]|旅游|游[客覽戲玩]"
    r"|占[地用據比領]|征[求收集服稅]|象征|[輕放]松|松[綁弛]|杰出|志愿|臺風"
)
_KEPT_APART = regex.compile(
    r"於|後|並|甚麼|採[取用購訪集摘納]|[規模示典防師]範|範[圍疇例]"
    r"|聯[繫絡]|關係|製[造作品]|複雜|準[備確時]|[這那哪家村][裡裏]|[裡裏][面頭]|幹[部事活勁]|旅遊|遊[客覽戲玩]"
    r"|佔[地用據比領]|徵[求收集服稅]|象徵|[輕放]鬆|鬆[綁弛]|傑出|志願|颱風"
)
_BY_STANDARD, _BY_PEOPLE = regex.compile("[爲衆]"), regex.compile("[為眾]")
"""As OpenCC has it by default, and as it is written in Hong Kong and Taiwan; of old, 爲 was usual:
a text in the language of today has 的."""
_PEOPLE = 5
_MARKS_ALONE = 0.75
_OPEN_MAINLAND, _OPEN_OVERSEAS = ord("“"), ord("「")


def is_traditional(text: Codes, folded: Codes) -> npt.NDArray[np.bool_]:
    """Which code points are in their Traditional form, shape (n,)."""
    found: npt.NDArray[np.bool_] = (text != folded) & (text >= 0x3400) & (text < 0xA000)
    return found


def traditional_share(view: View) -> float:
    """Characters in their Traditional form among all Chinese ones of a document."""
    classes = view.classes
    han = int(((classes == int(Class.HAN)) | (classes == int(Class.RARE_HAN))).sum())
    return int(is_traditional(view.codes, view.folded_codes).sum()) / max(han, 1)


class Conversion:
    """The evidence for a conversion; `mainland` and `overseas` are folded words."""

    def __init__(self, mainland: Sequence[str], overseas: Sequence[str]) -> None:
        # For plain words `re` takes a fifth of the time of `regex`.
        self._mainland = re.compile("|".join(map(re.escape, mainland)))
        self._overseas = re.compile("|".join(map(re.escape, overseas)))

    def __call__(self, view: View) -> float:
        """0 to 1 for a text with Traditional characters; 0.5 and less where little speaks.

        Only lines in Traditional characters throughout are read: a page may have both.
        """
        traditional = is_traditional(view.codes, view.folded_codes)
        simplified = _simplified_only().take(view.codes)
        read = np.zeros(len(view.line_ends), np.bool_)
        read[np.searchsorted(view.line_ends, np.flatnonzero(traditional))] = True
        read[np.searchsorted(view.line_ends, np.flatnonzero(simplified))] = False
        lines = np.flatnonzero(read)
        spans = zip(view.line_starts[lines].tolist(), view.line_ends[lines].tolist(), strict=True)
        text = "\n".join([view.text[start:end] for start, end in spans])
        folded = "\n".join([view.folded_lines[at] for at in lines.tolist()])
        merged, apart = len(_MERGED.findall(text)), len(_KEPT_APART.findall(text))
        codes = encode(text)
        apart += int((codes == _OPEN_OVERSEAS).any())
        by_character = (merged - apart) / (merged + apart + 1)
        return max(0.0, by_character, _by_standard(text), self._by_phrase(codes, folded))

    def _by_phrase(self, codes: Codes, folded: str) -> float:
        """Quotation marks and words of the mainland, and none of the others."""
        quotes = int((codes == _OPEN_MAINLAND).sum())
        others = int((codes == _OPEN_OVERSEAS).sum())
        mainland = len(self._mainland.findall(folded))
        overseas = len(self._overseas.findall(folded))
        marks = (quotes - 3 * others) / (quotes + 3 * others + 1)
        words = (mainland - 2 * overseas) / (mainland + 2 * overseas + 1)
        # Who writes “ eight times, and never 「 nor a word from overseas, is of the mainland.
        alone = 0.0 if others or overseas else _MARKS_ALONE * marks
        return max(alone, 0.5 * marks + 0.5 * words)


def _by_standard(text: str) -> float:
    """Forms that OpenCC prefers, and none of those that people write."""
    standard, people = len(_BY_STANDARD.findall(text)), len(_BY_PEOPLE.findall(text))
    if "的" not in text:
        return 0.0
    return (standard - _PEOPLE * people) / (standard + _PEOPLE * people + 1)


@cache
def _simplified_only() -> npt.NDArray[np.bool_]:
    """Characters of GB2312 that no Traditional text has: those outside of Big5, shape
    (0x110000,)."""
    table = np.zeros(0x110000, np.bool_)
    pairs = [bytes([r, c]) for r in range(0xB0, 0xF8) for c in range(0xA1, 0xFF)]
    for character in b"".join(pairs).decode("gb2312", "ignore"):
        try:
            character.encode("big5hkscs")
        except UnicodeEncodeError:
            table[ord(character)] = True
    return table
