"""Where text may have fallen out of step: what a cut between two bytes leaves behind it.

Most cuts leave a `?` for a byte that is alone, some leave nothing but a delimiter that nobody
wrote, in front of what makes no sense.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Line, View
from cleaner.kernels.text import Codes, encode
from cleaner.models.lm import load, sequence_scores
from cleaner.repair.habits import closes
from cleaner.repair.options import numbers_of
from cleaner.repair.readers import LOST, reader
from cleaner.repair.readings import SYLLABLE
from cleaner.repair.screen import Look, positions_in, uncommon_table
from cleaner.repair.shift_screen import CROWD, GLANCE, RARE, crowds
from cleaner.repair.stream import BARE_READING, LOST_READING, READING, Slot, Walker, pair

_DELIMITER = regex.compile(
    r"(?<=[^\s?])\?(?=([！？，；。!,;])[\S\u3000]|(\?)[A-Za-z]?[^\x00-\x7f])"
    r"|(?m:^)\?(?=([！？，；。])\S)"
)
_CUT_READING = regex.compile(rf"(?<=[^\x00-\x7f]|\))\?(?={SYLLABLE}{{1,7}}\))")
_BARE = regex.compile(rf"(?<=[\u3400-\u9fff)]){BARE_READING.pattern}")
_UNMARKED = regex.compile(
    r"(?<=[\u3400-\u9fff)])([！？；。!;])"
    r"(?=[^\x00-\x7f]{1,14}[A-Za-z](?![A-Za-z]))"
)
_PRIVATE = regex.compile(r"(?<=[\u3400-\u9fff)])([！？；。!;])(?=[^\n]{0,14}[\ue000-\uf8ff])")
_DELIMITER_ALONE = regex.compile(r"(?<=[\u3400-\u9fff)])([！？；，。!;,])(?=[^\x00-\x7f]{3})")
_QUOTE_LOST = regex.compile(r"(?<=[\u3400-\u9fff])[！!](?=$|[，；])")
STRAY = regex.compile(rf"([^\x00-\x7f])([A-Za-z])\(({SYLLABLE}{{1,7}})\)")
_PATTERNS = (_DELIMITER, _CUT_READING, STRAY, _UNMARKED)
_NEED_UNMARKED, _NEED_ANYWHERE, _NEED_QUOTE = 2.0, 1.2, 0.3
"""Times the least gain, where a delimiter alone is the sign."""
_GARBLED = -7.5
"""ln p of a character in its place, among GLANCE."""


class Anchor(NamedTuple):
    """Where a stretch may begin: the `?` at `at`, the walk from `start` with `pending`."""

    at: int
    start: int
    pending: str
    first: Slot | None  # the character that the lost byte belongs to, if it is already whole
    rule: str
    need: float = 1.0  # how many times the least gain is asked for


def lines_with_traces(view: View) -> list[Line]:
    """The lines with something that a cut leaves behind, from top to bottom."""
    text = view.text
    odd = view.codes.take(positions_in(view, Look.ODD))
    patterns = [*_PATTERNS]
    if ((odd >= 0xC0) & (odd < 0x270)).any():  # letters of readings
        patterns.append(_BARE)
    if holds_private(odd):
        patterns.append(_PRIVATE)
    found = {match.start() for pattern in patterns for match in pattern.finditer(text)}
    found.update(crowds(positions_in(view, Look.UNCOMMON)).tolist())
    lines = np.unique(np.searchsorted(view.line_ends, list(found)))
    return list(map(Line, view.line_starts[lines].tolist(), view.line_ends[lines].tolist()))


def anchors_of(line: str, walker: Walker, anywhere: bool) -> list[Anchor]:
    """Where stretches of a line may begin, from left to right; `anywhere` if the page is known to
    lose the marks of its cuts."""
    anchors: list[Anchor] = []
    for match in _DELIMITER.finditer(line):
        data = _delimiter(match[1] or match[2] or match[3])
        first = pair(LOST, data[0])
        anchors.append(Anchor(match.start(), match.end() + 1, data[1], first, "delimiter"))
    anchors += _unmarked(line, anywhere)
    for match in _CUT_READING.finditer(line):
        reading = LOST_READING.match(line, match.start())
        assert reading is not None
        for byte in _second_bytes(line[: match.start()], reading[1], walker):
            anchors.append(Anchor(match.start(), reading.end(), byte, None, "reading"))
    for match in _BARE.finditer(line):
        for byte in _second_bytes(line[: match.start()], match[1], walker):
            need = _NEED_ANYWHERE
            anchors.append(Anchor(match.start(), match.end(), byte, None, "unmarked", need))
    return sorted(anchors, key=lambda anchor: anchor.at)


def _unmarked(line: str, anywhere: bool) -> Iterator[Anchor]:
    """Delimiters that left no `?`, in front of what makes no sense."""
    codes = encode(line)
    patterns = (_UNMARKED, _PRIVATE) if holds_private(codes) else (_UNMARKED,)
    found = {m.start(): m for pattern in patterns for m in pattern.finditer(line)}
    crowd = crowds(np.flatnonzero(uncommon_table().take(codes))).tolist()
    if crowd or anywhere:
        for match in _DELIMITER_ALONE.finditer(line):
            following = bisect_left(crowd, match.end())
            near = following < len(crowd) and crowd[following] - match.end() < CROWD
            if anywhere or near:
                found.setdefault(match.start(), match)
    if anywhere:
        yield from _swallowed_quotes(line)
    matches = list(found.values())
    behind = [line[match.end() : match.end() + GLANCE] for match in matches]
    for match, garbled in zip(matches, _garbled(behind), strict=True):
        if garbled:
            data = _delimiter(match[1])
            first = pair(LOST, data[0])
            need = _NEED_ANYWHERE if anywhere else _NEED_UNMARKED
            yield Anchor(match.start(), match.end(), data[1], first, "unmarked", need)


def holds_private(codes: Codes) -> bool:
    """Whether a text has characters of private use."""
    return bool(((codes >= 0xE000) & (codes < 0xF900)).any())


def _swallowed_quotes(line: str) -> Iterator[Anchor]:
    """What was 。” at the end of a piece: both lone bytes are gone, the two between make ！, and
    a quote stays open."""
    for match in _QUOTE_LOST.finditer(line):
        before = line[: match.start()]
        if before.rfind("“") > before.rfind("”") and not closes(line[match.end() :], "“", "”"):
            data = _delimiter("！")
            first = pair(LOST, data[0])
            yield Anchor(match.start(), match.end(), data[1], first, "unmarked", _NEED_QUOTE)


def _garbled(texts: Sequence[str]) -> list[bool]:
    """Of each of some texts of a few characters, whether they are rare each by itself, and the
    model makes nothing of them together."""
    if not any(texts):
        return [False] * len(texts)
    unigram = load().unigram.take(numbers_of("".join(texts)))
    some = [at for at, text in enumerate(texts) if text]
    sizes = np.array([len(texts[at]) for at in some])
    means = np.add.reduceat(unigram, np.cumsum(sizes) - sizes) / sizes.astype(np.float32)
    rare = [at for at, mean in zip(some, means.tolist(), strict=True) if mean <= RARE]
    scores = sequence_scores([texts[at] for at in rare]).tolist() if rare else []
    strange = dict(zip(rare, scores, strict=True))
    return [at in strange and strange[at] < _GARBLED * len(text) for at, text in enumerate(texts)]


def _delimiter(mark: str) -> str:
    """The two bytes of a delimiter, also of one that NFKC made ASCII."""
    wide = mark if mark >= "\x80" else chr(ord(mark) + 0xFEE0)
    return reader("gbk").table[ord(wide)]


def _second_bytes(before: str, reading: str, walker: Walker) -> list[str]:
    """Which bytes were lost in front of `reading`: with the last byte of the character before
    them they made a character that is read so."""
    marks = list(READING.finditer(before, max(0, len(before) - 10)))
    if marks and marks[-1].end() == len(before):
        before = before[: marks[-1].start()]
    data = reader("gbk").table.get(ord(before[-1]), "") if before else ""
    options = pair(data[1], LOST) if len(data) == 2 else None
    fitting = [char for char in options or () if walker.reads(char, reading)]
    return sorted({reader("gbk").table[ord(char)][1] for char in fitting})
