"""Scorer `score.filler`: marks of text that no reporter wrote."""

from __future__ import annotations

from collections.abc import Mapping

from cleaner.filter import Bound
from cleaner.score.weighted import Weighted


class Filler(Weighted):
    """`machine_filler` in [0, 1]: how surely the text was made by a machine or rewritten by one,
    by the rules of `rules/score/filler`."""

    name = "score.filler"
    names: Mapping[str, Bound] = {"machine_filler": "max"}
