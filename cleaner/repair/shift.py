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
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from itertools import combinations, groupby
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import encode
from cleaner.models.lm import load, sequence_scores
from cleaner.repair.anchors import (
    STRAY,
    Anchor,
    anchors_of,
    holds_private,
    lines_with_traces,
)
from cleaner.repair.both_sides import MUCH
from cleaner.repair.candidates import swallowed_on_line, written
from cleaner.repair.habits import Form, Habits
from cleaner.repair.in_step import Ask, Pages, Task
from cleaner.repair.likeliest import Found as Possible
from cleaner.repair.likeliest import Likely, Row, candidates, settled
from cleaner.repair.options import Options, fixed, words_of
from cleaner.repair.readers import LOST, reader
from cleaner.repair.readings import Readings, read_readings
from cleaner.repair.screen import documents
from cleaner.repair.shift_screen import crowded, marked, readings, unmarked
from cleaner.repair.stream import (
    SWALLOWED,
    Slot,
    Walk,
    Walker,
    bare,
    pair,
)
from cleaner.rules import RuleBook

_WIDE_LETTERS = frozenset(map(chr, [*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]))
_WIDE = regex.compile(r"[\uff01-\uff5e\u3000]")

_MIXED = ("?！?", "?；?")
_ASKED, _BEHIND = "?？?", tuple("，。；、0123456789")
_CONTEXT = 3
_LEAST_GAIN = 7.0  # nats, of the whole stretch
_LEAST_ASKED = 3.0  # the same where only a stranger mixture of marks stands
_LEAST_RATE = 0.7  # nats for each character that the stretch takes
_DROPPED = -3.0  # nats for a pair of bytes of which nothing stands there
_STRANGE = -12.0  # ln p of a character and the next one
_MOST, _MANY = 5, 12  # of so many places every subset is tried, or single ones in and out
_RARE = -6.0  # ln p of a wide Latin letter, beside that of a narrow one
_FEW = 3  # of so many characters out of step one at most is strange for want of such a pair
_PRIVATE_LEADS = frozenset(map(chr, [*range(0xA1, 0xA8), *range(0xAA, 0xB0), *range(0xF8, 0xFF)]))
"""First bytes of pairs that code page 936 gives to private use."""


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
        return batch.once("repair.shift.suspects", _suspects)

    def edits(self, view: View) -> Iterator[Edit]:
        pages = view.of_batch(f"repair.shift of {id(self)}", self._pages)
        found = pages.result(view)
        # Three marks in a row may be what an author wrote: most count only on a page where
        # something was out of step.
        sure = any(f.strong for _, f in found)
        for line, f in found:
            if sure or _telling(view.text[line.start : line.end], f):
                yield _edit(line, f)

    def _pages(self, batch: Batch) -> Pages[list[tuple[Line, Found]]]:
        return Pages(batch, self.suspects, self._found)

    def _found(self, view: View) -> Task[list[tuple[Line, Found]]]:
        lines = lines_with_traces(view)
        if not lines:
            return []
        walker = Walker(self._readings, folded=not _WIDE.search(view.text))
        texts = [view.text[line.start : line.end] for line in lines]
        mended = yield from mend(texts, walker, view.text)
        if any(found.rule == "unmarked" for own in mended for found in own):
            # A page that loses the marks of its cuts may have been cut anywhere.
            lines = list(view.lines)
            texts = [view.text[line.start : line.end] for line in lines]
            mended = yield from mend(texts, walker, view.text, anywhere=True)
        every: list[tuple[Line, Found]] = []
        for line, text, own in zip(lines, texts, mended, strict=True):
            every += [(line, found) for found in own]
            for found in _strays(text, walker):
                if not any(other.start < found.start <= other.end for other in own):
                    every.append((line, found))
        return every


def _suspects(batch: Batch) -> Mask:
    screens = (marked, unmarked, crowded, readings)
    return documents(batch, np.concatenate([screen(batch) for screen in screens]))


def mend(
    lines: Sequence[str], walker: Walker, page: str, *, anywhere: bool = False
) -> Task[list[list[Found]]]:
    """The stretches of each line that go back into step, from left to right. Cuts that left no
    mark are looked for where none left one, or `anywhere`."""
    anchors = [anchors_of(line, walker, anywhere) for line in lines]
    if anywhere:
        return (yield from _mended(lines, anchors, walker, page))
    clear = [[anchor for anchor in own if anchor.rule != "unmarked"] for own in anchors]
    mended = yield from _mended(lines, clear, walker, page)
    rest = [k for k in range(len(lines)) if not mended[k] and len(clear[k]) < len(anchors[k])]
    again = yield from _mended([lines[k] for k in rest], [anchors[k] for k in rest], walker, page)
    for k, found in zip(rest, again, strict=True):
        mended[k] = found
    return mended


def _mended(
    lines: Sequence[str], anchors: Sequence[Sequence[Anchor]], walker: Walker, page: str
) -> Task[list[list[Found]]]:
    """The best of what is found from the anchors of each line, none over another."""
    mended: list[list[Found]] = [[] for _ in lines]
    trials = [
        Trial(number, anchor, walk)
        for number, own in enumerate(anchors)
        for anchor in own
        for walk in _walks(lines[number], anchor, walker)
    ]
    found = (yield from _tried(trials, lines, page)) if trials else []
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
    for match in STRAY.finditer(line):
        data = reader("gbk").table.get(ord(match[1]), "")
        char = pair(data[1], match[2]) if len(data) == 2 else None
        if isinstance(char, str) and walker.reads(char, match[3]):
            yield Found(match.end(2), match.end(), "", 0.0, 0.99, "stray")


def _telling(line: str, found: Found) -> bool:
    """Whether three characters in a row cannot well be what an author wrote: marks of two
    widths, with a comma, a full stop or a digit right behind, a letter behind two marks, or where
    a quote still has to be closed."""
    before, old = line[: found.start], line[found.start : found.end]
    if old in _MIXED or (old == _ASKED and line[found.end : found.end + 1] in _BEHIND):
        return True
    if old[-1].isascii() and old[-1].isalpha():
        return True
    return found.text[-1:] == "”" and before.rfind("“") > before.rfind("”")


def _walks(line: str, anchor: Anchor, walker: Walker) -> list[Walk]:
    marked = anchor.rule != "unmarked"
    return walker.walks(line, anchor.start, anchor.pending, marked=marked)


def _tried(trials: Sequence[Trial], lines: Sequence[str], page: str) -> Task[list[Found | None]]:
    """What each walk gives, if it reads far better than the stretch as it stands."""
    rows = []
    habits, dropped = Habits(page), not holds_private(encode(page))
    for number, anchor, walk in trials:
        slots = walk.slots if anchor.first is None else (anchor.first, *walk.slots)
        line = lines[number]
        ways = [[_place(slot, habits) for slot in slots]]
        if dropped:
            ways += _with_dropped(slots, line[walk.end : walk.end + 1], habits)
        rows.append(Row(line[: anchor.at], ways, line[walk.end :]))
    found = candidates(rows, words_of(bare(page)))
    around = [(row.before, row.after) for row in rows]
    best: list[Likely] = yield Ask(_settled, list(zip(found, around, strict=True)))
    texts: list[str] = []
    for (number, anchor, walk), row, new in zip(trials, rows, best, strict=True):
        left, right = bare(row.before[-12:])[-_CONTEXT:], bare(row.after[:12])[:_CONTEXT]
        old = lines[number][anchor.at : walk.end]
        texts += [left + bare(new.guess) + right, left + bare(old) + right]
    scores: list[float] = yield Ask(_scores, texts)
    gains = [new - old for new, old in zip(scores[::2], scores[1::2], strict=True)]
    return [
        _accepted(trial, lines[trial.line], new, gain)
        for trial, new, gain in zip(trials, best, gains, strict=True)
    ]


def _settled(rows: Sequence[tuple[Possible, tuple[str, str]]]) -> list[Likely]:
    return settled([found for found, _ in rows], [around for _, around in rows], [MUCH] * len(rows))


def _scores(texts: Sequence[str]) -> list[float]:
    found: list[float] = sequence_scores(texts).tolist()
    return found


def _place(slot: Slot, habits: Habits) -> Options:
    if isinstance(slot, str):
        return _wide_letter(slot) if slot in _WIDE_LETTERS else fixed(slot)
    if slot is SWALLOWED:
        return swallowed_on_line(habits)
    return _open(slot, habits.traditional)


_open = lru_cache(maxsize=1 << 10)(written)


@cache
def _wide_letter(char: str) -> Options:
    """A wide Latin letter, for which the model sees a narrow one, which is far less rare."""
    return replace(fixed(char), bias=np.array([_RARE]))


def _with_dropped(slots: Sequence[Slot], after: str, habits: Habits) -> list[list[Options]]:
    """A stretch once more with two characters for some that are strange where they stand: out of
    step, pairs of bytes in the areas of private use are private-use characters, which a later
    reader drops; what stood before such a pair and behind it then makes one character."""
    around = {
        at: _around_dropped(str(slots[at]), habits.traditional) for at in _strange(slots, after)
    }
    places = [at for at, both in around.items() if both]
    ways = []
    for chosen in _subsets(places):
        way: list[Options] = []
        for at, slot in enumerate(slots):
            way += (around[at] if at in chosen else None) or [_place(slot, habits)]
        ways.append(way)
    return ways


def _strange(slots: Sequence[Slot], after: str) -> list[int]:
    """The places of known characters that the model least expects there, few of them; `after` is
    what follows on the last."""
    text = "".join(slot if isinstance(slot, str) and len(slot) == 1 else "\ufffd" for slot in slots)
    scores = load().score_text(text + (after or "\n"))
    pairs = scores[:-1] + scores[1:]  # it is strange to what follows, too
    known = [at for at, char in enumerate(text) if "\x7f" < char < "\ufffd"]
    worst = sorted((at for at in known if pairs[at] < _STRANGE), key=lambda at: float(pairs[at]))
    return sorted(worst[: max(1, len(slots) // _FEW)])


def _subsets(places: Sequence[int]) -> list[tuple[int, ...]]:
    """Those of a few places, none empty; of more all, all but one, and single ones; of many all."""
    count = len(places)
    if count > _MANY:
        return [tuple(places)]
    sizes = {1, count - 1, count} if count > _MOST else range(1, count + 1)
    return [own for size in sizes for own in combinations(places, size)]


@lru_cache(maxsize=1 << 10)
def _around_dropped(slot: str, traditional: bool) -> list[Options] | None:
    """The characters that end and begin with the bytes of a dropped pair between the two bytes of
    a strange one."""
    data = reader("gbk").table.get(ord(slot), "")
    if len(data) != 2:
        return None
    ahead, behind = pair(data[0], LOST) or (), pair(LOST, data[1]) or ()
    first = tuple(c for c in ahead if reader("gbk").table[ord(c)][1] in _PRIVATE_LEADS)
    if not first or not behind:
        return None
    options = _open(first, traditional)
    return [replace(options, bias=options.bias + _DROPPED), _open(tuple(behind), traditional)]


def _accepted(trial: Trial, line: str, new: Likely, gain: float) -> Found | None:
    """What a walk gives, if the gain in ln p and in form is enough."""
    _, anchor, walk = trial
    before, old, after = line[: anchor.at], line[anchor.at : walk.end], line[walk.end :]
    form = Form(before, after, asks=False)
    gain += form.worth(new.text) - form.worth(old) - walk.cost
    least = _LEAST_ASKED if old == _ASKED else _LEAST_GAIN
    if gain < anchor.need * max(least, _LEAST_RATE * (walk.end - anchor.at)):
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
