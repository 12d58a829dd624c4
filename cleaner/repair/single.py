"""Short rows with one open place: all their texts are scored at once, without a search."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.models.lm import NEWLINE, Ints
from cleaner.models.lm import load as load_model
from cleaner.repair.options import (
    Floats,
    Guesses,
    Options,
    Track,
    Words,
    numbers_of,
    worth,
)

LONGEST = 3
"""Places of a short row: an open one, and what the model sees behind it."""
_LEFT = 2
_END = Options(("",), np.zeros(1, np.uint16), np.zeros(1))
"""What stands for the places that a row lacks; it is worth nothing."""


def is_single(track: Track) -> bool:
    """Whether a row is short, with one open place at the most, and nothing in it silent."""
    places = track.places
    if not 0 < len(places) <= LONGEST or any(place.silent for place in places):
        return False
    return sum(len(place.texts) > 1 for place in places) <= 1


def guessed(tracks: Sequence[Track], words: Words, far: float, most: int) -> list[Guesses]:
    """The best guesses of short rows, the best first: none worse than the best by `far`, and
    no more than `most`."""
    sizes = np.array([max(len(place.texts) for place in track.places) for track in tracks])
    starts = np.cumsum(sizes) - sizes
    score = _scores(tracks, sizes, words)
    own = np.repeat(np.arange(len(tracks)), sizes)
    near = np.flatnonzero(score >= np.repeat(np.maximum.reduceat(score, starts) - far, sizes))
    near = near[np.lexsort((-score[near], own[near]))]
    choices, scores = (near - starts[own[near]]).tolist(), score[near].tolist()
    ends = np.searchsorted(own[near], np.arange(len(tracks) + 1)).tolist()
    found = []
    for track, (first, last) in zip(tracks, pairwise(ends), strict=True):
        some = slice(first, min(last, first + most))
        opened = [len(place.texts) > 1 for place in track.places]
        rows = [[choice * own for own in opened] for choice in choices[some]]
        found.append(Guesses(track.places, rows, scores[some]))
    return found


def _scores(tracks: Sequence[Track], sizes: Ints, words: Words) -> Floats:
    """ln p of every text of every row and what speaks for it besides, shape (n,)."""
    left = numbers_of("".join(track.left.rjust(_LEFT, "\n")[-_LEFT:] for track in tracks))
    numbers = np.full((int(sizes.sum()), _LEFT + LONGEST), NEWLINE, np.uint16)
    numbers[:, :_LEFT] = np.repeat(left.reshape(-1, _LEFT), sizes, axis=0)
    total = np.zeros(len(numbers))
    for number in range(LONGEST):
        places = [t.places[number] if len(t.places) > number else _END for t in tracks]
        numbers[:, _LEFT + number] = _spread([place.numbers for place in places], sizes)
        total += _spread([place.bias for place in places], sizes)
    total += load_model().rows(numbers).sum(axis=1, dtype=np.float64)
    if len(words.two):
        first, second, third = (numbers[:, k : k + LONGEST].ravel() for k in range(_LEFT + 1))
        total += worth(first, second, third, words).reshape(-1, LONGEST).sum(axis=1)
    return total


def _spread(columns: Sequence[npt.NDArray[Any]], sizes: Ints) -> npt.NDArray[Any]:
    """Values for each row, of which each has as many as the row has texts, or one for all."""
    counts = np.array([len(column) for column in columns])
    every = np.concatenate(columns)
    if counts.max() == 1:
        return np.repeat(every, sizes)
    first = np.cumsum(counts) - counts
    inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return every[np.repeat(first, sizes) + inside * np.repeat(counts > 1, sizes)]
