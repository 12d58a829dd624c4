"""Training of hashed linear models in NumPy: logistic regression over character n-grams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.kernels.grams import BITS, Stream
from cleaner.kernels.text import Codes, encode, fold
from cleaner.models.linear import Linear
from cleaner.score.streams import stream_of_batch

Floats = npt.NDArray[np.float64]
_BATCH = 128


class Features:
    """The n-grams of training texts, document by document.

    `buckets` lists the numbers of all n-grams (those of the k-th order lie in the k-th table),
    and document i owns `buckets[starts[i]:starts[i + 1]]`.
    """

    def __init__(self, texts: Sequence[str], orders: Sequence[int]) -> None:
        stream = stream_of_texts(texts)
        docs = np.repeat(np.arange(len(texts)), stream.sizes + 1)
        numbers = [stream.grams(n) + (k << BITS) for k, n in enumerate(orders)]
        whole = [stream.grams(n) > 0 for n in orders]
        owners = np.concatenate([docs[inside] for inside in whole])
        order = np.argsort(owners, kind="stable")
        self.buckets = np.concatenate(
            [number[inside] for number, inside in zip(numbers, whole, strict=True)]
        )[order]
        self.sizes = np.bincount(owners, minlength=len(texts))
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)])

    def rows(self, chosen: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], Floats]:
        """The n-grams of some documents one after another, and each one's document's number
        among the chosen."""
        parts = [self.buckets[self.starts[i] : self.starts[i + 1]] for i in chosen.tolist()]
        return np.concatenate(parts), np.repeat(np.arange(len(chosen)), self.sizes[chosen])


def fit(
    texts: Sequence[str],
    labels: Sequence[int],
    *,
    orders: Sequence[int] = (2, 3),
    epochs: int = 6,
    rate: float = 0.5,
    decay: float = 1e-6,
    scale: float = 100.0,
    seed: int = 0,
    sample_weights: Floats | None = None,
) -> Linear:
    """A linear model of P(label = 1), by AdaGrad (Duchi, Hazan & Singer 2011) in mini-batches.

    The logit is `scale` times the mean weight of a document's n-grams, plus a bias. The same
    texts, labels and seed give the same model: every step is a sum in a fixed order.
    """
    features = Features(texts, orders)
    target = np.asarray(labels, np.float64)
    importance = np.ones(len(target)) if sample_weights is None else sample_weights
    weights = np.zeros(len(orders) << BITS)
    seen = np.full(len(weights), 1e-4)
    bias, bias_seen = 0.0, 1e-4
    chance = np.random.default_rng(seed)
    usable = np.flatnonzero(features.sizes > 0)
    for _ in range(epochs):
        shuffled = chance.permutation(usable)
        for at in range(0, len(shuffled), _BATCH):
            chosen = shuffled[at : at + _BATCH]
            grams, owner = features.rows(chosen)
            share = scale / features.sizes[chosen]
            sums = np.bincount(owner, weights[grams], minlength=len(chosen))
            error = _sigmoid(sums * share + bias) - target[chosen]
            error *= importance[chosen]
            slope = np.bincount(grams, (error * share)[owner], minlength=len(weights))
            touched = np.flatnonzero(slope)
            step = slope[touched] / len(chosen) + decay * weights[touched]
            seen[touched] += step**2
            weights[touched] -= rate * step / np.sqrt(seen[touched])
            mean = float(error.mean())
            bias_seen += mean**2
            bias -= 0.1 * mean / bias_seen**0.5
    return Linear.quantised(weights.reshape(len(orders), -1), tuple(orders), scale, bias)


def folded_of_texts(texts: Sequence[str]) -> Codes:
    """The folded view of some texts, each followed by a newline, as a batch has it."""
    return fold(encode("".join([text + "\n" for text in texts])))


def stream_of_texts(texts: Sequence[str]) -> Stream:
    """The stream of some texts, as scorers have it."""
    return stream_of_batch(Batch([Document("", text) for text in texts]))


def _sigmoid(values: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -40, 40)))
