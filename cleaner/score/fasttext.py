"""Scorer `score.fasttext`: a fastText model of your own, by one line in a recipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cleaner.batch import Batch, View
from cleaner.errors import RecipeError
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.text import fold_text
from cleaner.rules import RuleBook

Preprocess = Literal["none", "fold", "characters"]


class FastText:
    """The probability that a fastText classifier gives to one label.

    Options: `path` of the model (.bin or .ftz), `label` (with or without `__label__`), `signal`
    (the name of the number, `fasttext` unless given), `preprocess`: `none` (line breaks become
    blanks, which fastText asks for), `fold` (the folded view besides), or `characters` (folded,
    a blank between any two characters, for models trained that way), and `good`: whether
    `high` or `low` values are those of good text.

    In a recipe: `[options]` `"score.fasttext" = { path = "my.bin", label = "news" }`.
    """

    name = "score.fasttext"

    def __init__(
        self,
        book: RuleBook,
        *,
        path: str = "",
        label: str = "",
        signal: str = "fasttext",
        preprocess: Preprocess = "fold",
        good: Literal["high", "low"] = "high",
    ) -> None:
        if preprocess not in ("none", "fold", "characters"):
            raise RecipeError(
                f'options of {self.name}: preprocess = "{preprocess}"; '
                "there are none, fold and characters"
            )
        if path:
            _check(path)  # a fault is told before the first document, not at each of them
        self._path = path
        self._label = label if label.startswith("__label__") else f"__label__{label}"
        self._signal = signal
        self._preprocess = preprocess
        self.names: Mapping[str, Bound] = {signal: "min" if good == "high" else "max"}

    def score(self, batch: Batch) -> dict[str, Values]:
        if not self._path:
            # Without a model there is nothing to say: NaN breaks no limit.
            return {self._signal: np.full(len(batch), np.nan)}
        model = _model(self._path)
        values = [self._chance(model, doc.text) for doc in batch.docs]
        return {self._signal: np.array(values, np.float64)}

    def evidence(self, view: View) -> Iterable[Evidence]:
        return ()

    def _chance(self, model: Any, text: str) -> float:
        line = " ".join(text.split())
        if self._preprocess != "none":
            line = fold_text(line)
        if self._preprocess == "characters":
            line = " ".join(line.replace(" ", ""))
        labels, chances = model.predict(line, k=-1)
        found = dict(zip(labels, chances, strict=True))
        return float(min(1.0, max(0.0, found.get(self._label, 0.0))))


def _check(path: str) -> None:
    if not Path(path).is_file():
        raise RecipeError(f"score.fasttext: no model {path}; write the path of a .bin or .ftz file")


@cache
def _model(path: str) -> Any:
    """The model, once a process. fastText itself is imported only here: it costs time."""
    _check(path)
    import fasttext

    try:
        return fasttext.load_model(path)
    except ValueError as error:
        raise RecipeError(f"score.fasttext: {path} is no fastText model: {error}") from error
