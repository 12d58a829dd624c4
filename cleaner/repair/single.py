"""Short rows with one open place: what is not hopeless is scored, without a search."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cleaner.kernels.segments import places_of
from cleaner.models.lm import Ints
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
_END = Options(("",), np.zeros(1, np.uint16), np.zeros(1))
"""What stands for the places that a row lacks; it is worth nothing."""


def is_single(track: Track) -> bool:
    """Whether a row is short, with one open place at the most, and nothing in it silent."""
    places = track.places
    if not 0 < len(places) <= LONGEST or any(place.silent for place in places):
        return False
    return sum(len(place.texts) > 1 for place in places) <= 1


def guessed(
    tracks: Sequence[Track], words: Words, margin: float, far: float, most: int
) -> list[Guesses]:
    """The best guesses of short rows, the best first: none worse than the best by `far`, and
    no more than `most`. What is worse by `margin` on the way is given up."""
    own, choice, score = _texts(tracks, words, margin)
    near = np.flatnonzero(score >= _best(own, score) - far)
    near = near[np.lexsort((-score[near], own[near]))]
    choices, scores = choice[near].tolist(), score[near].tolist()
    ends = np.searchsorted(own[near], np.arange(len(tracks) + 1)).tolist()
    found = []
    for track, (first, last) in zip(tracks, pairwise(ends), strict=True):
        some = slice(first, min(last, first + most))
        opened = [len(place.texts) > 1 for place in track.places]
        rows = [[chosen * own for own in opened] for chosen in choices[some]]
        found.append(Guesses(track.places, rows, scores[some]))
    return found


def _texts(tracks: Sequence[Track], words: Words, margin: float) -> tuple[Ints, Ints, Floats]:
    """The texts of all rows: the row of each, which option it takes, and ln p with what speaks
    for it besides; those of one row side by side."""
    model = load_model()
    left = numbers_of("".join(track.left.rjust(2, "\n")[-2:] for track in tracks))
    first, second = left[::2], left[1::2]
    pairs = model.pairs(first, second)
    own, score = np.arange(len(tracks)), np.zeros(len(tracks))
    choice = np.zeros_like(own)
    for step in range(LONGEST):
        places = [t.places[step] if len(t.places) > step else _END for t in tracks]
        sizes = np.array([len(place.texts) for place in places])
        starts, counts = (np.cumsum(sizes) - sizes).take(own), sizes.take(own)
        option, _ = places_of(starts, counts)
        parent = np.repeat(np.arange(len(own)), counts)
        third = np.concatenate([place.numbers for place in places]).take(option)
        bias = np.concatenate([place.bias for place in places]).take(option)
        gain, pairs = model.steps(first, second, pairs, parent, third)
        first, second = first.take(parent), second.take(parent)
        score = score.take(parent) + bias + gain + worth(first, second, third, words)
        own, choice = own.take(parent), choice.take(parent) + option - starts.take(parent)
        near = np.flatnonzero(score >= _best(own, score) - margin)
        own, choice, score = own.take(near), choice.take(near), score.take(near)
        first, second, pairs = second.take(near), third.take(near), pairs.at(near)
    return own, choice, score


def _best(own: Ints, score: Floats) -> Floats:
    """The best score of the row of each text, shape like `score`; every row has texts."""
    starts = np.flatnonzero(np.diff(own, prepend=-1))
    return np.repeat(np.maximum.reduceat(score, starts), np.diff(starts, append=len(own)))
