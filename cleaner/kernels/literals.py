"""One multi-pattern automaton (Aho and Corasick, 1975) for the literals of all rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import fold_text

Ints = npt.NDArray[np.int64]


class Matches(NamedTuple):
    """All occurrences, overlapping ones too, in order of their end; each array shape (k,)."""

    literal: Ints
    start: Ints
    end: Ints


class Automaton:
    """Finds all of `literals` in one pass; both sides are compared in the folded view."""

    def __init__(self, literals: Sequence[str]) -> None:
        self.literals = tuple(literals)
        patterns = [fold_text(literal) for literal in self.literals]
        if not all(patterns):
            raise ValueError("an empty literal would match everywhere")
        self._engine = ahocorasick_rs.AhoCorasick(patterns) if patterns else None

    def find(self, folded: str) -> Matches:
        """Every literal in `folded`, by its number in `literals`."""
        found = (
            self._engine.find_matches_as_indexes(folded, overlapping=True) if self._engine else []
        )
        table = np.array(found, dtype=np.int64).reshape(-1, 3)
        return Matches(table[:, 0], table[:, 1], table[:, 2])
