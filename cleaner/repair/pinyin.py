"""`repair.pinyin`: takes out the readings that a copy machine put behind characters.

Four kinds are met on the web. Kind A marks only characters that differ between Traditional and
Simplified, with tone: 區(qū). Kinds C and D mark characters at random, toneless, mixed or
doubled, sometimes with emoji between: 詩(shi)(shi). Kind V lost the letters that bear a tone:
發展(fzhn). A person who writes a reading does it for a reason: a rare character, a lesson, an
entry of a dictionary. So nothing is decided on one spot; the whole document must look like one
of the four.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.scripts import simplified_pairs
from cleaner.kernels.text import Class
from cleaner.repair.readings import (
    SYLLABLE,
    Readings,
    clean_syllable,
    read_readings,
    skeleton,
    toneless,
)
from cleaner.rules import RuleBook

_EMOJI = r"[\p{Emoji_Presentation}\p{So}\uFE0F\u200D]"
_MARKS = regex.compile(
    rf"(?P<han>\p{{Han}}){_EMOJI}{{0,4}}"
    rf"(?P<marks>(?:{_EMOJI}{{0,4}}\(\s?(?P<s>{SYLLABLE}{{1,8}})\s?\))+)"
)
_NOISE = regex.compile(rf"(?<=[\p{{Han}}]){_EMOJI}+(?=\p{{Han}})")
_LESSON = regex.compile(
    "拼音|注音|生字|组词|部首|笔画|读音|多音字|课文|声调|字音|识字|音节|偏旁|释义|造句"
)


_MANY = 20
"""So many readings at random are damage, whatever the page speaks of."""


class Mark(NamedTuple):
    """A reading in brackets behind the character at `han`; [start, end) is what would go."""

    han: int
    start: int
    end: int
    char: str  # folded
    syllables: tuple[str, ...]
    toned: bool
    exact: bool  # a reading of the character, tone and all
    reading: bool  # a reading of the character, tone aside
    valid: bool  # a syllable at all
    common: bool  # a character that every reader knows
    known: bool  # one that most readers know: of GB2312
    traditional: bool  # written in its Traditional form
    variant: bool  # has a Traditional form of its own


class Page(NamedTuple):
    """What the decision reads: the marks, and the page that they stand on."""

    marks: Sequence[Mark]
    han: int  # Chinese characters on the page
    bare: float  # share of the marked characters that also occur without a mark
    cues: int  # words of lessons and dictionaries


class Kind(NamedTuple):
    """A kind of annotation with the confidence that a page shows it."""

    rule: str
    confidence: float


class Pinyin:
    """The Editor; see the module."""

    name = "repair.pinyin"

    def __init__(self, book: RuleBook) -> None:
        self._book = book

    @cached_property
    def _readings(self) -> Readings:
        return read_readings(self._book)

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a bracket between a wide character and a small Latin letter."""
        codes = batch.codes
        at = np.flatnonzero(batch.folded == ord("("))
        at = at[(at > 0) & (at + 1 < len(codes))]
        at = at[codes[at - 1] > 0x2000]
        after = codes[at + 1]
        after = np.where(after == ord(" "), codes[np.minimum(at + 2, len(codes) - 1)], after)
        small = (after >= ord("a")) & (after <= ord("z"))
        at = at[small | ((after >= 0xE0) & (after < 0x300))]
        found = np.zeros(len(batch), np.bool_)
        found[np.searchsorted(batch.ends, at)] = True
        return found

    def edits(self, view: View) -> Iterator[Edit]:
        marks = list(self._marks(view))
        chosen = _choose(marks, view)
        if chosen is None:
            chosen = _choose_broken(view, self._readings)
        if chosen is None:
            return
        kind, going = chosen
        for mark in going:
            yield Edit(mark.start, mark.end, "", kind.rule, kind.confidence)
        if kind.rule == "repair.pinyin.random":
            yield from _noise(view, going)

    def _marks(self, view: View) -> Iterator[Mark]:
        for match in _MARKS.finditer(view.folded):
            if view.text[match.start("marks") : match.end()].islower():
                yield _mark(match, view, self._readings)


def _mark(match: regex.Match[str], view: View, table: Readings) -> Mark:
    at = match.start("han")
    char, written = match["han"], view.text[at]
    syllables = tuple(clean_syllable(s) for s in match.captures("s"))
    bare = [toneless(s) for s in syllables]
    toned = table.toned.get(char, frozenset()) | table.toned.get(written, frozenset())
    plain = table.plain.get(char, frozenset()) | table.plain.get(written, frozenset())
    return Mark(
        han=at,
        start=match.start("marks"),
        end=match.end(),
        char=char,
        syllables=syllables,
        toned=any(s != skeleton(s) for s in syllables),
        exact=all(s in toned for s in syllables),
        reading=all(s in plain for s in bare),
        valid=all(s in table.syllables for s in bare),
        common=char in _common(),
        known=char in _common() or char in _known(),
        traditional=char != written,
        variant=char != written or char in _variants(),
    )


def _choose(marks: Sequence[Mark], view: View) -> tuple[Kind, list[Mark]] | None:
    """The kind of annotation on a page and the marks that go, or None."""
    marks = [mark for mark in marks if mark.valid]
    if not marks:
        return None
    page = _page(marks, view)
    strict = [m for m in marks if m.exact]
    for kind, going in (
        (_kind_a(page, strict), [m for m in marks if m.variant or m.common]),
        (_few_of_a(page), strict),
        (_kind_c(page), [m for m in marks if m.common or m.known]),
    ):
        if kind is not None:
            return kind, going
    return None


def _page(marks: Sequence[Mark], view: View) -> Page:
    counts = Counter(view.folded)
    marked = Counter(mark.char for mark in marks)
    bare = sum(counts[char] > n for char, n in marked.items()) / len(marked)
    han = int(np.isin(view.classes, (Class.HAN, Class.RARE_HAN)).sum())
    return Page(marks, han, bare, len(_LESSON.findall(view.folded)))


def _kind_a(page: Page, strict: Sequence[Mark]) -> Kind | None:
    """Toned, and only behind characters that have a Traditional form; some of them repeat."""
    marks = page.marks
    chars = Counter(mark.char for mark in strict)
    good = (
        len(chars) >= 4
        and max(chars.values()) >= 2
        and len(strict) >= 0.9 * len(marks)
        and _share(strict, "toned") >= 0.7
        and len(marks) < 0.45 * page.han
        and page.cues < 3 + len(marks) / 10
    )
    # Behind Simplified characters the choice itself must be the evidence: a third of all
    # common characters has a Traditional form, so eight out of eight do not happen by chance.
    chosen = _share(strict, "traditional") >= 0.95 or (
        len(strict) >= 12 and _share(strict, "variant") >= 0.95
    )
    return Kind("repair.pinyin.traditional", 0.99) if good and chosen else None


def _few_of_a(page: Page) -> Kind | None:
    """A few marks behind Traditional characters that nobody needs to be told."""
    marks = page.marks
    good = (
        page.cues == 0
        and page.han >= max(8, 5 * len(marks))
        and all(m.exact and m.toned and m.traditional and m.common for m in marks)
    )
    if not good or (len(marks) == 1 and page.han < 12):
        return None
    return Kind("repair.pinyin.traditional", 0.95 if len(marks) > 1 else 0.9)


def _kind_c(page: Page) -> Kind | None:
    """At random, behind characters that mostly also occur without a mark."""
    marks = page.marks
    density = len(marks) / max(1, page.han)
    good = (
        _share(marks, "reading") >= 0.9
        and _share(marks, "common") >= 0.9
        and (page.bare >= 0.3 or (page.bare >= 0.1 and _share(marks, "toned") == 0))
        and page.cues < (3 + len(marks) / 20 if page.bare >= 0.3 else 1)
    )
    if not good:
        return None
    if len(marks) >= _MANY and _share(marks, "toned") < 0.75 and 0.03 <= density <= 0.6:
        return Kind("repair.pinyin.random", 0.97)
    # Fewer marks must all be right, toneless, and lie apart: a wit writes 触(chu)目(mu).
    gaps = [b.han - a.end for a, b in pairwise(marks)]
    apart = sum(gap >= 3 for gap in gaps) >= 0.5 * len(gaps)
    few = len(marks) >= 6 and _share(marks, "reading") == 1 and _share(marks, "toned") == 0
    if few and apart and density <= 0.4 and page.cues == 0:
        return Kind("repair.pinyin.random", 0.9)
    return None


_WORD = regex.compile(r"(?P<han>\p{Han}{1,6})\((?P<s>[a-z]{1,24})\)")


def _choose_broken(view: View, table: Readings) -> tuple[Kind, list[Mark]] | None:
    """Kind V: behind a word, its readings without the letters that bear a tone mark."""
    found = []
    wrong = 0
    for match in _WORD.finditer(view.folded):
        if view.text[match.start("s") : match.end("s")].islower():
            if _spells(match["han"], match["s"], table):
                found.append(match)
            else:
                wrong += 1
    if len(found) < 8 or wrong > 0.1 * len(found) or len({m["s"] for m in found}) < 4:
        return None
    kind = Kind("repair.pinyin.broken", 0.95)
    return kind, [_broken(match) for match in found]


def _spells(han: str, letters: str, table: Readings) -> bool:
    """Whether `letters` are the readings of the last characters of `han`, toned letters lost."""
    rests = {letters}
    for char in reversed(han):
        ends = {skeleton(reading) for reading in table.toned.get(char, ())}
        rests = {
            rest.removesuffix(end) for rest in rests for end in ends if end and rest.endswith(end)
        }
        if "" in rests:
            return True
    return False


def _broken(match: regex.Match[str]) -> Mark:
    start, end = match.start("s") - 1, match.end()
    char = match["han"][-1]
    return Mark(start - 1, start, end, char, (match["s"],), *[False] * 8)


def _noise(view: View, marks: Sequence[Mark]) -> Iterator[Edit]:
    """Emoji strewn between characters, where readings were strewn too."""
    found = [match.span() for match in _NOISE.finditer(view.folded)]
    if len(found) < 3 and len(marks) < _MANY:
        return
    taken = {mark.start for mark in marks}
    for start, end in found:
        if start not in taken:
            yield Edit(start, end, "", "repair.pinyin.emoji", 0.9)


def _share(marks: Sequence[Mark], field: str) -> float:
    return sum(getattr(mark, field) for mark in marks) / len(marks) if marks else 0.0


def _common() -> frozenset[str]:
    """The first level of GB2312: the 3755 characters that every reader knows."""
    return _gb2312(0xB0, 0xD8)


def _known() -> frozenset[str]:
    """The second level of GB2312: 3008 less common characters."""
    return _gb2312(0xD8, 0xF8)


@cache
def _gb2312(first: int, last: int) -> frozenset[str]:
    pairs = [bytes([row, cell]) for row in range(first, last) for cell in range(0xA1, 0xFF)]
    return frozenset(b"".join(pairs).decode("gb2312", "ignore"))


@cache
def _variants() -> frozenset[str]:
    """Simplified characters that a Traditional one turns into."""
    return frozenset(map(chr, simplified_pairs()[1].tolist()))
