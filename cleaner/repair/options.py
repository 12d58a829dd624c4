"""What may stand at one place of a text, and the texts for rows of such places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import encode, fold
from cleaner.models.lm import UNKNOWN, Numbers
from cleaner.models.lm import load as load_model
from cleaner.repair.habits import SEEN

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

SILENT = 0xFFFF
"""The number of a text that the model does not see: a reading, or nothing."""
_SEEN_TWO, _SEEN_THREE = 1.2, 2.6
"""Nats in favour of two, and of three, characters that the document writes elsewhere."""


@dataclass(frozen=True, eq=False)
class Options:
    """What may stand at one place; every text is one character, or one that is silent."""

    texts: Sequence[str]
    numbers: Numbers
    """In the language model, shape (k,)."""
    bias: Floats
    """Nats in favour of each, shape (k,)."""
    swallowed: bool = False
    """Whether nothing at all is known of what stood here but that it was ASCII."""
    silent: bool = False
    """Whether the model does not see one of the texts."""
    run: tuple[str, ...] = ()
    """Of a place that stands for several known ones: their texts; see `fixed_runs`."""
    ending: tuple[int, int] | None = None
    """The last two numbers of such a run."""

    @cached_property
    def marks(self) -> frozenset[int]:
        """Which of the texts have a character that `habits.Form` looks at."""
        return frozenset(k for k, text in enumerate(self.texts) if not SEEN.isdisjoint(text))


class Track(NamedTuple):
    """A row of places behind `left`; only the last two characters of that count."""

    left: str
    places: Sequence[Options]


class Guess(NamedTuple):
    """One text for each place of a track, and ln p of all of them with their bias."""

    texts: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Guesses(Sequence[Guess]):
    """The guesses for one track, the best first; their texts are made when they are asked for."""

    places: Sequence[Options]
    choices: Sequence[Sequence[int]]
    """Of each guess, the number of its text at each place."""
    scores: Sequence[float]

    def __len__(self) -> int:
        return len(self.scores)

    @overload
    def __getitem__(self, at: int) -> Guess: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Guess]: ...
    def __getitem__(self, at: int | slice) -> Guess | Sequence[Guess]:
        if isinstance(at, slice):
            return [self[k] for k in range(len(self))[at]]
        return Guess(tuple(self.texts(at)), self.scores[at])

    def __iter__(self) -> Iterator[Guess]:
        return (self[at] for at in range(len(self)))

    def texts(self, at: int) -> list[str]:
        """The texts of one guess."""
        pairs = zip(self.places, self.choices[at], strict=True)
        if not self._has_runs:
            return [place.texts[choice] for place, choice in pairs]
        return [text for place, choice in pairs for text in place.run or (place.texts[choice],)]

    def every(self, least: float) -> list[list[str]]:
        """The texts of all guesses of such a score and more."""
        count = sum(score >= least for score in self.scores)
        if self._has_runs:
            return [self.texts(at) for at in range(count)]
        columns = [place.texts for place in self.places]
        return [
            [texts[k] for texts, k in zip(columns, row, strict=True)]
            for row in self.choices[:count]
        ]

    @cached_property
    def _has_runs(self) -> bool:
        return any(place.run for place in self.places)


class Words(NamedTuple):
    """Two and three Chinese characters in a row, as a document has them: sorted keys."""

    two: Keys
    three: Keys


NO_WORDS = Words(np.zeros(0, np.uint64), np.zeros(0, np.uint64))


def options_of(
    texts: Sequence[str], bias: Sequence[float] | None = None, *, swallowed: bool = False
) -> Options:
    """Options of characters; what is not one character is silent."""
    seen = "".join(text if len(text) == 1 else "\ufffd" for text in texts)
    numbers = numbers_of(seen)
    silent = [len(text) != 1 for text in texts]
    numbers[silent] = SILENT
    nats = np.zeros(len(texts)) if bias is None else np.array(bias)
    return Options(texts, numbers, nats, swallowed, any(silent))


@lru_cache(maxsize=1 << 14)
def fixed(text: str) -> Options:
    """The one option of a place that is known."""
    return options_of((text,))


def numbers_of(text: str) -> Numbers:
    """The numbers of a text in the language model, which folds it; shape (len(text),)."""
    return load_model().numbers.take(fold(encode(text)))


def words_of(text: str) -> Words:
    """The words of a document for `search`."""
    codes = fold(encode(text))
    numbers = load_model().numbers.take(codes).astype(np.uint64)
    han = (codes >= 0x4E00) & (codes < 0xA000) & (numbers != UNKNOWN)
    two = numbers[:-1] << np.uint64(16) | numbers[1:]
    three = two[:-1] << np.uint64(16) | numbers[2:]
    both = han[:-1] & han[1:]
    return Words(np.unique(two[both]), np.unique(three[both[:-1] & han[2:]]))


def worth(first: Numbers, second: Numbers, third: Numbers, words: Words) -> Floats:
    """Nats for what the document writes elsewhere."""
    if not len(words.two):
        return np.zeros(len(third))
    two = second.astype(np.uint64) << np.uint64(16) | third
    three = first.astype(np.uint64) << np.uint64(32) | two
    return _SEEN_TWO * _among(two, words.two) + _SEEN_THREE * _among(three, words.three)


def _among(keys: Keys, known: Keys) -> npt.NDArray[np.bool_]:
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    found: npt.NDArray[np.bool_] = known.take(np.searchsorted(known, keys), mode="clip") == keys
    return found
