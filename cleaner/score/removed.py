"""Scorer `score.removed`: how much of the page the earlier stages took away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cleaner.batch import Batch, View
from cleaner.document import Change, Document, Put
from cleaner.filter import Bound, Evidence, Values
from cleaner.rules import RuleBook

_STAGES = ("strip.", "restore.")


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
    for change in doc.changes:
        if change.filter.startswith(_STAGES):
            kept *= _kept(change)
    return 1.0 - kept


def _kept(change: Change) -> float:
    gone = covered = 0
    for piece in change.pieces:
        size = _weight(change.source[piece.start : piece.end])
        covered += size
        if isinstance(piece, Put):
            gone += max(0, size - _weight(piece.text))
    return 1.0 - gone / covered if covered else 1.0


def _weight(text: str) -> int:
    return len("".join(text.split()))
