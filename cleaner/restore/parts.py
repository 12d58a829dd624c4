"""Parts of a page that stand one below the other: each becomes a document."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cleaner.document import Keep, Piece, Put


def parts_of(text: str, edges: Sequence[int], rule: str) -> list[list[Piece]]:
    """The pieces of each part between two of these edges, in order: what stands there, without
    the blanks behind it."""
    lasts = [start + len(text[start:end].rstrip()) for start, end in pairwise(edges)]
    return [
        [Keep(start, last), Put("", last, end, rule)]
        for (start, end), last in zip(pairwise(edges), lasts, strict=True)
    ]
