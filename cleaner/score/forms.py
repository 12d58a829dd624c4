"""Scorer `score.forms`: marks of forms that are no news, such as laws, notices, recipes."""

from __future__ import annotations

from collections.abc import Mapping

from cleaner.filter import Bound
from cleaner.score.weighted import Weighted


class Forms(Weighted):
    """`other_form` in [0, 1]: how surely the text has the form of something else than news, by
    the rules of `rules/score/forms`.

    A form shows where wording does not: a law speaks like a party paper, but in articles.
    """

    name = "score.forms"
    names: Mapping[str, Bound] = {"other_form": "max"}
