"""Readings in brackets behind characters: where they stand, and what they say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import regex

from cleaner.batch import View
from cleaner.kernels.scripts import simplified_pairs
from cleaner.repair.readings import SYLLABLE, Readings, clean_syllable, skeleton, toneless

EMOJI = r"[\p{Emoji_Presentation}\p{So}\uFE0F\u200D]"
_GROUP = rf"\(\s?(?P<s>{SYLLABLE}{{1,8}})\s?\)"
_MARKS = regex.compile(rf"{_GROUP}(?:{EMOJI}{{0,4}}{_GROUP})*")
_BEFORE = regex.compile(rf"(?P<han>\p{{Han}})(?P<noise>{EMOJI}{{0,4}})$")
_REACH = 5
_WORD = regex.compile(r"(?P<han>\p{Han}{1,6})\((?P<s>[a-z]{1,24})\)")


class Facts(NamedTuple):
    """What a character and the readings behind it have to do with each other."""

    toned: bool
    exact: bool  # readings of the character, tone and all
    first: bool  # the reading that comes to mind first
    reading: bool  # readings of the character, tone aside
    valid: bool  # syllables at all
    common: bool  # a character that every reader knows
    known: bool  # one that most readers know: of GB2312
    traditional: bool  # written in its Traditional form
    variant: bool  # has a Traditional form of its own


class Mark(NamedTuple):
    """Readings behind the character at `han`; [start, end) is what would go."""

    han: int
    start: int
    end: int
    char: str  # folded
    facts: Facts


class Marker:
    """Finds marks; it remembers what it learnt of each character with its readings."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings
        self._facts: dict[tuple[str, str, tuple[str, ...]], Facts] = {}

    def marks(self, view: View) -> Iterator[Mark]:
        """Brackets of lower-case letters behind a Chinese character, in order."""
        text, folded = view.text, view.folded
        for match in _MARKS.finditer(folded):
            start = match.start()
            at = start - 1
            spans = [span for span in match.spans("s") if text[span[0] : span[1]].islower()]
            if at < 0 or not spans or spans[0][0] != match.starts("s")[0]:
                continue
            # Behind readings an abbreviation may follow: 组织(zhi)(IMF).
            spelled = tuple(folded[first:last] for first, last in spans)
            end = folded.index(")", spans[-1][1]) + 1
            if folded[at] < "\u3400" or folded[at] > "\U0003ffff" or not folded[at].isalpha():
                before = _BEFORE.search(folded, max(0, start - _REACH), start)
                if before is None:
                    continue
                at, start = before.start("han"), before.start("noise")
            facts = self._facts_of(folded[at], text[at], spelled)
            yield Mark(at, start, end, folded[at], facts)

    def broken(self, view: View) -> tuple[list[tuple[int, int, str]], int]:
        """Brackets that hold the readings of the word before without the letters that bear a
        tone mark: their ranges with the letters; and how many brackets hold something else."""
        found: list[tuple[int, int, str]] = []
        wrong = 0
        for match in _WORD.finditer(view.folded):
            start, end = match.start("s"), match.end("s")
            if not view.text[start:end].islower():
                continue
            if self._spells(match["han"], match["s"]):
                found.append((start - 1, end + 1, match["s"]))
            else:
                wrong += 1
        return found, wrong

    def _facts_of(self, char: str, written: str, spelled: tuple[str, ...]) -> Facts:
        key = (char, written, spelled)
        if key not in self._facts:
            self._facts[key] = _facts(char, written, spelled, self._readings)
        return self._facts[key]

    def _spells(self, han: str, letters: str) -> bool:
        """Whether `letters` are the readings of the last characters of `han`, toned letters
        lost."""
        rests = {letters}
        for char in reversed(han):
            ends = {skeleton(reading) for reading in self._readings.toned.get(char, ())} - {""}
            rests = {r.removesuffix(end) for r in rests for end in ends if r.endswith(end)}
            if "" in rests:
                return True
        return False


def _facts(char: str, written: str, spelled: tuple[str, ...], table: Readings) -> Facts:
    syllables = [clean_syllable(s) for s in spelled]
    bare = [toneless(s) for s in syllables]
    none: frozenset[str] = frozenset()
    toned = table.toned.get(char, none) | table.toned.get(written, none)
    plain = table.plain.get(char, none) | table.plain.get(written, none)
    return Facts(
        toned=any(s != skeleton(s) for s in syllables),
        exact=all(s in toned for s in syllables),
        first=all(s in (table.first.get(char), table.first.get(written)) for s in syllables),
        reading=all(s in plain for s in bare),
        valid=all(s in table.syllables for s in bare),
        common=char in _gb2312(0xB0, 0xD8),
        known=char in _gb2312(0xB0, 0xF8),
        traditional=char != written,
        variant=char != written or char in _variants(),
    )


@cache
def _gb2312(first: int, last: int) -> frozenset[str]:
    """The characters of some rows of GB2312. B0 to D7 are the 3755 of the first level, which
    every reader knows; up to F7 follow 3008 less common ones."""
    pairs = [bytes([row, cell]) for row in range(first, last) for cell in range(0xA1, 0xFF)]
    return frozenset(b"".join(pairs).decode("gb2312", "ignore"))


@cache
def _variants() -> frozenset[str]:
    """Simplified characters that a Traditional one turns into."""
    return frozenset(map(chr, simplified_pairs()[1].tolist()))
