"""How well a text goes on from one passage into another, by more than the characters at the seam.

Two encoders, one of the end of a passage and one of a beginning; the product of what they say is
the log-odds, up to a constant, that the beginning continues the end (InfoNCE: van den Oord, Li &
Vinyals 2018). Each sees the characters and pairs of characters next to the seam in their places,
and all pairs within reach as a bag. `benchmarks.train_flow` says how it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import Codes
from cleaner.models.packed import Array, packed, unpacked

Int8s = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]

TAIL, HEAD = 24, 12
"""Characters that are read of an end and of a beginning."""

LETTERS, PAIRS = 8, 6
"""The characters nearest to the seam, and pairs of them, that have places of their own."""

MOST = 127
"""All weights, and all that goes from layer to layer, are whole numbers up to this: the sums of
1,040 products stay below 2**24, so that single precision is exact, and a page gives the same bits
on every machine."""

_FILE = Path(__file__).with_name("flow.zst")


class Vocabulary(NamedTuple):
    """The characters that are numbered 1, 2, … and the pairs of numbers (first << 16 | second)
    that have a vector; both sorted. 0 stands for nothing, the number behind the last one for any
    other character."""

    alphabet: npt.NDArray[np.uint32]
    pairs: npt.NDArray[np.uint32]

    def numbers(self, folded: Codes) -> Ints:
        """The number of each code point of a folded text."""
        place = np.minimum(np.searchsorted(self.alphabet, folded), len(self.alphabet) - 1)
        other = len(self.alphabet) + 1
        return np.where(self.alphabet.take(place) == folded, place + 1, other)

    def paired(self, first: Ints, second: Ints) -> Ints:
        """The vector of each pair of numbers, 0 for those without one."""
        keys = (first << 16 | second).astype(np.uint32)
        place = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        return np.where(self.pairs.take(place) == keys, place + 1, 0)


class Encoder(NamedTuple):
    """One side of the model. `letters` (v + 2, d): vectors of characters; `far` (reach − 1,): what
    the pair at each place counts in the bag; two layers, `hidden` ((LETTERS + PAIRS + 1) · d, h)
    and `out` (h, o), with their biases; `scales` (3,): what the bag and the outcome of each layer
    are multiplied by."""

    letters: Int8s
    far: Int8s
    hidden: Singles
    hidden_bias: Singles
    out: Singles
    out_bias: Singles
    scales: Singles

    def of(self, vectors: Int8s, letters: Ints, pairs: Ints) -> Singles:
        """What there is to say of n passages, from the numbers of their letters (n, k) and pairs
        (n, k − 1), nearest to the seam first, and the vectors of pairs; shape (n, o)."""
        every = vectors.take(pairs, axis=0).astype(np.float32)
        near = self.letters.take(letters[:, :LETTERS], axis=0)
        bag = _whole(self.far.astype(np.float32) @ every, self.scales[0])
        rows = np.concatenate([near, every[:, :PAIRS], bag[:, None]], axis=1, dtype=np.float32)
        inner = rows.reshape(-1, len(self.hidden)) @ self.hidden + self.hidden_bias
        inner = _whole(np.maximum(inner, 0), self.scales[1])
        return _whole(inner @ self.out + self.out_bias, self.scales[2])


def _whole(values: Singles, scale: np.float32) -> Singles:
    found: Singles = values * scale
    np.rint(found, out=found)
    return np.clip(found, -MOST, MOST, out=found)


class Flow(NamedTuple):
    """The model: `vectors` (pairs + 1, d) are those of pairs, that of no pair first; `scale` (1,)
    turns products of what the encoders say into nats."""

    vocabulary: Vocabulary
    vectors: Int8s
    scale: Singles
    tail: Encoder
    head: Encoder

    def scores(self, folded: Codes, ends: Ints, starts: Ints) -> Singles:
        """Log-odds, up to a constant, that each passage of `starts` continues each one of `ends`,
        shape (n, m); both are ranges [start, end) of a folded text, (n, 2) and (m, 2)."""
        numbers = self.vocabulary.numbers(folded)
        one, two = self.of_ends(numbers, ends), self.of_starts(numbers, starts)
        found: Singles = (one @ two.T) * self.scale
        return found

    def of_ends(self, numbers: Ints, ends: Ints) -> Singles:
        """What there is to say of the ends of ranges, (n, 2), of a text of numbers; (n, o)."""
        behind = tails(numbers, ends)
        pairs = self.vocabulary.paired(behind[:, 1:], behind[:, :-1])
        return self.tail.of(self.vectors, behind, pairs)

    def of_starts(self, numbers: Ints, starts: Ints) -> Singles:
        """The same of the starts of ranges; the product of both is the log-odds, in `scale`."""
        ahead = heads(numbers, starts)
        pairs = self.vocabulary.paired(ahead[:, :-1], ahead[:, 1:])
        return self.head.of(self.vectors, ahead, pairs)

    def to_bytes(self) -> bytes:
        """The model as one compressed file; the same model gives the same bytes."""
        arrays = (*self.vocabulary, self.vectors, self.scale, *self.tail, *self.head)
        # Vectors and weights are small numbers.
        return packed(array.astype(np.int8) if array.ndim > 1 else array for array in arrays)


def tails(numbers: Ints, ends: Ints) -> Ints:
    """The last TAIL numbers of ranges, the last one first, 0 where there are no more."""
    at = ends[:, 1:] - np.arange(1, TAIL + 1)
    return np.where(at >= ends[:, :1], numbers.take(at, mode="clip"), 0)


def heads(numbers: Ints, starts: Ints) -> Ints:
    """The first HEAD numbers of ranges, 0 where there are no more."""
    at = starts[:, :1] + np.arange(HEAD)
    return np.where(at < starts[:, 1:], numbers.take(at, mode="clip"), 0)


def from_bytes(data: bytes) -> Flow:
    """The model that `to_bytes` wrote."""
    alphabet, pairs, vectors, scale, *sides = unpacked(data)
    size = len(Encoder._fields)
    tail, head = _encoder(sides[:size]), _encoder(sides[size:])
    return Flow(Vocabulary(alphabet, pairs), vectors, scale, tail, head)


def _encoder(arrays: Sequence[Array]) -> Encoder:
    found = Encoder(*arrays)
    hidden, out = (layer.astype(np.float32) for layer in (found.hidden, found.out))
    return found._replace(hidden=hidden, out=out)


@cache
def load(path: Path = _FILE) -> Flow:
    """The shipped model, or the one at `path`."""
    return from_bytes(path.read_bytes())
