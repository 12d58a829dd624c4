"""`repair.pinyin`: takes out the readings that a copy machine put behind characters.

Some kinds are met on the web. Kind A marks only characters that differ between Traditional and
Simplified, with tone, 區(qū), or wherever they stand, toneless and with a blank behind. Kinds C
and D mark characters at random, toneless, mixed or doubled, sometimes with emoji between:
詩(shi)(shi). Kind V lost the letters that bear a tone: 發展(fzhn). A person who writes a reading
does it for a reason: a rare character, a lesson, an entry of a dictionary. So nothing is decided on
one spot; the whole document must look like one of the kinds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Class, fold_table
from cleaner.repair.pinyin_marks import EMOJI, Facts, Mark, Marker
from cleaner.repair.readings import read_readings
from cleaner.repair.screen import Look, code_at, documents, positions
from cleaner.rules import RuleBook

_NOISE = regex.compile(rf"(?<=[\p{{Han}})]){EMOJI}+(?=\p{{Han}})")
_LESSON = regex.compile(
    "拼音|注音|生字|组词|部首|笔画|读音|多音字|课文|声调|字音|识字|音节|偏旁|释义|造句"
)
_TALK = regex.compile("读作|读成|念作|念成|发音|读法|同音|生词|的意思|一字|字形|动词|名词|量词")
_TOPIC = regex.compile("姓氏|汉字|汉语|词语|词汇|课本|字典|词典")
"""What reports are on too, and not lessons alone."""
_QUOTED = regex.compile(r"[「『\"'《(]\p{Han}\([^)]*\)[」』\"'》)]")
_FIRSTS = 0.75
_MANY = 20
"""So many readings at random are damage, whatever the page speaks of."""
_MANY_BROKEN = 8


class Page(NamedTuple):
    """What the decision reads: the marks, and the page that they stand on."""

    marks: Sequence[Mark]
    han: int  # Chinese characters on the page
    bare: float  # share of the marked characters that also occur without a mark
    cues: int  # words of lessons and dictionaries
    talks: bool  # whether it speaks of readings or of the kinds of words
    topics: int  # different words of language and its books
    firsts: float  # of marked characters that occur twice and more, share marked where they
    # occur first: a teacher marks what is new
    quoted: bool  # whether a marked character stands alone in quotation marks


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
    def _marker(self) -> Marker:
        return Marker(read_readings(self._book))

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a bracket between a wide character and a small Latin letter."""
        at = positions(batch, Look.SIGN)
        bracket = fold_table().take(code_at(batch, at)) == ord("(")
        at = at[bracket & (code_at(batch, at, -1) > 0x2000)]
        after = code_at(batch, at, 1)
        after = np.where(after == ord(" "), code_at(batch, at, 2), after)
        small = (after >= ord("a")) & (after <= ord("z"))
        return documents(batch, at[small | ((after >= 0xE0) & (after < 0x300))])

    def edits(self, view: View) -> Iterator[Edit]:
        marks = [mark for mark in self._marker.marks(view) if mark.facts.valid]
        chosen = _choose(marks, view) if marks else None
        if chosen is None:
            yield from _broken(*self._marker.broken(view))
            return
        kind, going = chosen
        blank = _blank_behind(going, view.text)
        for mark in going:
            yield Edit(mark.start, mark.end + blank, "", kind.rule, kind.confidence)
        if kind.rule == "repair.pinyin.random":
            yield from _noise(view, going)


def _choose(marks: Sequence[Mark], view: View) -> tuple[Kind, list[Mark]] | None:
    """The kind of annotation on a page and the marks that go, or None."""
    page = _page(marks, view)
    strict = [m for m in marks if m.facts.exact]
    for kind, going in (
        (_kind_a(page, strict), [m for m in marks if m.facts.variant or m.facts.common]),
        (_few_of_a(page), strict),
        (_toneless_a(page), list(marks)),
        (_kind_c(page), [m for m in marks if m.facts.known]),
    ):
        if kind is not None:
            return kind, going
    return None


def _page(marks: Sequence[Mark], view: View) -> Page:
    folded = view.folded
    counts = Counter(folded)
    marked = Counter(mark.char for mark in marks)
    first = {char: folded.find(char) for char in marked}
    again = [mark for mark in marks if counts[mark.char] > 1]
    return Page(
        marks=marks,
        han=int(np.isin(view.classes, (Class.HAN, Class.RARE_HAN)).sum()),
        bare=sum(counts[char] > n for char, n in marked.items()) / len(marked),
        cues=len(_LESSON.findall(folded)),
        talks=_TALK.search(folded) is not None,
        topics=len(set(_TOPIC.findall(folded))),
        firsts=sum(first[m.char] == m.han for m in again) / max(len(again), 1),
        quoted=any(_QUOTED.match(folded, m.han - 1, m.end + 1) for m in marks if m.han),
    )


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
    """A few marks behind Traditional characters that nobody needs to be told; in a report on a
    dictionary they lie apart, and stand behind more characters than it has words of lessons."""
    marks = page.marks
    good = (
        page.cues == 0
        and not page.talks
        and (page.topics == 0 or (_apart(marks) and page.topics < len({m.char for m in marks})))
        and not page.quoted
        and page.han >= max(8, 5 * len(marks))
        and all(_is_of_a(mark.facts) for mark in marks)
    )
    if not good or (len(marks) == 1 and page.han < 12):
        return None
    return Kind("repair.pinyin.traditional", 0.95 if len(marks) > 1 else 0.9)


def _toneless_a(page: Page) -> Kind | None:
    """Toneless, behind Traditional characters alone, and behind each of them wherever it stands: a
    teacher marks what is new."""
    marks = page.marks
    chars = Counter(mark.char for mark in marks)
    good = (
        len(chars) >= 6
        and sum(count >= 2 for count in chars.values()) >= 2
        and sum(_is_of_toneless_a(mark.facts) for mark in marks) >= 0.95 * len(marks)
        and page.bare <= 0.05
        and len(marks) < 0.45 * page.han
        and page.cues == 0
    )
    return Kind("repair.pinyin.traditional", 0.95) if good else None


def _kind_c(page: Page) -> Kind | None:
    """At random, behind characters that mostly also occur without a mark."""
    marks = page.marks
    density = len(marks) / max(1, page.han)
    good = (
        _share(marks, "reading") >= 0.9
        and _share(marks, "common") >= 0.9
        and page.firsts < _FIRSTS
        and (page.bare >= 0.2 or (page.bare >= 0.1 and _share(marks, "toned") == 0))
        and page.cues < (3 + len(marks) / 20 if page.bare >= 0.3 else 1)
    )
    if not good:
        return None
    if len(marks) >= _MANY and _share(marks, "toned") < 0.75 and 0.03 <= density <= 0.6:
        return Kind("repair.pinyin.random", 0.97)
    # Fewer marks must all be right, toneless, and lie apart: a wit writes 触(chu)目(mu).
    few = len(marks) >= 6 and _share(marks, "reading") == 1 and _share(marks, "toned") == 0
    if few and _apart(marks) and density <= 0.4 and page.cues == 0:
        return Kind("repair.pinyin.random", 0.9)
    return None


def _apart(marks: Sequence[Mark]) -> bool:
    """Whether most marks stand three characters or more from the next: no series of words."""
    gaps = [b.han - a.end for a, b in pairwise(marks)]
    return sum(gap >= 3 for gap in gaps) >= 0.5 * len(gaps)


def _is_of_a(facts: Facts) -> bool:
    """Traditional and common, with the reading that nobody needs to be told."""
    return facts.first and facts.toned and facts.traditional and facts.common


def _is_of_toneless_a(facts: Facts) -> bool:
    """Traditional and common, with one of its readings, tone aside."""
    return facts.reading and not facts.toned and facts.traditional and facts.common


def _blank_behind(marks: Sequence[Mark], text: str) -> bool:
    """Whether a blank stands behind every mark: it came with them."""
    return len(marks) > 1 and all(text.startswith(" ", mark.end) for mark in marks)


def _broken(found: Sequence[tuple[int, int, str]], wrong: int) -> Iterator[Edit]:
    """Kind V, on a page where nearly every bracket is one of them; not the one unit of
    measure that a page repeats: 米(m)."""
    letters = {letters for _, _, letters in found}
    if len(found) >= _MANY_BROKEN and len(letters) >= 4 and wrong <= 0.1 * len(found):
        for start, end, _ in found:
            yield Edit(start, end, "", "repair.pinyin.broken", 0.95)


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
    return sum(getattr(mark.facts, field) for mark in marks) / len(marks) if marks else 0.0
