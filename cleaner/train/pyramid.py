"""Training of `pyramid`: is the text built as news is, whatever it is about?"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.models.coherence import KINDS, CoherenceModel
from cleaner.score.judged import doc_inputs, pyramid_inputs
from cleaner.train.coherence import judged_of
from cleaner.train.incoherent import excerpt, pairs, sentences
from cleaner.train.news import length
from cleaner.train.small import logistic

Floats = npt.NDArray[np.float64]
Texts = Mapping[str, Sequence[str]]


class Built(NamedTuple):
    """What is known of how texts are built, (n, k), the group of each text, (n,), and whether it
    is one of news."""

    inputs: Floats
    group: npt.NDArray[np.str_]
    is_news: npt.NDArray[np.bool_]

    def without(self, group: str) -> Built:
        """All texts but those of one group."""
        kept = self.group != group
        return Built(*(column[kept] for column in self))


def with_pyramid(model: CoherenceModel, news: Texts, other: Texts, seed: int) -> CoherenceModel:
    """The model with the weights of `pyramid`, from news by source and other texts by kind that
    its tables have not seen."""
    return replace(model, pyramid=pyramid_weights(built(model, news, other, seed)))


def built(model: CoherenceModel, news: Texts, other: Texts, seed: int) -> Built:
    """News, sound and damaged (or it would be damage that is learned), and other texts, cut to
    lengths drawn alike; each as it is, all in one line, and with a line for each sentence, so that
    lines cannot be learned either."""
    inputs, names, is_news = [], [], []
    for name, texts, of_news in _groups(news, other, seed):
        for layout in (str, _in_one_line, _in_lines):
            laid = [layout(text) for text in texts]
            inputs.append(pyramid_inputs(doc_inputs(judged_of(model, laid), model), model))
            names += [name] * len(laid)
            is_news += [of_news] * len(laid)
    return Built(np.concatenate(inputs), np.array(names), np.array(is_news))


def pyramid_weights(texts: Built) -> Floats:
    """Weights and bias of logistic regression, to which both sides, and the groups of each, count
    the same."""
    names = np.char.add(np.where(texts.is_news, "+", "-"), texts.group)
    groups, number, counts = np.unique(names, return_inverse=True, return_counts=True)
    news = np.char.startswith(groups, "+")
    share = 1 / (counts * np.where(news, news.sum(), (~news).sum()))
    mean, scale, weights = logistic(texts.inputs, texts.is_news.astype(float), counts=share[number])
    weights[:-1] /= scale
    weights[-1] -= (mean * weights[:-1]).sum()
    return weights


def _groups(news: Texts, other: Texts, seed: int) -> Iterator[tuple[str, list[str], bool]]:
    chance = random.Random(seed)
    for name, texts in news.items():
        cut = [excerpt(text, length(chance)) for text in texts]
        broken = [
            text
            for number, kind in enumerate(KINDS[1:])
            for text in pairs(cut[number :: 2 * len(KINDS)], kind, seed, least=1)[1]
        ]
        yield name, cut + broken, True
    for name, texts in other.items():
        yield name, [excerpt(text, length(chance)) for text in texts], False


def _in_one_line(text: str) -> str:
    return "".join(line.strip() for line in text.split("\n"))


def _in_lines(text: str) -> str:
    return "\n".join(part for line in text.split("\n") for part in sentences(line))
