"""Decodes bytes of which some were lost; the language model chooses what stood there.

Bytes are Latin-1 strings as in `cleaner.repair.readers`: LOST is one unknown byte from 0x80 on,
SWALLOWED one unknown byte below 0x40.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice, product
from typing import NamedTuple

from cleaner.repair.both_sides import LITTLE, MORE
from cleaner.repair.candidates import ways
from cleaner.repair.habits import Habits
from cleaner.repair.likeliest import Found, Row, candidates, settled
from cleaner.repair.options import Options, fixed
from cleaner.repair.readers import LOST, SWALLOWED, Reader

_CHARACTER = {  # what is most common comes first
    "utf-8": r"[\xe0-\xef][\x80-\xbf]{2}|[\x00-\x19\x1b-\x7f]|[\xc2-\xdf][\x80-\xbf]"
    r"|\xf0[\x80-\xbf]{3}",
    "gbk": r"[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x00-\x7f]",
    "big5": r"[\xa1-\xf9][\x40-\x7e\xa1-\xfe]|[\x00-\x7f]",
}
_GAP = {
    # What was swallowed ends a character.
    "utf-8": rf"(?:(?!{_CHARACTER['utf-8']})[^{SWALLOWED}])*+{SWALLOWED}"
    rf"|(?:(?!{_CHARACTER['utf-8']}).)++",
    "gbk": r"(?:[\x80-\xff]\xff|\xff[\x40-\xff]|[\x80-\xff](?=[\x00-\x7f]|$))++",
    "big5": r"(?:[\x80-\xff]\xff|\xff[\x40-\xff]|[\x80-\xff](?=[\x00-\x7f]|$))++",
}
_SPLIT = {
    right: re.compile(rf"(?P<sound>(?:{_CHARACTER[right]})++)|(?P<gap>{_GAP[right]})|.", re.S)
    for right in _CHARACTER
}
_WIDE_LEAD = "\xef\xbc"
_NEAR = 2  # characters between two gaps that see each other
_MOST_WAYS = 12
_REACH = 240  # characters of a line in which marks open and close
_CONTEXT = 12
_OPEN = "\ufffd"  # a gap among its neighbours


class Part(NamedTuple):
    """A stretch of a decoding: `sound` bytes decoded as they are, `filled` by the model, or
    `foreign` ones, which were not damaged and are given back as they were read."""

    text: str
    kind: str
    confidence: float = 1.0


_GONE = Part("", "filled")


@dataclass(eq=False)
class Draft:
    """A decoding with gaps: parts, and for each part that is open what it may have been."""

    parts: list[Part]
    gaps: dict[int, list[list[Options]]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether all bytes were sound."""
        return not self.gaps and all(part.kind == "sound" for part in self.parts if part.text)

    def add(self, other: Draft) -> None:
        """Put another draft behind this one."""
        self.gaps.update({len(self.parts) + place: ways for place, ways in other.gaps.items()})
        self.parts += other.parts


def draft(data: str, right: str, reader: Reader) -> Draft:
    """`data` (bytes that `reader` gave back) read in the codec `right`, its gaps still open."""
    made = Draft([])
    parts = made.parts
    gaps: list[tuple[int, str, str]] = []
    raw = data.encode("latin-1")
    for match in _SPLIT[right].finditer(data):
        start, end = match.span()
        if match.lastgroup == "sound":
            parts.append(Part(raw[start:end].decode(right, "replace"), "sound"))
        else:
            gaps.append((len(parts), data[start:end], data[end : end + 1]))
            parts.append(_GONE)
    if gaps:
        # Of most wide marks that lost a byte the other two say that they were wide.
        wide = "，" * sum(_WIDE_LEAD in gap for _, gap, _ in gaps)
        habits = Habits("".join([*(part.text for part in made.parts), wide]))
        for place, gap, following in gaps:
            rows = ways(gap, following, right, reader, habits)
            if not rows:
                read = reader.to_text(gap.replace(LOST + SWALLOWED, "?"))
                made.parts[place] = Part(read, "foreign")
            elif len(rows) == 1 and all(len(own.texts) == 1 for own in rows[0]):
                made.parts[place] = Part("".join(own.texts[0] for own in rows[0]), "filled")
            else:
                made.gaps[place] = rows
    return made


def fill(drafts: Sequence[Draft]) -> list[list[Part]]:
    """The parts of each draft, with the likeliest text in every gap."""
    groups: list[tuple[int, int, int]] = []
    rows: list[Row] = []
    for number, made in enumerate(drafts):
        if not made.gaps:
            continue
        line = _Line([_OPEN if k in made.gaps else own.text for k, own in enumerate(made.parts)])
        for first, last in _groups(made.gaps, made.parts):
            groups.append((number, first, last))
            rows.append(_row(made, first, last, line))
    filled = [list(d.parts) for d in drafts]
    unsure: list[tuple[tuple[int, int, int], Found]] = []
    for (number, first, last), found in zip(groups, candidates(rows), strict=True):
        share = found.clear(LITTLE)
        _set(filled[number], first, last, found.text, share)
        if not share:
            unsure.append(((number, first, last), found))
    _settle(unsure, filled)
    return filled


def _settle(unsure: Sequence[tuple[tuple[int, int, int], Found]], filled: list[list[Part]]) -> None:
    """Fill those groups of gaps for which more has to be asked than the search."""
    lines = {n: _Line([part.text for part in filled[n]]) for n in {at[0] for at, _ in unsure}}
    around = [lines[number].around(first, last, _REACH) for (number, first, last), _ in unsure]
    cares = [MORE if found.swallowed else LITTLE for _, found in unsure]
    likely = settled([found for _, found in unsure], around, cares)
    for ((number, first, last), _), best in zip(unsure, likely, strict=True):
        _set(filled[number], first, last, best.text, best.confidence)


def _set(parts: list[Part], first: int, last: int, text: str, confidence: float) -> None:
    """Put the text of a group of gaps into its first part."""
    parts[first] = Part(text, "filled", confidence)
    if first < last:
        parts[first + 1 : last + 1] = [Part("", "filled", confidence)] * (last - first)


def _groups(gaps: Collection[int], parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """(first, last) part of each group of gaps that see each other."""
    first = last = -1
    for place in sorted(gaps):
        between = [part.text for part in parts[last + 1 : place]]
        if first < 0 or sum(map(len, between)) > _NEAR or "\n" in "".join(between):
            if first >= 0:
                yield first, last
            first = place
        last = place
    if first >= 0:
        yield first, last


def _row(made: Draft, first: int, last: int, line: _Line) -> Row:
    """The ways to fill the parts of a group, between their neighbours."""
    before, after = line.around(first, last, _CONTEXT)
    if first == last:
        return Row(before, made.gaps[first][:_MOST_WAYS], after)
    sound = ([[fixed(char) for char in part.text]] for part in made.parts[first : last + 1])
    choices = [made.gaps.get(place, ways) for place, ways in enumerate(sound, first)]
    ways = [[o for way in row for o in way] for row in islice(product(*choices), _MOST_WAYS)]
    return Row(before, ways, after)


class _Line:
    """The texts of all parts: the gaps open, or filled as they look best by themselves."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._text = "".join(texts)
        self._ends = [0, *accumulate(map(len, texts))]

    def around(self, first: int, last: int, reach: int) -> tuple[str, str]:
        """So many characters before and behind some parts, as far as they are on their line."""
        start, end = self._ends[first], self._ends[last + 1]
        before = self._text[max(0, start - reach) : start].rpartition("\n")[2]
        return before, self._text[end : end + reach].partition("\n")[0]
