"""`python -m benchmarks.train_score news|coherence|combined OUT`: the weights of the score room
from the training split of the corpora behind CLEANER_DATA."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.kinds import TRAINED, news, others
from benchmarks.score import mixed, signals
from cleaner.models.news import to_bytes
from cleaner.score.combined import Line, combination, product
from cleaner.train.coherence import train_coherence
from cleaner.train.combined import as_toml, calibration, lines
from cleaner.train.news import train_news

_FITTED = ("news", "unity", "order", "coherence")
"""The parts whose lines are learned; those of the others are set by hand."""

_SEEDS = range(9, 18)
"""Draws of the mix behind the lines of `combined`."""

_OTHER_KINDS = 1.3
"""What a text of another kind counts there beside a damaged one."""


def news_model() -> bytes:
    """Lists of titles are left out: they are written like news, and told apart by other parts."""
    good = {source: news(source, "train") for source in TRAINED}
    bad = {kind: texts for kind, texts in others("train").items() if kind != "title_list"}
    return to_bytes(train_news(good, bad, leave_out=False).model)


def coherence_model() -> bytes:
    """Tables from the training split, their weights from the development split."""
    train = {source: news(source, "train") for source in TRAINED}
    held = {source: news(source, "dev") for source in TRAINED}
    return train_coherence(train, held, report=lambda text: print(text)).to_bytes()  # noqa: T201


def combined_tables() -> bytes:
    """The learned tables of `news_coherence.toml`, from the development split."""
    drawn = [mixed("dev", str, seed) for seed in _SEEDS]
    found = signals([text for texts, _ in drawn for text in texts])
    truth = np.concatenate([known for _, known in drawn])
    by_hand = {name: line for name, line in combination().parts.items() if name not in _FITTED}
    known = product({name: line(found[name]) for name, line in by_hand.items()})
    counts = np.concatenate([_counts(len(texts)) for texts, _ in drawn])
    fitted = lines({name: found[name] for name in _FITTED}, known, truth, counts)
    for name, (at, value) in fitted.items():
        known = known * Line(tuple(at), tuple(value))(found[name])
    tables = {f"parts.{name}": points for name, points in fitted.items()}
    tables["calibration"] = calibration(known, truth, np.ones(len(truth)))
    return as_toml(tables).encode()


def _counts(size: int) -> npt.NDArray[np.float64]:
    """How much each text of a mix counts: half of it is sound, a quarter of another kind."""
    return np.repeat([1.0, 1.0, _OTHER_KINDS, 1.0], size // 4)


if __name__ == "__main__":
    makers = {"news": news_model, "coherence": coherence_model, "combined": combined_tables}
    Path(sys.argv[2]).write_bytes(makers[sys.argv[1]]())
