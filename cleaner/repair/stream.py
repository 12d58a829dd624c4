"""Walks along a stretch of shifted GBK, two bytes at a time, back into step.

A stretch begins with a byte that waits for its second half (`pending`); every character read
out of step gives the second half of one character and the first half of the next. It ends
where a single byte fills the last gap: an ASCII trail, or a `?` that a lone byte became. Bytes
are Latin-1 strings, as in `cleaner.repair.readers`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import regex

from cleaner.repair.readers import LOST, reader
from cleaner.repair.readings import SYLLABLE, Readings, clean_syllable, toneless

READING = regex.compile(rf"\(({SYLLABLE}{{1,7}})\)")
LOST_READING = regex.compile(rf"\?({SYLLABLE}{{1,7}})\)")
BARE_READING = regex.compile(rf"(?=[a-z]*[^\x00-\x7f])({SYLLABLE}{{2,7}})\)")

_COMMON = regex.compile(r"[\u4e00-\u9fff\u2014-\u2026\u3000-\u3017\uff01-\uff5e·×℃…]")
"""What a lost byte may have belonged to: no kana, no Greek and their like."""

DELIMITERS = "！？，；。!?,;"
_LONGEST = 120  # characters of a stretch
_MOST_WALKS = 24
_MOST_STEPS = 600
_WIDE_LETTER, _CUT_OFF = 4.0, 5.0

SWALLOWED = tuple(map(chr, range(0x20, 0x40)))
"""What may have been lost along with a lone byte."""

Slot = str | tuple[str, ...]
"""One character of what was there: itself, or all that it may have been."""


class Walk(NamedTuple):
    """A stretch up to `end` of the line, and the characters that it stood for."""

    end: int
    slots: tuple[Slot, ...]
    cost: float = 0.0  # nats against it, for what hardly ever happens


class _Open(NamedTuple):
    """A walk that is not back in step yet."""

    at: int
    pending: str
    slots: tuple[Slot, ...]
    cost: float


class Walker:
    """Walks along lines; `folded` ones have been through NFKC."""

    def __init__(self, readings: Readings, folded: bool) -> None:
        self._readings = readings
        self._folded = folded

    def walks(self, line: str, at: int, pending: str, *, marked: bool = True) -> list[Walk]:
        """Every way from `at`, in front of which `pending` waits for its second byte. Unless
        lost bytes are `marked` by a `?`, one may be missing in front of any delimiter."""
        found: list[Walk] = []
        todo = [_Open(at, pending, (), 0.0)]
        for _ in range(_MOST_STEPS):
            if not todo or len(found) == _MOST_WALKS:
                break
            walk = todo.pop()
            if not walk.pending:
                found.append(Walk(walk.at, walk.slots, walk.cost))
            elif walk.at - at < _LONGEST:
                steps = [*self._lost(line, walk), *self._steps(line, walk)]  # what ends first
                steps += self._cut_off(line, walk) if marked else self._missing(line, walk)
                todo += reversed(steps)
        return found

    def _steps(self, line: str, walk: _Open) -> Iterator[_Open]:
        for size, data, cost in self._read(line, walk.at):
            slot = pair(walk.pending, data[0])
            if slot is None:
                continue
            after = walk.at + size
            slots, cost = (*walk.slots, slot), walk.cost + cost
            if len(data) == 1:
                yield _Open(after, "", slots, cost)
                continue
            # A reading behind a character that is out of step was meant for no character.
            stray = READING.match(line, after)
            if stray and self.reads(line[walk.at : after], stray[1]):
                after = stray.end()
            if data[1] < "\x80":
                yield _Open(after, "", (*slots, data[1]), cost)
            else:
                yield _Open(after, data[1], slots, cost)

    def _lost(self, line: str, walk: _Open) -> Iterator[_Open]:
        """A `?` fills the gap with a byte that was lost, and may have taken a bracket along."""
        at = walk.at
        if line[at : at + 1] != "?":
            return
        reading = LOST_READING.match(line, at)
        options = pair(walk.pending, LOST)
        if reading:
            fitting = tuple(c for c in options or () if self.reads(c, reading[1]))
            if fitting:
                slots = (*walk.slots, fitting, f"({reading[1]})")
                yield _Open(reading.end(), "", slots, walk.cost)
        elif options:
            # A byte was alone at the end of a piece; elsewhere the `?` took along what followed.
            alone = at + 1 == len(line) or line[at + 1] in DELIMITERS
            slots = (*walk.slots, options) if alone else (*walk.slots, options, SWALLOWED)
            yield _Open(at + 1, "", slots, walk.cost)

    def _cut_off(self, line: str, walk: _Open) -> Iterator[_Open]:
        """The line ends in the middle of a character, of which nothing else is known."""
        if walk.at == len(line) and walk.slots:
            yield _Open(walk.at, "", walk.slots, walk.cost + _CUT_OFF)

    def _missing(self, line: str, walk: _Open) -> Iterator[_Open]:
        """The lost byte in front of a delimiter, or of the end of the line, that left no mark; or
        in front of a reading, whose bracket it took along."""
        options = pair(walk.pending, LOST) or ()
        if options and (walk.at == len(line) or line[walk.at] in DELIMITERS):
            yield _Open(walk.at, "", (*walk.slots, tuple(options)), walk.cost)
        reading = BARE_READING.match(line, walk.at)
        fitting = tuple(c for c in options if self.reads(c, reading[1])) if reading else ()
        if reading and fitting:
            yield _Open(reading.end(), "", (*walk.slots, fitting, f"({reading[1]})"), walk.cost)

    def _read(self, line: str, at: int) -> Iterator[tuple[int, str, float]]:
        """(how many characters, their bytes, cost) of what may stand at `at`."""
        if at >= len(line):
            return
        char = line[at]
        if "\x40" <= char < "\x7f":
            yield 1, char, 0.0
        data = reader("gbk").table.get(ord(char), "")
        if data and char != "\ufffd":
            yield 1, data, 0.0
        if self._folded:
            for text, data in _by_first().get(char, ()):
                if line.startswith(text, at):
                    yield len(text), data, _WIDE_LETTER if text.isalnum() else 0.0

    def reads(self, char: str, reading: str) -> bool:
        """Whether `char` may be read so; the tone is left aside."""
        return toneless(clean_syllable(reading)) in self._readings.plain.get(char, ())


def bare(text: str) -> str:
    """Text without readings, which the model has never seen."""
    return READING.sub("", text) if "(" in text else text


def pair(first: str, second: str) -> Slot | None:
    """The character of two bytes, or the characters, where one of them is LOST."""
    if LOST in (first, second):
        return (_by_trail() if first == LOST else _by_lead()).get(
            second if first == LOST else first
        )
    return gbk_characters().get(first + second)


@cache
def gbk_characters() -> Mapping[str, str]:
    """Two bytes → a character that Chinese text may hold."""
    pairs: dict[str, str] = {}
    for code, data in reader("gbk").table.items():
        if len(data) == 2 and not 0xE000 <= code < 0xF900:
            pairs[data] = chr(code)
    return pairs


@cache
def _by_trail() -> Mapping[str, tuple[str, ...]]:
    return _grouped(1)


@cache
def _by_lead() -> Mapping[str, tuple[str, ...]]:
    return _grouped(0)


def _grouped(place: int) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for data, char in gbk_characters().items():
        if _COMMON.match(char):
            groups.setdefault(data[place], []).append(char)
    return {byte: tuple(chars) for byte, chars in groups.items()}


@cache
def _by_first() -> Mapping[str, Sequence[tuple[str, str]]]:
    """What NFKC made of characters of GBK, by its first character: (text, bytes)."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for data, char in gbk_characters().items():
        text = unicodedata.normalize("NFKC", char)
        if text != char:
            groups.setdefault(text[0], []).append((text, data))
    return {first: sorted(pairs, key=lambda p: -len(p[0])) for first, pairs in groups.items()}
