"""`python -m benchmarks.train_score news|coherence|pyramid|combined OUT`: the weights of the score
room from the training split of the corpora behind CLEANER_DATA."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.kinds import TRAINED, articles, news, others
from benchmarks.score import mixed, news_by, signals
from cleaner.models.coherence import load
from cleaner.models.linear import Linear
from cleaner.models.news import to_bytes
from cleaner.score.combined import Combination, combination, line_of, product
from cleaner.train.coherence import train_coherence
from cleaner.train.combined import DAMAGED, GOOD, OTHER, Fitted, as_toml, calibration, lines
from cleaner.train.incoherent import DAMAGES
from cleaner.train.news import train_news
from cleaner.train.pyramid import with_pyramid

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]

_KIND = ("news", "pyramid", "unity", "order")
"""The parts that say whether a text is news in kind: what is none hardly ever stands in the order
in which news is told (the line of `coherence` came out level)."""

_BY_HAND = ("other_form", "narration")
"""Parts of the kind whose lines are set by hand: few texts of the mix have such a form, and none
is a novel."""

_PIECE = ("unity", "order", "coherence")
"""The parts that say whether a text is in one piece."""

_OF_EXCERPTS = ("terminal_punctuation", "fragment_share")
"""Parts that are low for excerpts of sound news, too: the lines of the piece are learned without
them, or they would be slack to make up for it."""

_SEEDS = range(9, 18)
"""Draws of the mix behind the lines of `combined`."""


def news_model() -> bytes:
    """The model of all kinds and sources."""
    return to_bytes(news_without(""))


@cache
def news_without(name: str) -> Linear:
    """A model that has not seen a source or a kind. Lists of titles are left out in any case: they
    are written like news, and told apart by other parts."""
    good = {source: news(source, "train") for source in TRAINED if source != name}
    kinds = others("train").items()
    bad = {kind: texts for kind, texts in kinds if kind not in (name, "title_list")}
    return train_news(good, bad, leave_out=False).model


def coherence_model() -> bytes:
    """Tables from the training split, their weights from the development split."""
    train = {source: articles(source, "train") for source in TRAINED}
    model = train_coherence(train, held_back(), report=lambda text: print(text))  # noqa: T201
    return with_pyramid(model, held_back(), others("dev"), seed=0).to_bytes()


def pyramid() -> bytes:
    """The shipped model of coherence with the weights of `pyramid` learned anew."""
    return with_pyramid(load(), held_back(), others("dev"), seed=0).to_bytes()


def held_back() -> dict[str, tuple[str, ...]]:
    """The articles from which weights are learned."""
    return {source: articles(source, "dev") for source in TRAINED}


def combined_tables() -> bytes:
    """The learned tables of `news_coherence.toml`, from the development split."""
    texts, kind = drawn()
    found = signals(texts)
    made, fitted = combined({**found, "news": as_unseen(texts, kind, found["news"])}, kind)
    tables = {f"kind.{name}": points for name, points in fitted.kind.items()}
    tables |= {f"piece.{name}": points for name, points in fitted.piece.items()}
    tables["calibration"] = calibration(made.mean(found), kind == "news", np.ones(len(kind)))
    return f"share = {fitted.share:.6g}\n\n{as_toml(tables)}".encode()


def drawn() -> tuple[list[str], Names]:
    """The texts from which the tables are learned, and what each is."""
    draws = [mixed("dev", str, seed) for seed in _SEEDS]
    return [text for texts, _ in draws for text in texts], np.concatenate([k for _, k in draws])


def as_unseen(texts: Sequence[str], kind: Names, news: Floats) -> Floats:
    """`news` of texts as it would be if nobody had seen their kind: a crawl has kinds that nobody
    has seen, and of the others the model is surer than it ever is of these."""
    found = news.copy()
    for name in set(others("train")) - {"title_list"}:
        own = np.flatnonzero(kind == name)
        found[own] = news_by(news_without(name), [texts[number] for number in own])
    return found


def combined(found: Mapping[str, Floats], kind: Names) -> tuple[Combination, Fitted]:
    """Lines learned from signals of texts of these kinds, and the table with them."""
    by_hand, form = combination().parts, {name: combination().kind[name] for name in _BY_HAND}
    whole = {name: line for name, line in by_hand.items() if name not in _OF_EXCERPTS}
    known = np.column_stack([product({**by_hand, **form}, found), product(whole, found)])
    parts = ({name: found[name] for name in names} for names in (_KIND, _PIECE))
    truth = np.select([kind == "news", np.isin(kind, list(DAMAGES))], [GOOD, DAMAGED], OTHER)
    fitted = lines(*parts, known, truth)
    own, other = ({n: line_of(*p) for n, p in group.items()} for group in fitted[:2])
    last = combination().calibration
    return Combination(by_hand, {**form, **own}, other, fitted.share, last), fitted


if __name__ == "__main__":
    makers = {
        "news": news_model,
        "coherence": coherence_model,
        "pyramid": pyramid,
        "combined": combined_tables,
    }
    Path(sys.argv[2]).write_bytes(makers[sys.argv[1]]())
