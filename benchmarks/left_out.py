"""News known from kinds of text and by sources that no part of the score has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from benchmarks.kinds import NEWS, TRAINED, articles, others, sized
from benchmarks.score import news_by, signals
from benchmarks.train_score import as_unseen, combined, drawn, held_back, news_without
from cleaner.models.coherence import load
from cleaner.score.combined import Combination, product
from cleaner.score.judged import doc_inputs, pyramid_inputs
from cleaner.train.coherence import judged_of
from cleaner.train.measures import auc
from cleaner.train.pyramid import Built, built, pyramid_weights

Form = Callable[[str], str]
Figures = dict[str, float]
Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]

_EACH = 200


@dataclass(frozen=True)
class Known:
    """Texts with all that is known of them: their signals, and what `pyramid` is made of."""

    texts: Sequence[str]
    signals: dict[str, Floats]
    built: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> Known:
        """All about some texts."""
        model = load()
        return cls(
            texts, signals(texts), pyramid_inputs(doc_inputs(judged_of(model, texts), model), model)
        )

    def without(self, name: str, pyramid: Floats) -> dict[str, Floats]:
        """The signals, `news` by a model that has not seen one kind or source, and `pyramid` by
        these weights."""
        logits = self.built @ pyramid[:-1] + pyramid[-1]
        return {
            **self.signals,
            "news": news_by(news_without(name), self.texts),
            "pyramid": 1 / (1 + np.exp(-logits)),
        }


def left_out(form: Form) -> Figures:
    """AUC of `news_coherence` (`.whole`), and of the parts that say whether a text is news
    (`.kind`): news of a source never trained on against each kind of other text, that kind left
    out of all training; and news of each other source, left out of the training of `news`, against
    all other kinds. The worst of each."""
    good = {s: Known.of([form(t) for t in sized(articles(s, "test"), _EACH, 1)]) for s in NEWS}
    bad = {k: Known.of([form(t) for t in sized(x, _EACH, 2)]) for k, x in others("test").items()}
    groups = {
        "kind": {kind: _aucs(good["news_nankai"], [bad[kind]], kind) for kind in bad},
        "source": {source: _aucs(good[source], bad.values(), source) for source in TRAINED},
    }
    figures: Figures = {}
    for group, found in groups.items():
        for number, side in enumerate(("whole", "kind")):
            figures |= {f"{name}.{side}": pair[number] for name, pair in found.items()}
            figures[f"{group}.worst.{side}"] = min(pair[number] for pair in found.values())
    return figures


def _aucs(good: Known, bad: Iterable[Known], name: str) -> tuple[float, float]:
    """News against other texts by all, and by the parts of the kind, without having seen one kind
    or source."""
    table, pyramid = _learned(name)
    all_good = good.without(name, pyramid)
    all_bad = [texts.without(name, pyramid) for texts in bad]
    by: Sequence[Callable[[dict[str, Floats]], Floats]] = (
        table.mean,
        lambda signals: product(table.kind, signals),
    )
    whole, kind = (auc(f(all_good), np.concatenate([f(one) for one in all_bad])) for f in by)
    return whole, kind


@cache
def _learned(name: str) -> tuple[Combination, Floats]:
    """The table of `news_coherence`, and the weights of `pyramid`, learned without one kind (the
    models that judge the wording of the other kinds for the table have seen it)."""
    known, kind = _draws()
    pyramid = pyramid_weights(_built().without(name))
    found = known.without(name, pyramid)
    found["news"] = np.where(np.isin(kind, list(others("dev"))), _unseen(), found["news"])
    rest = kind != name
    return combined({part: values[rest] for part, values in found.items()}, kind[rest])[0], pyramid


@cache
def _draws() -> tuple[Known, Names]:
    """The texts from which the table is learned, and what each is."""
    texts, kind = drawn()
    return Known.of(texts), kind


@cache
def _unseen() -> Floats:
    """`news` of these texts, each by a model that has not seen its kind."""
    known, kind = _draws()
    return as_unseen(known.texts, kind, known.signals["news"])


@cache
def _built() -> Built:
    """How news and other texts are built from which the weights of `pyramid` are learned."""
    return built(load(), held_back(), others("dev"), seed=0)
