"""One multi-pattern automaton (Hyperscan: Wang et al., NSDI 2019) for the literals of all rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import hyperscan
import numpy as np
import numpy.typing as npt

from cleaner.kernels.segments import firsts
from cleaner.kernels.text import Codes, encode, fold_text

Ints = npt.NDArray[np.int64]

_LAST = 0xFFFD
"""Code points beyond the basic plane are seen as this one, so that two bytes are one position."""

_NUMBER = 24
"""Bits of the number of a literal."""


class Matches(NamedTuple):
    """All occurrences, overlapping ones too, sorted by end and number; each array shape (k,)."""

    literal: Ints
    start: Ints
    end: Ints


class Automaton:
    """Finds all of `literals` in one pass; both sides are compared in the folded view.

    The engine reads bytes. It is given UTF-16, two bytes for each code point, so that an even
    offset is a position and no byte offset needs to be counted back to characters.
    Raises ValueError for an empty literal, one with a newline and one outside of the basic plane.
    """

    def __init__(self, literals: Sequence[str]) -> None:
        self.literals = tuple(literals)
        codes = [encode(fold_text(literal)) for literal in self.literals]
        for literal, points in zip(self.literals, codes, strict=True):
            if not _searchable(points):
                wrong = "is empty, holds a newline or lies outside of the basic plane"
                raise ValueError(f"literal {literal!r} {wrong}")
        self._lengths: Ints = np.array([len(points) for points in codes], np.int64)
        self.longest = int(self._lengths.max(initial=1))
        """The length of the longest literal, in code points."""
        self._engine = _compiled(codes) if codes else None

    def find(self, folded: Codes) -> Matches:
        """Every literal in the code points of a folded view, by its number in `literals`."""
        found: list[int] = []  # end and number in one, so that a plain sort orders them
        append = found.append
        if self._engine is not None and len(folded):
            self._engine.scan(
                _utf16(folded),
                match_event_handler=lambda number, _start, end, _flags, _context: append(
                    end << _NUMBER | number
                ),
            )
        table = np.array(found, np.int64)
        table = table[(table >> _NUMBER) % 2 == 0]
        table.sort()
        return self._matches(table & (1 << _NUMBER) - 1, table >> _NUMBER + 1)

    def union(self, one: Matches, two: Matches) -> Matches:
        """The occurrences that are among those of one text or of the other, in order."""
        table = np.concatenate([part.end << _NUMBER | part.literal for part in (one, two)])
        table.sort(kind="stable")  # quick on what is nearly in order
        table = table[firsts(table)]
        return self._matches(table & (1 << _NUMBER) - 1, table >> _NUMBER)

    def _matches(self, literal: Ints, end: Ints) -> Matches:
        return Matches(literal, end - self._lengths.take(literal), end)


def searchable(literal: str) -> bool:
    """Whether an Automaton takes a literal."""
    return _searchable(encode(fold_text(literal)))


def _searchable(points: Codes) -> bool:
    return len(points) > 0 and int(points.max()) < _LAST and ord("\n") not in points


def _compiled(literals: Sequence[Codes]) -> hyperscan.Database:
    engine = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    engine.compile(
        expressions=["".join(f"\\x{byte:02x}" for byte in _utf16(c)).encode() for c in literals],
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[hyperscan.HS_FLAG_DOTALL] * len(literals),
    )
    return engine


def _utf16(folded: Codes) -> bytes:
    return np.minimum(folded, _LAST).astype("<u2").tobytes()
