"""The habits of a text that tell between characters which the language model takes for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from math import log

import numpy as np
import numpy.typing as npt
import regex

from cleaner.kernels.text import encode, fold_text

_ENDS = frozenset('。！？”）》】；…!?")')
_DOUBLED = regex.compile(r"([，。！；：、])(?=[，。！；：、])")
_PAIRS = ("“”", "‘’", "（）", "()", "【】", "《》", "「」", "『』")
MARKS = frozenset("，。！；：、\n").union(*_PAIRS)
"""Characters that `Form` looks at between others."""
SEEN = MARKS | _ENDS
"""The same, and those at the end of a line."""
_UNBALANCED, _TWICE, _QUESTIONED = 3.0, 9.0, 2.0
_ENDED = regex.compile("[。！？…][!?]$")
_HEADLINE = 32  # characters; longer lines, and those with a comma, are sentences
_COMMAS = frozenset(",，、。；;:：")
_QUESTION = regex.compile("吗|呢|什|如何|怎|为何|何为|是否|谁|哪|多少|几何|难道|(.)不\\1")
_BLANKS = 0.02  # blanks a character, as far as the model expects them
_WIDTHS = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
_QUOTES = {'"': "“”", "'": "‘’"}
_RARER = {";": -1.9, ":": -1.6, "?": -1.9, "!": -2.9, "(": -1.3, ")": -1.0, '"': -4.2}
_RARER |= {"/": -1.6, "-": -1.6, ".": -1.4, " ": -0.5, "+": -1.0} | dict.fromkeys(
    "0123456789", -0.6
)
"""Nats that are taken from what was swallowed, a comma being taken nothing: two characters on each
side tell little of a mark, and the commonest is right more often than they say. Fitted to news."""
_AGAIN = 2.2  # nats in favour of a `;` where the line has others
_BORDER, _NO_BORDER = -6.0, -9.0
"""Nats for a newline that was swallowed, and for one where the line ends anyhow."""
_BEHIND_END, _AMID = 5.5, -4.0
"""More for one behind the end of a sentence, and for others."""
_ENDED_LINE = regex.compile("[。！？…][”』」）]?\n")


@dataclass(frozen=True, eq=False)
class Habits:
    """How a text is written: its script, and how often its marks are ASCII."""

    text: str

    @cached_property
    def traditional(self) -> bool:
        """Whether the text is Traditional."""
        return int(_leanings().take(encode(self.text)).sum(dtype=np.int64)) > 0

    @cached_property
    def _counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How often the text has each ASCII mark, and the wide one that the model takes for it."""
        counts = {mark: self.text.count(mark) for mark in _WIDTHS}
        return counts, {mark: self.text.count(other) for mark, other in _WIDTHS.items()}

    @cached_property
    def _narrowness(self) -> float:
        """The share of ASCII marks among these."""
        narrow, wide = (sum(counts.values()) for counts in self._counts)
        return (narrow + 1) / (narrow + wide + 2)

    @cached_property
    def _narrow(self) -> dict[str, float]:
        """For each ASCII mark, ln of its share among all marks that the model takes for it."""
        text, counts, wide = self.text, *self._counts
        share = self._narrowness
        narrow = {m: log((n + share) / (n + wide[m] + 1)) for m, n in counts.items()}
        for mark, others in _QUOTES.items():
            n = text.count(mark)
            narrow[mark] = log((n + 0.05) / (n + sum(map(text.count, others)) + 1))
        blanks = log((text.count(" ") + 0.3) / (_BLANKS * len(text) + 1))
        return narrow | {" ": min(0.0, max(-1.0, blanks))}

    @cached_property
    def _closing(self) -> dict[str, float]:
        """For marks that a line may end with, what speaks for them there: the model sees no
        question, and headlines have no marks."""
        text = self.text
        asks = bool(_QUESTION.search(text))
        if len(text) < _HEADLINE and _COMMAS.isdisjoint(text):
            return {"?": 1.7 if asks else -3.5, "!": -3.5}
        return {"?": 6.0 if asks else 0.0}

    def closing(self, char: str) -> float:
        """What the model cannot see in favour of an ASCII character at the end of a line, in
        nats."""
        if char == "\n":
            return _NO_BORDER
        return self._narrow.get(char, 0.0) + self._closing.get(char, 0.0)

    def bias(self, char: str) -> float:
        """The same of one that others follow."""
        if char == "\n":
            return _BORDER
        again = _AGAIN if char == ";" and char in self.text else 0.0
        rarer = self._narrowness * _RARER.get(char, 0.0)
        return self._narrow.get(char, 0.0) + rarer + again


class Form:
    """What the model cannot see of a stretch between its neighbours on a line: quotes and
    brackets that open and close, marks side by side, and how a line ends."""

    def __init__(self, before: str, after: str, *, asks: bool = True) -> None:
        """Unless `asks`, a `?` (ASCII) at the end is no mark that an author wrote."""
        self._left, self._right = before[-1:], after[:1]
        self._asks = asks
        self._before = before
        self._ends = _ENDS if asks else _ENDS - {"?"}
        # Whether each pair is open before the stretch, and whether it is closed behind it.
        self._pairs = [
            (pair, before.rfind(pair[0]) > before.rfind(pair[1]), closes(after, *pair))
            for pair in _PAIRS
        ]

    def worths(self, texts: Iterable[str]) -> Iterator[float]:
        """In nats, for each of some texts of the stretch."""
        for text in texts:
            marked = not text or not SEEN.isdisjoint(text)
            yield self.worth(text) if marked else self._plain

    @cached_property
    def _plain(self) -> float:
        """What any text without marks is worth."""
        return self.worth("\u4e00")

    def worth(self, text: str) -> float:
        """In nats, for one text of the stretch."""
        value = -3.0 * len(_DOUBLED.findall(self._left + text + self._right))
        if "\n" in text:
            ended = _ENDED_LINE.search(self._before[-2:] + text)
            value += _BEHIND_END if ended else _AMID
        for pair, inside, closes in self._pairs:
            if pair[0] in text or pair[1] in text:
                value += _balance(text, pair, inside, closes)
            elif inside != closes:
                value -= _UNBALANCED
        if not self._right:
            value += 3.0 if text[-1:] in self._ends else -3.0
            value += _QUESTIONED * (text[-1:] == "？" and bool(_QUESTION.search(self._before)))
            value -= _TWICE * (self._asks and bool(_ENDED.search(self._left + text)))
        return value


def closes(text: str, opening: str, closing: str) -> bool:
    """Whether the first of a pair of marks in a text is the one that closes."""
    first, last = text.find(opening), text.find(closing)
    return last >= 0 and (first < 0 or last < first)


def _balance(text: str, pair: str, inside: bool, closes: bool) -> float:
    """Nats for a pair of marks that open and close in turn."""
    value = 0.0
    for char in text:
        if char in pair:
            value += 1.5 if (char == pair[1]) == inside else -3.0
            inside = char == pair[0]
    return value - (_UNBALANCED if inside != closes else 0.0)


@cache
def repertoire() -> list[int]:
    """What GBK or Big5 can write."""
    every = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xF900, 0xFFE6)]))
    both = (
        every.encode("gbk", "ignore").decode("gbk"),
        every.encode("big5", "ignore").decode("big5"),
    )
    return sorted(set(map(ord, "".join(both))))


@cache
def other_script(traditional: bool) -> frozenset[str]:
    """Characters that a text in one script does not have."""
    of_traditional, of_simplified = _scripts()
    return of_simplified if traditional else of_traditional | frozenset("「」『』")


@cache
def _leanings() -> npt.NDArray[np.int8]:
    """1 for each code point of Traditional text only, −1 for one of Simplified text only."""
    table = np.zeros(0x110000, np.int8)
    for chars, value in zip(_scripts(), (1, -1), strict=True):
        table[[ord(char) for char in chars]] = value
    return table


@cache
def _scripts() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of Traditional text only, and of Simplified text only."""
    han = "".join(char for char in map(chr, repertoire()) if "\u4e00" <= char <= "\u9fff")
    pairs = [(a, b) for a, b in zip(han, fold_text(han), strict=True) if a != b]
    big5 = set(han.encode("big5", "ignore").decode("big5"))
    return frozenset(a for a, _ in pairs), frozenset(b for _, b in pairs) - big5
