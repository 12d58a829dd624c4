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
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.repair.fill import sequence_scores
from cleaner.repair.readers import LOST, reader
from cleaner.repair.readings import SYLLABLE, read_readings
from cleaner.repair.stream import LOST_READING, READING, Slot, Walk, Walker, pair
from cleaner.rules import RuleBook

_DELIMITER = regex.compile(r"(?<=\S)\?(?=([！？，；。!?,;])[^\x00-\x3e@])")
_CUT_READING = regex.compile(rf"(?<=[^\x00-\x7f]|\))\?(?={SYLLABLE}{{1,7}}\))")
_WIDE = regex.compile(r"[\uff01-\uff5e\u3000]")

_BEAM = 40
_CONTEXT = 3
_LEAST_GAIN = 7.0  # nats, of the whole stretch
_LEAST_RATE = 0.7  # nats for each character that the stretch takes


class Anchor(NamedTuple):
    """Where a stretch may begin: the `?` at `at`, the walk from `start` with `pending`."""

    at: int
    start: int
    pending: str
    first: Slot | None  # the character that the lost byte belongs to, if it is already whole
    rule: str


class Found(NamedTuple):
    """The best reading of a stretch [start, end)."""

    start: int
    end: int
    text: str
    gain: float
    confidence: float
    rule: str


class Shift:
    """The Editor `repair.shift`."""

    name = "repair.shift"

    def __init__(self, book: RuleBook) -> None:
        self._book = book

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a `?` between a character beyond ASCII (or a bracket) and something
        that a cut leaves behind it."""
        codes = batch.codes
        at = np.flatnonzero(codes[1:-1] == 0x3F) + 1 if len(codes) > 2 else np.zeros(0, np.int64)
        before, after = codes[at - 1], codes[at + 1]
        letter = ((after | 0x20) >= 0x61) & ((after | 0x20) <= 0x7A) | (after >= 0x80)
        delimiter = np.isin(after, [ord(mark) for mark in "！？，；。!?,;"])
        anchor = (before > 0x20) & (letter | delimiter)
        found = np.zeros(len(batch), np.bool_)
        found[np.searchsorted(batch.ends, at[anchor])] = True
        return found

    def edits(self, view: View) -> Iterator[Edit]:
        walker: Walker | None = None
        for line in view.lines:
            text = view.text[line.start : line.end]
            if not (_DELIMITER.search(text) or _CUT_READING.search(text)):
                continue
            if walker is None:
                folded = not _WIDE.search(view.text)
                walker = Walker(read_readings(self._book), folded)
            for found in mend(text, walker):
                yield _edit(line, found)


def mend(line: str, walker: Walker) -> Iterator[Found]:
    """The stretches of a line that go back into step, from left to right."""
    end = 0
    for anchor in _anchors(line, walker):
        if anchor.at < end:
            continue
        found = _best(line, anchor, walker)
        if found is not None:
            yield found
            end = found.end


def _anchors(line: str, walker: Walker) -> list[Anchor]:
    anchors: list[Anchor] = []
    for match in _DELIMITER.finditer(line):
        data = _delimiter(match[1])
        first = pair(LOST, data[0])
        anchors.append(Anchor(match.start(), match.end() + 1, data[1], first, "delimiter"))
    for match in _CUT_READING.finditer(line):
        reading = LOST_READING.match(line, match.start())
        assert reading is not None
        for byte in _second_bytes(line[: match.start()], reading[1], walker):
            anchors.append(Anchor(match.start(), reading.end(), byte, None, "reading"))
    return sorted(anchors, key=lambda anchor: anchor.at)


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


def _best(line: str, anchor: Anchor, walker: Walker) -> Found | None:
    best: Found | None = None
    for walk in walker.walks(line, anchor.start, anchor.pending):
        slots = walk.slots if anchor.first is None else (anchor.first, *walk.slots)
        found = _judged(line, anchor, Walk(walk.end, slots))
        if found and (best is None or found.gain > best.gain):
            best = found
    return best


def _judged(line: str, anchor: Anchor, walk: Walk) -> Found | None:
    """The likeliest text of a walk, if it reads far better than the stretch as it stands."""
    left = _bare(line[max(0, anchor.at - 12) : anchor.at])[-_CONTEXT:]
    right = _bare(line[walk.end : walk.end + 12])[:_CONTEXT]
    texts = _likeliest(left, walk.slots, right)
    old = line[anchor.at : walk.end]
    scores = sequence_scores([left + _bare(text) + right for text in [*texts, old]])
    scores += [_form(line[: anchor.at], text, line[walk.end :]) for text in [*texts, old]]
    gains = scores[:-1] - scores[-1]
    best = int(gains.argmax())
    if gains[best] < max(_LEAST_GAIN, _LEAST_RATE * len(old)):
        return None
    confidence = float(1 / np.exp(gains - gains[best]).sum())
    return Found(anchor.at, walk.end, texts[best], float(gains[best]), confidence, anchor.rule)


def _likeliest(left: str, slots: Sequence[Slot], right: str) -> list[str]:
    """The best texts that the slots allow, by a beam over the open ones."""
    texts = [""]
    for place, slot in enumerate(slots):
        if isinstance(slot, str):
            texts = [text + slot for text in texts]
            continue
        texts = [text + char for text in texts for char in slot]
        if len(texts) > _BEAM:
            ahead = ""
            for follower in (*slots[place + 1 : place + 3], right):
                if not isinstance(follower, str):
                    break
                ahead += follower
            ahead = ahead[:_CONTEXT]
            scores = sequence_scores([left + _bare(text + ahead) for text in texts])
            texts = [texts[k] for k in np.argsort(-scores, kind="stable")[:_BEAM].tolist()]
    return texts


def _form(before: str, text: str, after: str) -> float:
    """What the model cannot see, in nats: quotes that open and close, and how a line ends."""
    value = 0.0
    inside = before.rfind("“") > before.rfind("”")
    for char in text:
        if char in "“”":
            value += 1.5 if (char == "”") == inside else -3.0 if char == "“" else -1.0
            inside = char == "“"
    if not after:
        value += 3.0 if text[-1:] in _ENDS else -3.0
    return value


_ENDS = frozenset("。！？”）》】；…")


def _bare(text: str) -> str:
    """Text without readings, which the model has never seen."""
    return READING.sub("", text)


def _edit(line: Line, found: Found) -> Edit:
    return Edit(
        line.start + found.start,
        line.start + found.end,
        found.text,
        f"repair.shift.{found.rule}",
        round(min(0.99, found.confidence), 3),
    )
