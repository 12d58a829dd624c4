"""Damage that adds marks or spells characters otherwise: escapes, annotations, invisible
characters, look-alikes, spacing. Every function takes sound text and a source of chance to
damaged text; `ESCAPES`, `ANNOTATIONS` and `MARKS` name them.
"""

from __future__ import annotations

import html
import json
import quopri
import random
import unicodedata
import urllib.parse
from collections.abc import Callable, Mapping
from functools import cache
from html.entities import codepoint2name

import opencc
import regex

from cleaner.kernels.scripts import simplified_pairs
from cleaner.repair.readings import read_readings
from cleaner.rules import RuleBook

Damage = Callable[[str, random.Random], str]


def _certain(damage: Callable[[str], str]) -> Damage:
    """Damage that leaves nothing to chance."""
    return lambda text, _: damage(text)


def _each(spell: Callable[[str], str]) -> Damage:
    """Every character outside of ASCII in another spelling."""
    return _certain(lambda text: "".join(c if c < "\x80" else spell(c) for c in text))


def _named(character: str) -> str:
    name = codepoint2name.get(ord(character))
    return f"&{name};" if name else character


def _mixed_entities(text: str, chance: random.Random) -> str:
    """Some characters as decimal, hexadecimal or named references, one after the other."""
    spellings = (lambda c: f"&#{ord(c)};", lambda c: f"&#X{ord(c):X};", _named, str)
    return "".join(c if c < "\x80" else chance.choice(spellings)(c) for c in html.escape(text))


def _utf16_units(character: str) -> list[int]:
    raw = character.encode("utf-16-be")
    return [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]


def _bytes(pattern: str) -> Callable[[str], str]:
    return lambda c: "".join(pattern % byte for byte in c.encode())


def _javascript_escape(text: str) -> str:
    """`escape()` of JavaScript: %uXXXX, and %XX for ASCII other than letters and digits."""
    kept = regex.compile(r"[A-Za-z0-9@*_+\-./]")
    return "".join(
        c
        if kept.match(c)
        else f"%{ord(c):02X}"
        if ord(c) < 256
        else "".join(f"%u{unit:04X}" for unit in _utf16_units(c))
        for c in text
    )


ESCAPES: Mapping[str, Damage] = {
    "entity_decimal": _each(lambda c: f"&#{ord(c)};"),
    "entity_hex": _each(lambda c: f"&#x{ord(c):x};"),
    "entity_double": _each(lambda c: f"&amp;#{ord(c)};"),
    "entity_open": _each(lambda c: f"&#{ord(c)}"),
    "entity_named": _certain(lambda text: "".join(map(_named, html.escape(text)))),
    "entity_mixed": _mixed_entities,
    "unicode": _certain(lambda text: json.dumps(text)[1:-1]),
    "unicode_bare": _certain(lambda text: json.dumps(text)[1:-1].replace("\\u", "u")),
    "percent_u": _certain(_javascript_escape),
    "percent": _certain(lambda text: urllib.parse.quote(text, safe="")),
    "percent_double": _certain(lambda text: urllib.parse.quote(urllib.parse.quote(text))),
    "percent_gbk": _certain(lambda text: urllib.parse.quote(text.encode("gb18030"))),
    "quoted_printable": _certain(lambda text: quopri.encodestring(text.encode()).decode()),
    "hex_bytes": _each(_bytes("\\x%02x")),
    "octal_bytes": _each(_bytes("\\%03o")),
    "hz": _certain(lambda text: text.encode("hz").decode("ascii")),
    "utf7": _certain(lambda text: text.encode("utf-7").decode("ascii")),
}


@cache
def _readings() -> Mapping[str, str]:
    """The first reading of each character."""
    found = read_readings(RuleBook.load()).first
    return {c: syllable for c, syllable in found.items() if not syllable.isascii()}


def _plain(syllable: str) -> str:
    letters = unicodedata.normalize("NFD", syllable)
    return "".join(c for c in letters if c.isascii())


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


@cache
def _sources() -> frozenset[str]:
    return frozenset(map(chr, simplified_pairs()[0].tolist()))


def _annotate(text: str, wanted: Callable[[str], bool], spell: Callable[[str], str]) -> str:
    readings = _readings()
    return "".join(c + spell(readings[c]) if c in readings and wanted(c) else c for c in text)


def kind_a(
    text: str,
    chance: random.Random,
    share: float = 1.0,
    spell: Callable[[str], str] = "({})".format,
) -> str:
    """Toned, behind the characters of a dictionary of some hundred Traditional ones; with a
    smaller `share` only some of the occurrences."""
    dictionary = {c for c in sorted(_sources()) if random.Random(ord(c)).random() < 0.5}
    return _annotate(
        _traditional().convert(text),
        lambda c: c in dictionary and chance.random() < share,
        spell,
    )


def kind_a_toneless(text: str, chance: random.Random) -> str:
    """Toneless, a blank behind each reading."""
    return kind_a(text, chance, spell=lambda reading: f"({_plain(reading)}) ")


def kind_c(text: str, chance: random.Random, times: int = 1) -> str:
    """Toneless, at random, `times` times each."""
    return _annotate(
        text, lambda _: chance.random() < 0.12, lambda reading: f"({_plain(reading)})" * times
    )


def kind_d(text: str, chance: random.Random) -> str:
    """Every fourth or fifth character, half with a tone, with emoji strewn between."""
    readings, out, due = _readings(), [], 4
    for at, c in enumerate(text):
        out.append(c)
        due -= 1
        if due <= 0 and c in readings:
            reading = readings[c]
            out.append(f"({reading if chance.random() < 0.5 else _plain(reading)})")
            due = chance.choice((4, 5))
        elif c in readings and text[at + 1 : at + 2] in readings and chance.random() < 0.02:
            out.append(chance.choice("😀🔥🎉💰"))
    return "".join(out)


def kind_v(text: str, chance: random.Random) -> str:
    """Toned, with every letter lost that bears a tone."""
    kept = "abcdefghijklmnopqrstuvwxyz"
    return _annotate(
        text,
        lambda c: chance.random() < 0.12 and any(x in kept for x in _readings()[c]),
        lambda reading: "(" + "".join(c for c in reading if c in kept) + ")",
    )


_WIDE = str.maketrans("()", "（）")

ANNOTATIONS: Mapping[str, Damage] = {
    "pinyin_a": kind_a,
    "pinyin_a_part": lambda text, chance: kind_a(text, chance, 0.3),
    "pinyin_a_wide": lambda text, chance: kind_a(text, chance).translate(_WIDE),
    "pinyin_a_toneless": kind_a_toneless,
    "pinyin_c": kind_c,
    "pinyin_c_twice": lambda text, chance: kind_c(text, chance, 2),
    "pinyin_d": kind_d,
    "pinyin_v": kind_v,
}


def sound_for_annotation(kind: str, text: str) -> str:
    """What must come out: for kind A the text in Traditional characters."""
    sound = _traditional().convert(text) if kind.startswith("pinyin_a") else text
    return sound.translate(_WIDE) if kind == "pinyin_a_wide" else sound


def _strew(characters: str, share: float) -> Damage:
    def strew(text: str, chance: random.Random) -> str:
        return "".join(
            c + chance.choice(characters) if chance.random() < share and c > "\u2000" else c
            for c in text
        )

    return strew


@cache
def _radicals() -> Mapping[str, str]:
    return {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0x2F00, 0x2FD6)}


def _kangxi(text: str) -> str:
    return "".join(_radicals().get(c, c) for c in text)


def _spaced(text: str) -> str:
    return " ".join(text)


def _indented(text: str) -> str:
    return "\n".join("??" + line if len(line) > 40 else line for line in text.split("\n"))


def _doubled(text: str) -> str:
    return regex.sub(r"(?<![，,])[，,](?![，,])", lambda m: "," + m[0], text)


def _blank_before(text: str) -> str:
    return regex.sub(r"(?<=\p{Han})(?=[，。；、,;])", " ", text)


def _forum(text: str, chance: random.Random) -> str:
    """Behind each line what `jammer` of Discuz! X adds."""
    return "\n".join(f"{line}{_forum_noise(chance)}" for line in text.split("\n"))


def _forum_noise(chance: random.Random) -> str:
    pairs = range(chance.randint(5, 15))
    return "".join(f"{chr(chance.randint(32, 59))} {chr(chance.randint(63, 126))}" for _ in pairs)


MARKS: Mapping[str, Damage] = {
    "zero_width": _strew("\u200b\u200c\u200d\ufeff\u2060", 0.2),
    "bidi": _strew("\u200e\u200f\u202a\u202c", 0.2),
    "soft_hyphen": _strew("\u00ad", 0.2),
    "kangxi": _certain(_kangxi),
    "indents": _certain(_indented),
    "doubled_marks": _certain(_doubled),
    "blank_before_marks": _certain(_blank_before),
    "forum_noise": _forum,
}
LINES: Mapping[str, Damage] = {"letter_spaced": _certain(_spaced)}
