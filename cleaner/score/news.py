"""Scorer `score.news`: is the text news in kind?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from cleaner.batch import Batch, View
from cleaner.cuts import is_report
from cleaner.filter import Bound, Evidence, Values
from cleaner.models.linear import Linear
from cleaner.models.news import load
from cleaner.rules import RuleBook
from cleaner.score.streams import stream_of_batch

_CAP = 30.0

REPORT = 4.0
"""What the opening of a report adds to the log-odds of news: no kind of other text has one, so
the value is set, not learned."""


class News:
    """`news` in [0, 1]: how likely the wording is that of news and not of a paper, a law, a
    review, a recipe … (the kinds that `clean train news` was shown).

    A hashed linear model over the letters of the folded text: neither punctuation, width,
    script, length nor the number of paragraphs is seen. A text that opens as a report does
    (本报讯, …3月2日电) has REPORT more. `model` names a file of your own.
    """

    name = "score.news"
    names: Mapping[str, Bound] = {"news": "min"}

    def __init__(self, book: RuleBook, *, model: str | None = None) -> None:
        self._path = Path(model) if model else None
        if self._path:
            load(self._path)  # a fault is told before the first document, not at each of them

    def score(self, batch: Batch) -> dict[str, Values]:
        if not len(batch):
            return {"news": np.zeros(0)}
        return {"news": chances(load(self._path) if self._path else load(), batch)}

    def evidence(self, view: View) -> Iterable[Evidence]:
        return ()


def chances(model: Linear, batch: Batch) -> Values:
    """How likely a model says that each text is news, and its opening."""
    logits = model.logits(stream_of_batch(batch)) + REPORT * is_report(batch)
    found: Values = 1 / (1 + np.exp(-np.clip(logits, -_CAP, _CAP)))
    return found
