"""score.completeness: what restore could not put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cleaner.batch import Batch, View
from cleaner.cuts import Lines, lines_of
from cleaner.filter import Bound, Evidence, Values
from cleaner.rules import RuleBook


class Completeness:
    """The Scorer `score.completeness`.

    `cut_starts`, `cut_ends`: lines that begin or end in mid-sentence, by their marks alone;
    `fragment_share`: the share of all characters that stands in such lines.
    """

    name = "score.completeness"
    names: Mapping[str, Bound] = {"cut_starts": "max", "cut_ends": "max", "fragment_share": "max"}

    def __init__(self, book: RuleBook) -> None:
        pass

    def score(self, batch: Batch) -> dict[str, Values]:
        n = len(batch)
        if not n:
            return {name: np.zeros(0) for name in self.names}
        lines = lines_of(batch)
        cut = lines.open_end | lines.bad_start
        inside = np.bincount(lines.doc[cut], lines.size[cut], minlength=n)
        return {
            "cut_starts": _count(lines, lines.bad_start, n),
            "cut_ends": _count(lines, lines.open_end, n),
            "fragment_share": inside / np.maximum(batch.lengths, 1),
        }

    def evidence(self, view: View) -> Iterator[Evidence]:
        lines = lines_of(Batch([view.doc]))
        for flags, signal, note in (
            (lines.bad_start, "cut_starts", "begins in mid-sentence"),
            (lines.open_end, "cut_ends", "ends in mid-sentence"),
        ):
            for at in np.flatnonzero(flags).tolist():
                yield Evidence(int(lines.start[at]), int(lines.end[at]), signal, note)


def _count(lines: Lines, flags: np.ndarray, n: int) -> Values:
    return np.bincount(lines.doc[flags], minlength=n).astype(np.float64)
