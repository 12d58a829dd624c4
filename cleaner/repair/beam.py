"""The likeliest texts where places are open, many rows of places at a time.

A beam search, step by step along all tracks at once: every hypothesis of a track is continued
with every option of its next place, scored by the language model, and the best go on. (Viterbi
beam search as in speech decoding; Lowerre, The Harpy speech recognition system, 1976.) What a
document writes elsewhere counts in favour (a cache model, Kuhn & De Mori 1990).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import encode, fold
from cleaner.models.lm import UNKNOWN, Ints, Numbers
from cleaner.models.lm import load as load_model

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

SILENT = 0xFFFF
"""The number of a text that the model does not see: a reading, or nothing."""
_WIDTH = 24
_MARGIN = 14.0  # nats behind the best of its track at which a hypothesis is given up
FAR = 9.0  # the same at the end
_AT_ONCE = 256  # tracks; more take memory and win nothing
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


class Track(NamedTuple):
    """A row of places behind `left`; only the last two characters of that count."""

    left: str
    places: Sequence[Options]


class Guess(NamedTuple):
    """One text for each place of a track, and ln p of all of them with their bias."""

    texts: tuple[str, ...]
    score: float


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
    numbers[[len(text) != 1 for text in texts]] = SILENT
    nats = np.zeros(len(texts)) if bias is None else np.array(bias)
    return Options(texts, numbers, nats, swallowed)


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


def search(tracks: Sequence[Track], words: Words = NO_WORDS) -> list[list[Guess]]:
    """The best guesses of each track, the best first."""
    found: list[list[Guess]] = [[] for _ in tracks]
    order = sorted(range(len(tracks)), key=lambda k: -len(tracks[k].places))
    rest = iter(order)
    while some := list(islice(rest, _AT_ONCE)):
        for number, guesses in _searched([tracks[k] for k in some], words):
            found[some[number]] = guesses
    return found


@dataclass(frozen=True, eq=False)
class _Front:
    """The hypotheses of all tracks after some steps, sorted by track; each array shape (n,)."""

    track: Ints
    first: Numbers
    second: Numbers
    score: Floats

    def part(self, rows: slice) -> _Front:
        return _Front(self.track[rows], self.first[rows], self.second[rows], self.score[rows])


def _searched(tracks: Sequence[Track], words: Words) -> Iterator[tuple[int, list[Guess]]]:
    """(number, guesses) of tracks that are sorted by length, the longest first."""
    lengths = np.array([len(track.places) for track in tracks])
    front = _opening(tracks)
    trail: list[tuple[Ints, Ints]] = []
    for step in range(int(lengths[0]) + 1):
        going = int((lengths > step).sum())
        cut = int(np.searchsorted(front.track, going))
        yield from _finished(tracks, front, cut, trail)
        front = front.part(slice(cut))
        if going:
            places = [track.places[step] for track in tracks[:going]]
            front, parent, choice = _grown(front, places, words)
            trail.append((parent, choice))


def _opening(tracks: Sequence[Track]) -> _Front:
    left = numbers_of("".join(track.left.rjust(2, "\n")[-2:] for track in tracks))
    return _Front(np.arange(len(tracks)), left[::2], left[1::2], np.zeros(len(tracks)))


def _grown(front: _Front, places: Sequence[Options], words: Words) -> tuple[_Front, Ints, Ints]:
    """The front one step on, the hypothesis that each one came from, and the option it took."""
    sizes = np.array([len(place.texts) for place in places])
    numbers = np.concatenate([place.numbers for place in places])
    bias = np.concatenate([place.bias for place in places])
    counts = sizes.take(front.track)
    parent = np.repeat(np.arange(len(counts)), counts)
    choice = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
    track = front.track.take(parent)
    option = (np.cumsum(sizes) - sizes).take(track) + choice
    number, silent = numbers.take(option), numbers.take(option) == SILENT
    gain = load_model().steps(front.first, front.second, parent, np.where(silent, 0, number))
    first, second = front.first.take(parent), front.second.take(parent)
    score = front.score.take(parent) + bias.take(option)
    score += np.where(silent, 0.0, gain + _worth(first, second, number, words))
    best = _best(track, score)
    grown = _Front(
        track.take(best),
        np.where(silent, first, second).take(best),
        np.where(silent, second, number).take(best),
        score.take(best),
    )
    return grown, parent.take(best), choice.take(best)


def _worth(first: Numbers, second: Numbers, third: Numbers, words: Words) -> Floats:
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


def _best(track: Ints, score: Floats) -> Ints:
    """The hypotheses that go on, sorted by track, the best of each track first."""
    opening, sizes = _runs(track)
    top = np.maximum.reduceat(score, opening)
    near = np.flatnonzero(score >= np.repeat(top, sizes) - _MARGIN)
    order = near.take(np.lexsort((-score.take(near), track.take(near))))
    opening, sizes = _runs(track.take(order))
    rank = np.arange(len(order)) - np.repeat(opening, sizes)
    return order[rank < _WIDTH]


def _runs(track: Ints) -> tuple[Ints, Ints]:
    """(start, size) of each run of equal numbers; there is one at least."""
    fresh = np.empty(len(track), np.bool_)
    fresh[0] = True
    np.not_equal(track[1:], track[:-1], out=fresh[1:])
    opening = np.flatnonzero(fresh)
    sizes = np.empty_like(opening)
    sizes[:-1] = opening[1:] - opening[:-1]
    sizes[-1] = len(track) - opening[-1]
    return opening, sizes


def _finished(
    tracks: Sequence[Track], front: _Front, cut: int, trail: Sequence[tuple[Ints, Ints]]
) -> Iterator[tuple[int, list[Guess]]]:
    """The guesses of the tracks that have come to their end: those from row `cut` on."""
    own, score = front.track[cut:], front.score[cut:]
    if not len(own):
        return
    opening, sizes = _runs(own)
    top = np.repeat(score.take(opening), sizes)  # the best of each track comes first
    at = cut + np.flatnonzero(score >= top - FAR)
    numbers, scores = front.track.take(at).tolist(), front.score.take(at).tolist()
    choices = np.zeros((len(trail), len(at)), np.int64)
    for step in range(len(trail) - 1, -1, -1):
        parent, choice = trail[step]
        choices[step] = choice.take(at)
        at = parent.take(at)
    guesses: dict[int, list[Guess]] = {}
    for row, number, score in zip(choices.T.tolist(), numbers, scores, strict=True):
        places = tracks[number].places
        texts = tuple(place.texts[k] for place, k in zip(places, row, strict=True))
        guesses.setdefault(number, []).append(Guess(texts, score))
    yield from guesses.items()
