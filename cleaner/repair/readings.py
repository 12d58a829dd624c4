"""Which readings a character has in Mandarin."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cleaner.rules import RuleBook

SYLLABLE = r"[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹɑɡ]"
"""A character class (regex) for the letters of a syllable in lower case."""

_LOOKALIKES = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "ü"})


@dataclass(frozen=True)
class Readings:
    """Readings of characters: the first of each, all with tone marks, all without."""

    first: Mapping[str, str]
    toned: Mapping[str, frozenset[str]]
    plain: Mapping[str, frozenset[str]]
    syllables: frozenset[str]  # every syllable there is, without tone


def clean_syllable(text: str) -> str:
    """A syllable as the table spells it: ɑ and ɡ as a and g, v as ü."""
    return text.translate(_LOOKALIKES)


@cache
def toneless(syllable: str) -> str:
    """The syllable without tone; ü counts as u, since pages write it as u, v or ü."""
    letters = unicodedata.normalize("NFD", syllable.replace("v", "u"))
    return "".join(letter for letter in letters if "a" <= letter <= "z")


@cache
def skeleton(syllable: str) -> str:
    """What is left of a toned syllable once every letter with a mark was lost (guó: gu)."""
    return "".join(letter for letter in syllable if "a" <= letter <= "z")


def read_readings(book: RuleBook) -> Readings:
    """The table of `lists/readings.txt`, made once for all filters and pipelines of a process."""
    return _table(book.words("readings"))


@cache
def _table(lines: tuple[str, ...]) -> Readings:
    first: dict[str, str] = {}
    toned: dict[str, set[str]] = defaultdict(set)
    plain: dict[str, set[str]] = defaultdict(set)
    syllables: set[str] = set()
    for line in lines:
        syllable, characters = line.split()
        bare = toneless(syllable)
        syllables.add(bare)
        commonly, _, seldom = characters.partition("|")
        first.update(dict.fromkeys(commonly, syllable))
        for character in commonly + seldom:
            toned[character].add(syllable)
            plain[character].add(bare)
    return Readings(first, _frozen(toned), _frozen(plain), frozenset(syllables))


def _frozen(table: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in table.items()}
