"""`python -m benchmarks.train_score news|coherence|calibration OUT`: the weights of the score room
from the training split of the corpora behind CLEANER_DATA."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from benchmarks.kinds import TRAINED, news, others
from benchmarks.score import mixed, scores
from cleaner.models.news import to_bytes
from cleaner.score.combined import combination, product
from cleaner.train.coherence import train_coherence
from cleaner.train.combined import as_toml, calibration
from cleaner.train.news import train_news


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


def calibration_table() -> bytes:
    """The last table of `news_coherence.toml`, from the development split."""
    texts, truth = mixed("dev", str, seed=9)
    found = scores(texts)
    products = product({name: found[name] for name in combination().parts})
    return as_toml(calibration(products, truth, np.ones(len(truth)))).encode()


if __name__ == "__main__":
    makers = {"news": news_model, "coherence": coherence_model, "calibration": calibration_table}
    Path(sys.argv[2]).write_bytes(makers[sys.argv[1]]())
