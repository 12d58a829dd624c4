"""Scorer `score.removed`: how much of the page the earlier stages took away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from cleaner.batch import Batch, View
from cleaner.document import Change, Document, Piece, Put
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.text import encode, space_table
from cleaner.rules import RuleBook

_STAGES = ("strip.", "restore.")
_LONG = 500
"""Longer texts are weighed as arrays: four times as fast."""


class Removed:
    """`removed_share`: the share of characters that strip and restore took away.

    Blanks do not count, nor does what repair removed (annotations, invisible characters).
    """

    name = "score.removed"
    names: Mapping[str, Bound] = {"removed_share": "max"}

    def __init__(self, book: RuleBook) -> None:
        pass

    def score(self, batch: Batch) -> dict[str, Values]:
        shares = [removed_share(doc) if doc.changes else 0.0 for doc in batch.docs]
        return {"removed_share": np.array(shares, np.float64)}

    def evidence(self, view: View) -> Iterable[Evidence]:
        return ()


def removed_share(doc: Document) -> float:
    """The share that was taken away over all changes.

    Each change keeps a share of the ranges that it covers (a part of a split page covers only
    its own), and the shares multiply.
    """
    kept = 1.0
    weight: int | None = None
    for change in doc.changes:
        if change.filter.startswith(_STAGES):
            gone, covered, weight = _taken(change, weight)
            kept *= 1.0 - gone / covered if covered else 1.0
        else:
            weight = None
    return 1.0 - kept


def _taken(change: Change, weight: int | None) -> tuple[int, int, int]:
    """(gone, covered, left) of one change, in characters that are no blanks; `weight` is that of
    its source, where it is known: what the change before left of it."""
    source, pieces = change.source, change.pieces
    if sum([piece.end - piece.start for piece in pieces]) < len(source):
        weight = sum(_weight(source[a:b]) for a, b in _joined(pieces))
    covered = _weight(source) if weight is None else weight
    puts = [piece for piece in pieces if isinstance(piece, Put)]
    gone = sum(_weight(source[a:b]) for a, b in _joined([put for put in puts if not put.text]))
    left = covered - gone
    for put in puts:
        if put.text:
            old, new = _weight(source[put.start : put.end]), _weight(put.text)
            gone += max(0, old - new)
            left += new - old
    return gone, covered, left


def _joined(pieces: Iterable[Piece]) -> Iterator[tuple[int, int]]:
    """The source ranges of some pieces, those that follow each other as one."""
    first = last = 0
    for piece in pieces:
        if piece.start != last:
            yield first, last
            first = piece.start
        last = piece.end
    yield first, last


def _weight(text: str) -> int:
    """How many characters of a text are no blanks."""
    if len(text) < _LONG:
        return len("".join(text.split()))
    return len(text) - int(space_table().take(encode(text)).sum())
