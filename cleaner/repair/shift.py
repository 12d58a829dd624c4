"""`repair.shift`: puts GBK that was cut between the bytes of a character back into step.

Some site generators search GBK byte by byte: they split at the bytes of a delimiter and write
readings behind the bytes of a character, also where these bytes belong to two characters. From
there on the text is out of step by one byte. The cut leaves an anchor: `?` and a delimiter, or
`?` and a reading that lost its bracket. From each anchor the stretch is walked back into step
(`cleaner.repair.stream`); the one lost byte is the one that the language model likes best, and
the whole counts only if it reads far better than what stands there.

It must run before NFKC, before private-use characters go and before readings go: all three
carry the bytes that this needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import encode
from cleaner.models.lm import load, sequence_scores
from cleaner.repair.beam import Options, fixed, numbers_of, words_of
from cleaner.repair.candidates import swallowed, written
from cleaner.repair.habits import Form, Habits, closes, habits_of
from cleaner.repair.likeliest import Likely, Row, bare, candidates, settled
from cleaner.repair.readers import LOST, reader
from cleaner.repair.readings import SYLLABLE, Readings, read_readings
from cleaner.repair.screen import documents, uncommon_table
from cleaner.repair.shift_screen import CROWD, crowded, crowds, marked, readings, unmarked
from cleaner.repair.stream import (
    BARE_READING,
    LOST_READING,
    READING,
    SWALLOWED,
    Slot,
    Walk,
    Walker,
    pair,
)
from cleaner.rules import RuleBook

_DELIMITER = regex.compile(r"(?<=[^\s?])\?(?=([！？，；。!,;])\S|(\?)[^\x00-\x7f])")
_CUT_READING = regex.compile(rf"(?<=[^\x00-\x7f]|\))\?(?={SYLLABLE}{{1,7}}\))")
_BARE = regex.compile(rf"(?<=[\u3400-\u9fff)]){BARE_READING.pattern}")
_UNMARKED = regex.compile(
    r"(?<=[\u3400-\u9fff)])([！？；。!;])"
    r"(?=[^\x00-\x7f]{1,14}[A-Za-z](?![A-Za-z])|[^\n]{0,14}[\ue000-\uf8ff])"
)
_DELIMITER_ALONE = regex.compile(r"(?<=[\u3400-\u9fff)])([！？；，。!;,])(?=[^\x00-\x7f]{3})")
_QUOTE_LOST = regex.compile(r"(?<=[\u3400-\u9fff])[！!](?=$|[，；])")
_STRAY = regex.compile(rf"([^\x00-\x7f])([A-Za-z])\(({SYLLABLE}{{1,7}})\)")
_WIDE = regex.compile(r"[\uff01-\uff5e\u3000]")

_PATTERNS = (_DELIMITER, _CUT_READING, _BARE, _STRAY, _UNMARKED)
_MIXED = ("?！?", "?；?")
_CONTEXT = 3
_LEAST_GAIN = 7.0  # nats, of the whole stretch
_LEAST_RATE = 0.7  # nats for each character that the stretch takes
_NEED_UNMARKED, _NEED_ANYWHERE, _NEED_QUOTE = 2.0, 1.2, 0.3
"""Times the least gain, where a delimiter alone is the sign."""
_RARE, _GARBLED, _GLANCE = -7.3, -7.5, 4
"""ln p of a character by itself, and in its place, among so many."""


class Anchor(NamedTuple):
    """Where a stretch may begin: the `?` at `at`, the walk from `start` with `pending`."""

    at: int
    start: int
    pending: str
    first: Slot | None  # the character that the lost byte belongs to, if it is already whole
    rule: str
    need: float = 1.0  # how many times the least gain is asked for


class Trial(NamedTuple):
    """A walk from an anchor on the line of this number."""

    line: int
    anchor: Anchor
    walk: Walk


class Found(NamedTuple):
    """The best reading of a stretch [start, end)."""

    start: int
    end: int
    text: str
    gain: float
    confidence: float
    rule: str

    @property
    def strong(self) -> bool:
        """Whether characters out of step, or a reading, stood there."""
        return self.rule != "delimiter" or self.end - self.start > 3


class Shift:
    """The Editor `repair.shift`."""

    name = "repair.shift"

    def __init__(self, book: RuleBook) -> None:
        self._book = book

    @cached_property
    def _readings(self) -> Readings:
        return read_readings(self._book)

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a `?` in front of something that a cut leaves behind it, or with a
        letter alone behind a character beyond ASCII, near a delimiter or a bracket, or with
        uncommon characters close together."""
        screens = (marked, unmarked, crowded, readings)
        return documents(batch, np.concatenate([screen(batch) for screen in screens]))

    def edits(self, view: View) -> Iterator[Edit]:
        found = list(self._found(view))
        # Three marks in a row may be what an author wrote: most count only on a page where
        # something was out of step.
        sure = any(f.strong for _, f in found)
        for line, f in found:
            if sure or _telling(view.text[line.start : line.end], f):
                yield _edit(line, f)

    def _found(self, view: View) -> Iterator[tuple[Line, Found]]:
        lines = _lines(view.text)
        if not lines:
            return
        walker = Walker(self._readings, folded=not _WIDE.search(view.text))
        texts = [view.text[line.start : line.end] for line in lines]
        mended = mend(texts, walker, view.text)
        if any(found.rule == "unmarked" for own in mended for found in own):
            # A page that loses the marks of its cuts may have been cut anywhere.
            lines = list(view.lines)
            texts = [view.text[line.start : line.end] for line in lines]
            mended = mend(texts, walker, view.text, anywhere=True)
        for line, text, own in zip(lines, texts, mended, strict=True):
            for found in own:
                yield line, found
            for found in _strays(text, walker):
                if not any(other.start < found.start <= other.end for other in own):
                    yield line, found


def _lines(text: str) -> list[Line]:
    """The lines with something that a cut leaves behind, from top to bottom."""
    found = {match.start() for pattern in _PATTERNS for match in pattern.finditer(text)}
    found.update(crowds(np.flatnonzero(uncommon_table().take(encode(text)))).tolist())
    starts = {text.rfind("\n", 0, at) + 1 for at in found}
    return [Line(start, (text + "\n").index("\n", start)) for start in sorted(starts)]


def mend(
    lines: Sequence[str], walker: Walker, page: str, *, anywhere: bool = False
) -> list[list[Found]]:
    """The stretches of each line that go back into step, from left to right. Cuts that left no
    mark are looked for where none left one, or `anywhere`."""
    anchors = [_anchors(line, walker, anywhere) for line in lines]
    if anywhere:
        return _mended(lines, anchors, walker, page)
    clear = [[anchor for anchor in own if anchor.rule != "unmarked"] for own in anchors]
    mended = _mended(lines, clear, walker, page)
    rest = [k for k in range(len(lines)) if not mended[k] and len(clear[k]) < len(anchors[k])]
    again = _mended([lines[k] for k in rest], [anchors[k] for k in rest], walker, page)
    for k, found in zip(rest, again, strict=True):
        mended[k] = found
    return mended


def _mended(
    lines: Sequence[str], anchors: Sequence[Sequence[Anchor]], walker: Walker, page: str
) -> list[list[Found]]:
    """The best of what is found from the anchors of each line, none over another."""
    mended: list[list[Found]] = [[] for _ in lines]
    trials = [
        Trial(number, anchor, walk)
        for number, own in enumerate(anchors)
        for anchor in own
        for walk in _walks(lines[number], anchor, walker)
    ]
    found = _tried(trials, lines, page) if trials else []
    spots = zip(trials, found, strict=True)
    for (number, at), group in groupby(spots, key=lambda s: (s[0].line, s[0].anchor.at)):
        if mended[number] and at < mended[number][-1].end:
            continue
        best = max((f for _, f in group if f), key=lambda f: f.gain, default=None)
        if best is not None:
            mended[number].append(best)
    return mended


def _strays(line: str, walker: Walker) -> Iterator[Found]:
    """Readings behind a letter: with the byte before it, the letter made a character."""
    for match in _STRAY.finditer(line):
        data = reader("gbk").table.get(ord(match[1]), "")
        char = pair(data[1], match[2]) if len(data) == 2 else None
        if isinstance(char, str) and walker.reads(char, match[3]):
            yield Found(match.end(2), match.end(), "", 0.0, 0.99, "stray")


def _telling(line: str, found: Found) -> bool:
    """Whether three marks in a row cannot well be what an author wrote: of two widths, or where
    a quote still has to be closed."""
    before = line[: found.start]
    return line[found.start : found.end] in _MIXED or (
        found.text[-1:] == "”" and before.rfind("“") > before.rfind("”")
    )


def _anchors(line: str, walker: Walker, anywhere: bool) -> list[Anchor]:
    anchors: list[Anchor] = []
    for match in _DELIMITER.finditer(line):
        data = _delimiter(match[1] or match[2])
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
    found = {match.start(): match for match in _UNMARKED.finditer(line)}
    crowd = crowds(np.flatnonzero(uncommon_table().take(encode(line)))).tolist()
    if crowd or anywhere:
        for match in _DELIMITER_ALONE.finditer(line):
            if anywhere or any(0 <= at - match.end() < CROWD for at in crowd):
                found.setdefault(match.start(), match)
    if anywhere:
        yield from _swallowed_quotes(line)
    for match in found.values():
        data = _delimiter(match[1])
        if _garbled(line[match.end() : match.end() + _GLANCE]):
            first = pair(LOST, data[0])
            need = _NEED_ANYWHERE if anywhere else _NEED_UNMARKED
            yield Anchor(match.start(), match.end(), data[1], first, "unmarked", need)


def _swallowed_quotes(line: str) -> Iterator[Anchor]:
    """What was 。” at the end of a piece: both lone bytes are gone, the two between make ！, and
    a quote stays open."""
    for match in _QUOTE_LOST.finditer(line):
        before = line[: match.start()]
        if before.rfind("“") > before.rfind("”") and not closes(line[match.end() :], "“", "”"):
            data = _delimiter("！")
            first = pair(LOST, data[0])
            yield Anchor(match.start(), match.end(), data[1], first, "unmarked", _NEED_QUOTE)


def _garbled(text: str) -> bool:
    """Whether the model makes nothing of a few characters, which are rare each by itself."""
    if not text or load().unigram.take(numbers_of(text)).mean() > _RARE:
        return False
    return float(sequence_scores([text])[0]) < _GARBLED * len(text)


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


def _walks(line: str, anchor: Anchor, walker: Walker) -> list[Walk]:
    marked = anchor.rule != "unmarked"
    return walker.walks(line, anchor.start, anchor.pending, marked=marked)


def _tried(trials: Sequence[Trial], lines: Sequence[str], page: str) -> list[Found | None]:
    """What each walk gives, if it reads far better than the stretch as it stands."""
    rows = []
    habits = habits_of(page)
    for number, anchor, walk in trials:
        slots = walk.slots if anchor.first is None else (anchor.first, *walk.slots)
        line = lines[number]
        rows.append(
            Row(line[: anchor.at], [[_place(slot, habits) for slot in slots]], line[walk.end :])
        )
    best = [
        settled(found, row.before, row.after)
        for found, row in zip(candidates(rows, words_of(bare(page))), rows, strict=True)
    ]
    texts: list[str] = []
    for (number, anchor, walk), row, new in zip(trials, rows, best, strict=True):
        left, right = bare(row.before[-12:])[-_CONTEXT:], bare(row.after[:12])[:_CONTEXT]
        old = lines[number][anchor.at : walk.end]
        texts += [left + bare(new.guess) + right, left + bare(old) + right]
    scores = sequence_scores(texts)
    gains = (scores[::2] - scores[1::2]).tolist()
    return [
        _accepted(trial, lines[trial.line], new, gain)
        for trial, new, gain in zip(trials, best, gains, strict=True)
    ]


def _place(slot: Slot, habits: Habits) -> Options:
    if isinstance(slot, str):
        return fixed(slot)
    if slot is SWALLOWED:
        return swallowed(False, habits)
    return _open(slot, habits.traditional)


_open = lru_cache(maxsize=1 << 10)(written)


def _accepted(trial: Trial, line: str, new: Likely, gain: float) -> Found | None:
    """What a walk gives, if the gain in ln p and in form is enough."""
    _, anchor, walk = trial
    before, old, after = line[: anchor.at], line[anchor.at : walk.end], line[walk.end :]
    form = Form(before, after)
    gain += form.worth(new.text) - form.worth(old) - walk.cost
    if gain < anchor.need * max(_LEAST_GAIN, _LEAST_RATE * (walk.end - anchor.at)):
        return None
    return Found(anchor.at, walk.end, new.text, gain, new.confidence, anchor.rule)


def _edit(line: Line, found: Found) -> Edit:
    return Edit(
        line.start + found.start,
        line.start + found.end,
        found.text,
        f"repair.shift.{found.rule}",
        round(min(0.99, found.confidence), 3),
    )
