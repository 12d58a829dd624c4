"""`repair.escapes`: characters that stand escaped in running text are written out.

HTML entities in all spellings (also doubled, also without the semicolon), `\\u`, `%u`, percent
and quoted-printable bytes, `\\x`, octal, HZ and UTF-7. An escape in an address, in code or on
a line that teaches about escapes is meant, and stays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.repair.escape_kinds import (
    Unit,
    byte_units,
    character_units,
    has_chinese,
    kinds_in,
    modal_units,
)
from cleaner.repair.escape_screen import may_hold_escapes
from cleaner.repair.protect import Protected, lines_of, looks_like_code, teaches
from cleaner.rules import RuleBook

_MANY = 8
"""So many escaped Chinese characters on one line are damage, whatever the line speaks of."""
_RANGE = regex.compile(r"\[\^?\\{1,2}u[0-9a-fA-F]{4}-\\")
_RESIDUE = regex.compile(r"\\xa0|(?<![&0-9A-Za-z])nbsp[;；]|\\{1,2}u3000")
_JSON = regex.compile(r"\\(?P<c>[\"'/]|r?\\n|[nrt])")
_JSON_TEXT = {"n": "\n", "r": "\n", "t": "\t", "r\\n": "\n"}
_LATIN = regex.compile(r"%(?P<c>[2-7A-Fa-f][0-9A-Fa-f])")
_TAGS = 4
"""So many escaped brackets on one line are markup."""
_END_TAG = regex.compile(r"\\u003[cC]\\?/\p{L}")
_HAN = regex.compile(r"\p{Han}")
_SOFT = regex.compile(r"=\r?\n")


class Escapes:
    """The Editor; see the module."""

    name = "repair.escapes"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a character that opens an escape, followed by one that may go on."""
        return may_hold_escapes(batch)

    def edits(self, view: View) -> Iterator[Edit]:
        text = view.text
        units = _units(text)
        if not units:
            return
        protected = Protected(text)
        units = {kind: [u for u in of if u.start not in protected] for kind, of in units.items()}
        yield from _quoted_edits(text, units.pop("quoted", []))
        for (start, end), line in _by_line(text, units).items():
            yield from _line_edits(text, start, end, line)


def _by_line(
    text: str, units: dict[str, list[Unit]]
) -> dict[tuple[int, int], dict[str, list[Unit]]]:
    """The units of each line that has any, by kind."""
    lines = list(lines_of(text))
    starts = [start for start, _ in lines]
    found: dict[tuple[int, int], dict[str, list[Unit]]] = defaultdict(dict)
    for kind, of in units.items():
        for unit in of:
            line = lines[bisect_right(starts, unit.start) - 1]
            found[line].setdefault(kind, []).append(unit)
    return dict(sorted(found.items()))


def _units(text: str) -> dict[str, list[Unit]]:
    """Everything on a page that is spelled like an escape, by kind."""
    found: dict[str, list[Unit]] = {}
    characters, bytes_ = kinds_in(text)
    for kind in characters:
        found[kind] = list(character_units(kind, text))
    for kind in bytes_:
        found[kind] = list(byte_units(kind, text))
    found["hz"] = []
    found["utf7"] = []
    for kind, unit in modal_units(text):
        found[kind].append(unit)
    if "\\" in text or "nbsp" in text:
        found["residue"] = [Unit(*m.span(), " ", False) for m in _RESIDUE.finditer(text)]
    return {kind: units for kind, units in found.items() if units}


def _line_edits(text: str, start: int, end: int, line: dict[str, list[Unit]]) -> Iterator[Edit]:
    """The escapes of one line that are damage."""
    accepted = {
        kind: list(_ACCEPT.get(kind, _beside_wide)(text, units))
        for kind, units in _told_apart(line).items()
    }
    if not any(accepted.values()) or _is_meant(text, start, end, line):
        return
    for kind, taken in accepted.items():
        for unit in taken:
            confidence = 1.0 if unit.sure else 0.9
            yield Edit(unit.start, unit.end, unit.text, f"repair.escapes.{kind}", confidence)
        if kind == "unicode" and len(taken) >= 5:
            yield from _json_edits(text, start, end)
        if kind == "percent_u" and len(taken) >= 2:
            yield from _latin_edits(text, start, end)


def _is_meant(text: str, start: int, end: int, line: dict[str, list[Unit]]) -> bool:
    """Whether a line is code or speaks about escapes, and holds little text in them."""
    units = [unit for of in line.values() for unit in of]
    if any(len(unit.text) >= _MANY for unit in units if unit.sure):
        return False
    if sum(has_chinese(unit.text) for unit in units) >= _MANY:
        return False
    rest = _blanked(text, start, end, units)
    return looks_like_code(rest) or teaches(rest)


def _told_apart(line: dict[str, list[Unit]]) -> dict[str, list[Unit]]:
    """The kinds that a line really has, where two of them fit the same characters."""
    gone: set[str] = set()
    if len(line.get("bare_u", ())) > 4 * len(line.get("percent_u", ())):
        gone.add("percent_u")  # a percent sign of the text before a bare escape
    elif "percent_u" in line:
        gone.add("percent")  # escape() of JavaScript writes Latin-1 as %20: see _latin_edits
    return {kind: units for kind, units in line.items() if kind not in gone}


def _blanked(text: str, start: int, end: int, units: Iterable[Unit]) -> str:
    """The line with its escapes taken out."""
    pieces: list[str] = []
    at = start
    for first, last in sorted((unit.start, min(unit.end, end)) for unit in units):
        if last > at:
            first = max(first, at)
            pieces += [text[at:first], " " * (last - first)]
            at = last
    return "".join([*pieces, text[at:end]])


def _entities(text: str, units: Sequence[Unit]) -> Iterator[Unit]:
    """Closed and numeric ones always; open names where no Latin word goes before.

    Where nearly all references lack their semicolon, one that seems to have it does not: it
    stands before a semicolon of the text.
    """
    numeric = [unit for unit in units if "#" in text[unit.start : unit.end]]
    closed = [unit for unit in numeric if text[unit.end - 1] in ";；"]
    if len(numeric) > 5 * len(closed):
        bare = {unit: unit._replace(end=unit.end - 1) for unit in closed}
        units = [bare.get(unit, unit) for unit in units]
    ends = {unit.end for unit in units}
    for unit in units:
        before = text[unit.start - 1 : unit.start]
        if unit.sure or unit.start in ends or not (before.isascii() and before.isalnum()):
            yield unit


def _code_units(text: str, units: Sequence[Unit]) -> Iterator[Unit]:
    """All of a line where two are Chinese, or where they are the brackets of markup around
    Chinese text; a single one beside Chinese text. Ranges of regular expressions stay."""
    if _RANGE.search(text, units[0].start - 2, units[-1].end):
        return
    if sum(has_chinese(unit.text) for unit in units) >= 2 or _in_markup(text, units):
        yield from units
    else:
        yield from _beside_wide(text, units)


def _in_markup(text: str, units: Sequence[Unit]) -> bool:
    """Whether units are the brackets of several tags around Chinese text, as JSON has them."""
    brackets = [unit for unit in units if not set(unit.text) - set("<>")]
    if len(brackets) < _TAGS:
        return False
    inner = text[brackets[0].start : brackets[-1].end]
    return _END_TAG.search(inner) is not None and len(_HAN.findall(inner)) >= _TAGS * len("<p>")


def _bare(_text: str, units: Sequence[Unit]) -> Iterator[Unit]:
    """Escapes that lost their backslash: many of them, or none."""
    chinese = [unit for unit in units if has_chinese(unit.text)]
    return iter(chinese if len(chinese) >= 4 else ())


def _bytes(text: str, units: Sequence[Unit]) -> Iterator[Unit]:
    """Runs that give Chinese, and the single bytes that share an unbroken word with one."""
    chinese = [unit for unit in units if unit.sure and has_chinese(unit.text)]
    if len(chinese) == 1 and len(chinese[0].text) == 1 and not _touches(text, chinese[0]):
        return
    sure = set(chinese)
    for unit in units:
        if unit in sure or _in_one_word(text, unit, chinese):
            yield unit


def _quoted_edits(text: str, units: Sequence[Unit]) -> Iterator[Edit]:
    """Quoted-printable (RFC 2045), on a page that has a few Chinese characters in it: every
    unit, and the soft breaks of lines in the stretch that the units span."""
    if sum(len(unit.text) for unit in units if unit.sure and has_chinese(unit.text)) < 4:
        return
    for unit in units:
        yield Edit(unit.start, unit.end, unit.text, "repair.escapes.quoted")
    for match in _SOFT.finditer(text, units[0].start, units[-1].end + 80):
        yield Edit(match.start(), match.end(), "", "repair.escapes.quoted")


def _modal(_text: str, units: Sequence[Unit]) -> Iterator[Unit]:
    """Two characters or more at once."""
    total = sum(len(unit.text) for unit in units)
    return (unit for unit in units if unit.sure or total >= 4)


def _beside_wide(text: str, units: Sequence[Unit]) -> Iterator[Unit]:
    """Escapes that touch Chinese text, a blank, or the edge of a line."""
    return (unit for unit in units if _touches(text, unit))


def _touches(text: str, unit: Unit) -> bool:
    before, after = text[unit.start - 1 : unit.start], text[unit.end : unit.end + 1]
    return has_chinese(before) or has_chinese(after)


def _in_one_word(text: str, unit: Unit, others: Sequence[Unit]) -> bool:
    """Whether no blank stands between a unit and its nearest neighbour among `others`, which
    are in order."""
    at = bisect_left(others, unit)
    for other in others[max(0, at - 1) : at + 1]:
        first, last = min(unit.end, other.end), max(unit.start, other.start)
        if last - first < 200 and not regex.search(r"\s", text[first:last]):
            return True
    return False


def _json_edits(text: str, start: int, end: int) -> Iterator[Edit]:
    """Quotes, slashes and breaks escaped as JSON does, on a line of `\\u` escapes."""
    for match in _JSON.finditer(text, start, end):
        new = _JSON_TEXT.get(match["c"], match["c"])
        yield Edit(match.start(), match.end(), new, "repair.escapes.unicode", 0.95)


def _latin_edits(text: str, start: int, end: int) -> Iterator[Edit]:
    """Latin-1 as `escape()` writes it, on a line of `%u` escapes."""
    for match in _LATIN.finditer(text, start, end):
        yield Edit(
            match.start(), match.end(), chr(int(match["c"], 16)), "repair.escapes.percent_u", 0.95
        )


_ACCEPT = {
    "entity": _entities,
    "unicode": _code_units,
    "percent_u": _code_units,
    "bare_u": _bare,
    "percent": _bytes,
    "hex": _bytes,
    "octal": _bytes,
    "hz": _modal,
    "utf7": _modal,
}
