"""The likeliest texts where places are open, many rows of places at a time.

A beam search, step by step along all tracks at once: every hypothesis of a track is continued
with every option of its next place, scored by the language model, and the best go on. (Viterbi
beam search as in speech decoding; Lowerre, The Harpy speech recognition system, 1976.) What a
document writes elsewhere counts in favour (a cache model, Kuhn & De Mori 1990).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from cleaner.models.lm import Ints, Numbers, Pairs
from cleaner.models.lm import load as load_model
from cleaner.repair.fixed_runs import shortened
from cleaner.repair.options import (
    NO_WORDS,
    SILENT,
    Floats,
    Guesses,
    Options,
    Track,
    Words,
    numbers_of,
    worth,
)
from cleaner.repair.single import guessed, is_single

_WIDTH = 24
_MARGIN = 10.0  # nats behind the best of its track at which a hypothesis is given up
FAR = 6.0  # the same at the end
_AT_ONCE = 256  # tracks; more take memory and win nothing


def search(tracks: Sequence[Track], words: Words = NO_WORDS) -> list[Guesses]:
    """The best guesses of each track, the best first."""
    found: dict[int, Guesses] = {}
    single = [k for k, track in enumerate(tracks) if is_single(track)]
    if single:
        short = guessed([tracks[k] for k in single], words, _MARGIN, FAR, _WIDTH)
        found |= zip(single, short, strict=True)
    rest = [k for k in range(len(tracks)) if k not in found]
    runs = dict(zip(rest, shortened([tracks[k] for k in rest], words), strict=True))
    order = iter(sorted(rest, key=lambda k: -len(runs[k].places)))
    while some := list(islice(order, _AT_ONCE)):
        for number, own in _searched([runs[k] for k in some], words):
            found[some[number]] = own
    return [found[k] for k in range(len(tracks))]


@dataclass(frozen=True, eq=False)
class _Front:
    """The hypotheses of all tracks after some steps, those of one track side by side; each array
    shape (n,)."""

    track: Ints
    first: Numbers
    second: Numbers
    pairs: Pairs  # of these two
    score: Floats

    def part(self, rows: slice) -> _Front:
        """Some of the hypotheses."""
        first, second, pairs = self.first[rows], self.second[rows], self.pairs.at(rows)
        return _Front(self.track[rows], first, second, pairs, self.score[rows])


def _searched(tracks: Sequence[Track], words: Words) -> Iterator[tuple[int, Guesses]]:
    """(number, guesses) of tracks that are sorted by length, the longest first."""
    lengths = np.array([len(track.places) for track in tracks])
    front = _opening(tracks)
    trail: list[tuple[Ints, Ints]] = []
    for step in range(int(lengths[0]) + 1):
        going = int((lengths > step).sum())
        cut = int(np.searchsorted(front.track, going))
        if cut < len(front.track):
            yield from _finished(tracks, front, cut, trail)
            front = front.part(slice(cut))
        if going:
            places = [track.places[step] for track in tracks[:going]]
            front, parent, choice = _grown(front, places, words)
            trail.append((parent, choice))


def _opening(tracks: Sequence[Track]) -> _Front:
    left = numbers_of("".join(track.left.rjust(2, "\n")[-2:] for track in tracks))
    first, second = left[::2], left[1::2]
    pairs = load_model().pairs(first, second)
    return _Front(np.arange(len(tracks)), first, second, pairs, np.zeros(len(tracks)))


def _grown(front: _Front, places: Sequence[Options], words: Words) -> tuple[_Front, Ints, Ints]:
    """The front one step on, the hypothesis that each one came from, and the option it took."""
    parent, choice, option = _continued(front.track, [len(place.texts) for place in places])
    number = np.concatenate([place.numbers for place in places]).take(option)
    bias = np.concatenate([place.bias for place in places]).take(option)
    silent = number == SILENT
    seen = np.where(silent, np.uint16(0), number)
    gain, pairs = load_model().steps(front.first, front.second, front.pairs, parent, seen)
    first, second = front.first.take(parent), front.second.take(parent)
    score = front.score.take(parent) + bias
    score += np.where(silent, 0.0, gain + worth(first, second, number, words))
    best = _best(front.track.take(parent), score)
    parent, choice = parent.take(best), choice.take(best)
    grown = _Front(
        front.track.take(parent), second.take(best), number.take(best), pairs.at(best), score[best]
    )
    if any(place.ending for place in places) or silent.any():
        grown = _amended(grown, front, parent, places)
    return grown, parent, choice


def _continued(track: Ints, counts: Sequence[int]) -> tuple[Ints, Ints, Ints]:
    """(hypothesis, choice, number among all options) of every continuation of hypotheses whose
    tracks have so many options."""
    sizes = np.array(counts)
    if sizes.max() == 1:
        return np.arange(len(track)), np.zeros_like(track), track
    own = sizes.take(track)
    parent = np.repeat(np.arange(len(track)), own)
    choice = np.arange(len(parent)) - np.repeat(np.cumsum(own) - own, own)
    return parent, choice, (np.cumsum(sizes) - sizes).take(track).take(parent) + choice


def _amended(grown: _Front, front: _Front, parent: Ints, places: Sequence[Options]) -> _Front:
    """The front where what was added is silent, or ends in another character than it begins
    with."""
    first, second = grown.first.copy(), grown.second.copy()
    silent = second == SILENT
    first[silent], second[silent] = front.first[parent[silent]], front.second[parent[silent]]
    endings = np.array([place.ending or (SILENT, SILENT) for place in places], np.uint16)
    ended = endings[grown.track]
    runs = ended[:, 0] != SILENT
    first[runs], second[runs] = ended[runs].T
    pairs = load_model().pairs(first, second)
    return _Front(grown.track, first, second, pairs, grown.score)


def _best(track: Ints, score: Floats) -> Ints:
    """The hypotheses that go on, those of one track side by side."""
    opening, sizes = _runs(track)
    top = np.maximum.reduceat(score, opening)
    near = np.flatnonzero(score >= np.repeat(top - _MARGIN, sizes))
    own = track.take(near)
    opening, sizes = _runs(own)
    if sizes.max() <= _WIDTH:
        return near
    order = np.lexsort((-score.take(near), own))
    rank = np.arange(len(order)) - np.repeat(opening, sizes)
    return near.take(order[rank < _WIDTH])


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
) -> Iterator[tuple[int, Guesses]]:
    """The guesses of the tracks that have come to their end: those from row `cut` on."""
    own, score = front.track[cut:], front.score[cut:]
    if not len(own):
        return
    opening, sizes = _runs(own)
    top = np.repeat(np.maximum.reduceat(score, opening), sizes)
    near = np.flatnonzero(score >= top - FAR)
    near = near.take(np.lexsort((-score.take(near), own.take(near))))
    choices = _choices(trail, cut + near).tolist()
    scores, own = score.take(near).tolist(), own.take(near)
    opening, sizes = _runs(own)
    ends = zip(own.take(opening).tolist(), opening.tolist(), sizes.tolist(), strict=True)
    for number, first, size in ends:
        some = slice(first, first + size)
        yield number, Guesses(tracks[number].places, choices[some], scores[some])


def _choices(trail: Sequence[tuple[Ints, Ints]], at: Ints) -> Ints:
    """Which option each of some hypotheses took at every step, shape (len(at), steps)."""
    choices = np.empty((len(at), len(trail)), np.int64)
    for step in range(len(trail) - 1, -1, -1):
        parent, choice = trail[step]
        choices[:, step] = choice.take(at)
        at = parent.take(at)
    return choices
