"""Scorer `score.forms`: marks of forms that are no news, such as laws, notices, recipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.rules import RuleBook
from cleaner.score.weighted import Weighted


class Forms:
    """`other_form` in [0, 1]: how surely the text has the form of something else than news, by
    the rules of `rules/score/forms`; see `Weighted`.

    A form shows where wording does not: a law speaks like a party paper, but in articles.
    """

    name = "score.forms"
    names: Mapping[str, Bound] = {"other_form": "max"}

    def __init__(self, book: RuleBook) -> None:
        self._marks = Weighted(book, self.name)

    def score(self, batch: Batch) -> dict[str, Values]:
        return {"other_form": self._marks.values(batch)}

    def evidence(self, view: View) -> Iterator[Evidence]:
        for rule, start, end in self._marks.found(view):
            yield Evidence(start, end, "other_form", rule.id)
