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

_COMMON = regex.compile(r"[\u4e00-\u9fff\u2014-\u2026\u3000-\u3017\uff01-\uff5e·×℃…]")
"""What a lost byte may have belonged to: no kana, no Greek and their like."""

DELIMITERS = "！？，；。!?,;"
_LONGEST = 120  # characters of a stretch
_MOST_WALKS = 24
_MOST_STEPS = 600

SWALLOWED = ("(", ")", ",", ".", ":", "/", "-", " ", "%", *"0123456789")
"""What may have been lost along with a lone byte."""

Slot = str | tuple[str, ...]
"""One character of what was there: itself, or all that it may have been."""


class Walk(NamedTuple):
    """A stretch up to `end` of the line, and the characters that it stood for."""

    end: int
    slots: tuple[Slot, ...]


class Walker:
    """Walks along lines; `folded` ones have been through NFKC."""

    def __init__(self, readings: Readings, folded: bool) -> None:
        self._readings = readings
        self._folded = folded

    def walks(self, line: str, at: int, pending: str) -> list[Walk]:
        """Every way from `at`, in front of which `pending` waits for its second byte."""
        found: list[Walk] = []
        open_ends: list[tuple[int, str, tuple[Slot, ...]]] = [(at, pending, ())]
        for _ in range(_MOST_STEPS):
            if not open_ends or len(found) == _MOST_WALKS:
                break
            here, first, slots = open_ends.pop()
            if not first:
                found.append(Walk(here, slots))
                continue
            if here - at < _LONGEST:
                open_ends += reversed(list(self._steps(line, here, first, slots)))
        return found

    def _steps(
        self, line: str, at: int, first: str, slots: tuple[Slot, ...]
    ) -> Iterator[tuple[int, str, tuple[Slot, ...]]]:
        for size, data in self._read(line, at):
            slot = pair(first, data[0])
            if slot is None:
                continue
            after = at + size
            if len(data) == 1:
                yield after, "", (*slots, slot)
                continue
            # A reading behind a character that is out of step was meant for no character.
            stray = READING.match(line, after)
            if stray and self.reads(line[at:after], stray[1]):
                after = stray.end()
            if data[1] < "\x80":
                yield after, "", (*slots, slot, data[1])
            else:
                yield after, data[1], (*slots, slot)
        yield from self._lost(line, at, first, slots)

    def _lost(
        self, line: str, at: int, first: str, slots: tuple[Slot, ...]
    ) -> Iterator[tuple[int, str, tuple[Slot, ...]]]:
        """A `?` fills the gap with a byte that was lost, and may have taken a bracket along."""
        if line[at : at + 1] != "?":
            return
        reading = LOST_READING.match(line, at)
        options = pair(first, LOST)
        if reading:
            fitting = tuple(c for c in options or () if self.reads(c, reading[1]))
            if fitting:
                yield reading.end(), "", (*slots, fitting, f"({reading[1]})")
        elif options:
            # A byte was alone at the end of a piece; elsewhere the `?` took along what followed.
            alone = at + 1 == len(line) or line[at + 1] in DELIMITERS
            yield at + 1, "", (*slots, options) if alone else (*slots, options, SWALLOWED)

    def _read(self, line: str, at: int) -> Iterator[tuple[int, str]]:
        """(how many characters, the bytes) that may stand at `at`."""
        if at >= len(line):
            return
        char = line[at]
        if "\x40" <= char < "\x7f":
            yield 1, char
        data = reader("gbk").table.get(ord(char), "")
        if data and char != "\ufffd":
            yield 1, data
        if self._folded:
            for text, data in _by_first().get(char, ()):
                if line.startswith(text, at):
                    yield len(text), data

    def reads(self, char: str, reading: str) -> bool:
        """Whether `char` may be read so; the tone is left aside."""
        return toneless(clean_syllable(reading)) in self._readings.plain.get(char, ())


def pair(first: str, second: str) -> Slot | None:
    """The character of two bytes, or the characters, where one of them is LOST."""
    if LOST in (first, second):
        return (_by_trail() if first == LOST else _by_lead()).get(
            second if first == LOST else first
        )
    return _characters().get(first + second)


@cache
def _characters() -> Mapping[str, str]:
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
    for data, char in _characters().items():
        if _COMMON.match(char):
            groups.setdefault(data[place], []).append(char)
    return {byte: tuple(chars) for byte, chars in groups.items()}


@cache
def _by_first() -> Mapping[str, Sequence[tuple[str, str]]]:
    """What NFKC made of characters of GBK, by its first character: (text, bytes)."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for data, char in _characters().items():
        text = unicodedata.normalize("NFKC", char)
        if text != char:
            groups.setdefault(text[0], []).append((text, data))
    return {first: sorted(pairs, key=lambda p: -len(p[0])) for first, pairs in groups.items()}
