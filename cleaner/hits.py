"""The literals of rules in a batch, and how they move with the text that edits leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from cleaner.document import Document, Keep
from cleaner.kernels.literals import Automaton, Matches
from cleaner.kernels.segments import places_of
from cleaner.kernels.text import Codes

Ints = npt.NDArray[np.int64]

Stretch = tuple[int, int, int]
"""The code points [start, end) of an old batch, and where they begin in the new one."""

_NEWLINE = 10


def stretches_of(old: Document, start: int, new: Sequence[Document], to: int) -> Iterator[Stretch]:
    """What is left of a document that stood at `start` in those that take its place from `to` on,
    each with its newline; nothing where these do not say what they were made of."""
    newline = start + len(old.text)
    for doc in new:
        at = to
        to += len(doc.text) + 1
        if not doc.changes or doc.changes[-1].source is not old.text:
            continue
        for piece in doc.changes[-1].pieces:
            if not isinstance(piece, Keep):
                at += len(piece.text)
            elif piece.end > piece.start:
                yield start + piece.start, start + piece.end, at
                at += piece.end - piece.start
        yield newline, newline + 1, to - 1


def hits_after(
    old: Matches, stretches: Sequence[Stretch], folded: Codes, automaton: Automaton
) -> Matches:
    """The hits of a new batch, of which some stretches are those of an old one.

    What lies within a stretch has moved with it. Anything else lies in new text or across a
    border, so that only this is looked through.
    """
    if not stretches:
        return automaton.find(folded)
    kept = np.array(stretches, np.int64)
    first, last = _windows(kept[np.argsort(kept[:, 2], kind="stable")], folded, automaton.longest)
    places, starts = places_of(first, last - first + 1)
    codes = folded.take(places, mode="clip")
    codes[starts + last - first] = _NEWLINE
    found = automaton.find(codes)
    window = np.searchsorted(starts, found.start, "right") - 1
    moved = _moved(old, kept[np.argsort(kept[:, 0], kind="stable")])
    return automaton.union(moved, _shifted(found, (first - starts).take(window)))


def _moved(old: Matches, kept: Ints) -> Matches:
    """The hits within stretches, which are sorted by their start."""
    start, end, to = kept.T
    place = np.searchsorted(start, old.start, "right") - 1
    inside = np.flatnonzero((place >= 0) & (old.end <= end.take(place)))
    hits = Matches(*(column.take(inside) for column in old))
    return _shifted(hits, (to - start).take(place[inside]))


def _shifted(hits: Matches, by: Ints) -> Matches:
    return Matches(hits.literal, hits.start + by, hits.end + by)


def _windows(kept: Ints, folded: Codes, longest: int) -> tuple[Ints, Ints]:
    """Where a hit may lie that no stretch holds, the stretches being sorted by where they are now:
    [first, last) around what is new and around each border but those at the end of a line."""
    start, end, to = kept.T
    behind = np.append(0, to + end - start)
    before = np.append(to, len(folded))
    line = (behind == 0) | (behind == len(folded))
    line |= folded.take(behind - 1, mode="clip") == _NEWLINE
    line |= folded.take(behind, mode="clip") == _NEWLINE
    new = (behind < before) | ~line
    first = np.maximum(behind[new] - longest + 1, 0)
    last = np.minimum(before[new] + longest - 1, len(folded))
    apart = first[1:] > last[:-1]
    return first[np.append(True, apart)[: len(first)]], last[np.append(apart, True)[: len(last)]]
