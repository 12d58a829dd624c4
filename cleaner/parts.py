"""The history of a part of a split page: what was done to it, and nothing of its neighbours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from cleaner.document import Change, Keep, Piece, Put

Range = tuple[int, int]


class _Sifted(NamedTuple):
    """What of a change leads to the part: its pieces, and where their text stands in the output,
    both in order."""

    change: Change
    pieces: list[Piece]
    places: list[Range]


def own_changes(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes of a part, made as if its ranges had been taken out of the page at first.

    They replay from the page as it came in to the same text as `changes` do, and ranges map to
    the same source ranges. What was done to other parts is not among them: an edit belongs to the
    part that its place came to. Changes of what was never split are returned as they are.
    """
    splits = [number for number, change in enumerate(changes) if not _covers(change)]
    if not splits or splits[-1] == 0:
        return tuple(changes)
    last = splits[-1]
    wanted: list[Range] = [(0, len(changes[last].replay()))]
    sifted: list[_Sifted] = []
    for change in reversed(changes[: last + 1]):
        sifted.append(_leading_to(change, wanted))
        wanted = _joined(sorted((piece.start, piece.end) for piece in sifted[-1].pieces))
    cut = Change(changes[last].filter, changes[0].source, tuple(Keep(*span) for span in wanted))
    return (cut, *_replayed(cut.replay(), reversed(sifted), wanted), *changes[last + 1 :])


def _covers(change: Change) -> bool:
    """Whether the pieces are all of the source; those of a part are not."""
    return sum(piece.end - piece.start for piece in change.pieces) == len(change.source)


def _leading_to(change: Change, wanted: Sequence[Range]) -> _Sifted:
    """The pieces that make the wanted ranges of the output: new text whole, kept text cut to
    them. A deletion leaves no text: it goes with the character that follows it, or, at the very
    end, with the one before."""
    pieces: list[Piece] = []
    places: list[Range] = []
    ends = [end for _, end in wanted]
    size = sum(_size(piece) for piece in change.pieces)
    at = 0
    for piece in change.pieces:
        until = at + _size(piece)
        alone = until == at
        last = bisect_left(ends, at if alone and at == size else at + 1)
        for start, end in wanted[last:]:
            if start >= until + alone:
                break
            if isinstance(piece, Put):
                pieces.append(piece)
                places.append((at, until))
                break
            first, stop = max(start, at), min(end, until)
            pieces.append(Keep(piece.start + first - at, piece.start + stop - at))
            places.append((first, stop))
        at = until
    return _Sifted(change, pieces, places)


def _replayed(text: str, sifted: Iterable[_Sifted], ranges: Sequence[Range]) -> Iterable[Change]:
    """The sifted changes on `text`, which is what `ranges` of the source of the first one hold;
    those that leave the part as it is are passed over."""
    for change, pieces, places in sifted:
        at = _shifts(ranges)
        own = [piece._replace(start=at(piece.start), end=at(piece.end)) for piece in pieces]
        new = Change(change.filter, text, tuple(_merged(own)))
        if new.pieces not in ((), (Keep(0, len(text)),)):
            yield new
            text = new.replay()
        ranges = _joined(places)


def _shifts(ranges: Sequence[Range]) -> Callable[[int], int]:
    """Where a place of a text stands once only these ranges of it are left."""
    starts = [start for start, _ in ranges]
    before = [0, *accumulate(end - start for start, end in ranges)]

    def shifted(at: int) -> int:
        number = max(0, bisect_right(starts, at) - 1)
        return min(before[number] + max(0, at - starts[number]), before[number + 1])

    return shifted


def _size(piece: Piece) -> int:
    return piece.end - piece.start if isinstance(piece, Keep) else len(piece.text)


def _joined(spans: Sequence[Range]) -> list[Range]:
    """Sorted ranges, those that touch as one."""
    if not spans:
        return [(0, 0)]
    breaks = [n for n, (one, other) in enumerate(pairwise(spans), 1) if other[0] > one[1]]
    return [(spans[a][0], spans[b - 1][1]) for a, b in pairwise([0, *breaks, len(spans)])]


def _merged(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """The pieces, kept ranges that follow each other as one."""
    waiting: Keep | None = None
    for piece in pieces:
        if isinstance(piece, Keep) and waiting and waiting.end == piece.start:
            waiting = Keep(waiting.start, piece.end)
            continue
        if waiting:
            yield waiting
        waiting = piece if isinstance(piece, Keep) else None
        if isinstance(piece, Put):
            yield piece
    if waiting:
        yield waiting
