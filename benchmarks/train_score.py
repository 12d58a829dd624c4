"""`python -m benchmarks.train_score news|coherence|combined OUT`: the weights of the score room
from the training split of the corpora behind CLEANER_DATA."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.kinds import TRAINED, articles, news, others
from benchmarks.score import mixed, signals
from cleaner.models.news import to_bytes
from cleaner.score.combined import Combination, combination, line_of, product
from cleaner.train.coherence import train_coherence
from cleaner.train.combined import DAMAGED, GOOD, OTHER, as_toml, calibration, lines
from cleaner.train.news import train_news

_KIND = ("news", "unity", "order")
"""The parts that say whether a text is news in kind: what is none hardly ever stands in the order
in which news is told (the line of `coherence` came out level)."""

_FORM = "other_form"
"""A part of the kind whose line is set by hand: few texts of the mix have such a form."""

_PIECE = ("unity", "order", "coherence")
"""The parts that say whether a text is in one piece."""

_OF_EXCERPTS = ("terminal_punctuation", "fragment_share")
"""Parts that are low for excerpts of sound news, too: the lines of the piece are learned without
them, or they would be slack to make up for it."""

_SEEDS = range(9, 18)
"""Draws of the mix behind the lines of `combined`."""


def news_model() -> bytes:
    """Lists of titles are left out: they are written like news, and told apart by other parts."""
    good = {source: news(source, "train") for source in TRAINED}
    bad = {kind: texts for kind, texts in others("train").items() if kind != "title_list"}
    return to_bytes(train_news(good, bad, leave_out=False).model)


def coherence_model() -> bytes:
    """Tables from the training split, their weights from the development split."""
    train = {source: articles(source, "train") for source in TRAINED}
    held = {source: articles(source, "dev") for source in TRAINED}
    return train_coherence(train, held, report=lambda text: print(text)).to_bytes()  # noqa: T201


def combined_tables() -> bytes:
    """The learned tables of `news_coherence.toml`, from the development split."""
    drawn = [mixed("dev", str, seed) for seed in _SEEDS]
    found = signals([text for texts, _ in drawn for text in texts])
    truth = np.concatenate([_truth(len(texts)) for texts, _ in drawn])
    by_hand, form = combination().parts, {_FORM: combination().kind[_FORM]}
    whole = {name: line for name, line in by_hand.items() if name not in _OF_EXCERPTS}
    known = np.column_stack([product({**by_hand, **form}, found), product(whole, found)])
    kind, piece = ({name: found[name] for name in names} for names in (_KIND, _PIECE))
    fitted = lines(kind, piece, known, truth)
    own, other = ({n: line_of(*p) for n, p in group.items()} for group in fitted[:2])
    made = Combination(by_hand, {**form, **own}, other, fitted.share, combination().calibration)
    tables = {f"kind.{name}": points for name, points in fitted.kind.items()}
    tables |= {f"piece.{name}": points for name, points in fitted.piece.items()}
    tables["calibration"] = calibration(made.mean(found), truth == GOOD, np.ones(len(truth)))
    return f"share = {fitted.share:.6g}\n\n{as_toml(tables)}".encode()


def _truth(size: int) -> npt.NDArray[np.int64]:
    """What the texts of a mix are: half of them sound, a quarter of another kind."""
    return np.repeat([GOOD, GOOD, OTHER, DAMAGED], size // 4)


if __name__ == "__main__":
    makers = {"news": news_model, "coherence": coherence_model, "combined": combined_tables}
    Path(sys.argv[2]).write_bytes(makers[sys.argv[1]]())
