"""The core types: a document, and the changes that can be replayed on it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from operator import le, lt
from types import MappingProxyType
from typing import Any, NamedTuple

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Keep(NamedTuple):
    """The source range [start, end), in code points, carried over as it is."""

    start: int
    end: int


class Put(NamedTuple):
    """`text` in place of the source range [start, end); a deletion puts the empty text."""

    text: str
    start: int
    end: int
    rule: str
    confidence: float = 1.0


Piece = Keep | Put


class Edit(NamedTuple):
    """What an Editor proposes: `new` for [start, end) of the text that it saw.

    With `field` the text that goes fills this field of the document's metadata.
    """

    start: int
    end: int
    new: str
    rule: str
    confidence: float = 1.0
    field: str | None = None


def deletions(starts: Iterable[int], ends: Iterable[int], rule: str) -> list[Edit]:
    """The Edits that take away the ranges [start, end), all by one rule."""
    fields = zip(starts, ends, repeat(""), repeat(rule), repeat(1.0), repeat(None), strict=False)
    return list(map(_EDIT, fields))


_EDIT, _PUT, _KEEP = (
    partial(tuple.__new__, Edit),
    partial(tuple.__new__, Put),
    partial(tuple.__new__, Keep),
)
"""An Edit or a Piece of its fields, in a quarter of the time of a call: pages lose many lines."""


@dataclass(frozen=True, slots=True)
class Change:
    """One pass of one filter over one text.

    The output is the concatenation of the pieces. The ranges of the pieces partition the
    source; where a page was split, the pieces of all its parts together do.
    """

    filter: str
    source: str
    pieces: tuple[Piece, ...]

    def replay(self) -> str:
        """The output, made anew from the source."""
        return "".join(
            self.source[p.start : p.end] if isinstance(p, Keep) else p.text for p in self.pieces
        )

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The smallest source range that holds all that output [start, end) came from."""
        low, high, at = len(self.source), 0, 0
        touched = False
        for piece in self.pieces:
            size = piece.end - piece.start if isinstance(piece, Keep) else len(piece.text)
            inside = at < end and at + size > start
            # An empty output range lies at a seam: it belongs to the piece that it touches.
            if inside or (start == end and at <= start <= at + size):
                first, last = piece.start, piece.end
                if isinstance(piece, Keep):
                    first = piece.start + max(0, start - at)
                    last = piece.start + min(size, end - at)
                low, high, touched = min(low, first), max(high, last), True
            at += size
        return (low, high) if touched else (0, 0)

    @property
    def puts(self) -> tuple[Put, ...]:
        """The pieces that changed something."""
        return tuple(p for p in self.pieces if isinstance(p, Put))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document was dropped: the measured value beside the limit that it broke.

    `span` is a range of the input text. For a duplicate, `twin` is the id of the document
    that was kept, and `value` the similarity.
    """

    filter: str
    signal: str
    value: float | None = None
    limit: float | None = None
    span: tuple[int, int] | None = None
    twin: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fields that are set, ready for JSON."""
        pairs = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in pairs.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Document:
    """An immutable text with its history; every stage returns a new one."""

    id: str
    text: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    part_of: str | None = None

    @property
    def kept(self) -> bool:
        """True while nothing speaks against the document."""
        return not self.reasons

    @property
    def original(self) -> str:
        """The text as it came in."""
        return self.changes[0].source if self.changes else self.text

    @property
    def edits(self) -> int:
        """How many spots were changed."""
        return sum(len(change.puts) for change in self.changes)

    def changed(self, change: Change, meta: Mapping[str, Any] = _NOTHING) -> Document:
        """The document after `change`, with `meta` added to its metadata."""
        merged = {**self.meta, **meta} if meta else self.meta
        changes = (*self.changes, change)
        text = change.replay()
        return Document(self.id, text, merged, changes, self.signals, self.reasons, self.part_of)

    def judged(self, signals: Mapping[str, float], reasons: tuple[Reason, ...]) -> Document:
        """The document with its signals, and with `reasons` added to those it has."""
        return Document(
            self.id,
            self.text,
            self.meta,
            self.changes,
            signals,
            self.reasons + reasons,
            self.part_of,
        )

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text that [start, end) of the present text came from."""
        for change in reversed(self.changes):
            start, end = change.to_source(start, end)
        return start, end


def settle(edits: Iterable[Edit]) -> list[Edit]:
    """The edits that stand once overlaps are settled, in order of position.

    A longer edit beats a shorter one; among equals the earlier rule (by the order in which
    the filter proposed them) wins. An insertion overlaps only what it lies strictly inside of.
    """
    edits = list(edits)
    starts, ends = [edit[0] for edit in edits], [edit[1] for edit in edits]
    if all(map(le, ends, starts[1:])) and all(map(lt, starts, ends[1:])):
        return edits  # as most filters propose them: in order, and none of them empty twice
    ranked = sorted(enumerate(edits), key=lambda pair: (pair[1].start - pair[1].end, pair[0]))
    taken: list[Edit] = []
    free: list[tuple[int, int]] = []
    for _, edit in ranked:
        span = (edit.start, edit.end)
        if _overlaps(free, span):
            continue
        _insert(free, span)
        taken.append(edit)
    return sorted(taken, key=lambda edit: (edit.start, edit.end))


def change_from_edits(name: str, source: str, edits: Sequence[Edit]) -> Change:
    """The Change that settled edits make of `source`; see `settle`."""
    pieces: list[Piece] = []
    at = 0
    for start, end, new, rule, confidence, _ in edits:
        if start > at:
            pieces.append(_KEEP((at, start)))
        pieces.append(_PUT((new, start, end, rule, confidence)))
        at = end
    if at < len(source):
        pieces.append(Keep(at, len(source)))
    return Change(name, source, tuple(pieces))


def _overlaps(spans: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    at = bisect_left(spans, span)
    if at < len(spans):
        following = spans[at]
        if following == span or following[0] < span[1]:
            return True
    return at > 0 and spans[at - 1][1] > span[0]


def _insert(spans: list[tuple[int, int]], span: tuple[int, int]) -> None:
    insort(spans, span)
