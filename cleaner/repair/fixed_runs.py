"""Runs of known characters between open places, taken in one step of the beam search.

From the third known character on, what a character is worth depends on known ones only: the
third and all behind it make one place with the second, which bears what they are worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from cleaner.models.lm import Numbers
from cleaner.models.lm import load as load_model
from cleaner.repair.options import SILENT, Options, Track, Words, worth

_SHORTEST = 3
"""Known characters that the model sees, of a run that is worth it; such a track has an open place
besides."""


def shortened(tracks: Sequence[Track], words: Words) -> list[Track]:
    """The tracks with their runs taken together."""
    runs = [list(_runs(track.places)) if len(track.places) > _SHORTEST else [] for track in tracks]
    known = [
        np.concatenate([place.numbers for place in track.places[before:last]])
        for track, own in zip(tracks, runs, strict=True)
        for before, _, last in own
    ]
    if not known:
        return list(tracks)
    gains = iter(_gains([numbers[numbers != SILENT] for numbers in known], words))
    short = []
    for track, own in zip(tracks, runs, strict=True):
        if not own:
            short.append(track)
            continue
        edges = [0, *(edge for _, *run in own for edge in run), len(track.places)]
        places: list[Options] = []
        for number, (first, last) in enumerate(pairwise(edges)):
            inside = track.places[first:last]
            places += [_together(inside, next(gains))] if number % 2 else inside
        short.append(track._replace(places=places))
    return short


def _runs(places: Sequence[Options]) -> Iterator[tuple[int, int, int]]:
    """(before, first, last) of runs: their first known character, their second, and the end."""
    seen: list[int] = []
    for at, place in enumerate([*places, None]):
        if place is not None and len(place.texts) == 1 and not place.swallowed:
            if place.numbers[0] != SILENT:
                seen.append(at)
            continue
        if len(seen) >= _SHORTEST:
            yield seen[0], seen[1], at
        seen = []


def _together(places: Sequence[Options], gain: float) -> Options:
    """One place for a run of known ones."""
    numbers = [int(place.numbers[0]) for place in places if place.numbers[0] != SILENT]
    texts = tuple(place.texts[0] for place in places)
    bias = gain + sum(float(place.bias[0]) for place in places)
    return Options(
        ("".join(texts),),
        places[0].numbers,
        np.array([bias]),
        run=texts,
        ending=(numbers[-2], numbers[-1]),
    )


def _gains(runs: Sequence[Numbers], words: Words) -> list[float]:
    """What the third character of each run and all behind it are worth."""
    first, second, third = (
        np.concatenate([run[k : len(run) - 2 + k] for run in runs]) for k in range(3)
    )
    model = load_model()
    pairs = model.pairs(first, second)
    gains, _ = model.steps(first, second, pairs, np.arange(len(third)), third)
    starts = np.cumsum([0, *(len(run) - 2 for run in runs[:-1])])
    values = gains.astype(np.float64) + worth(first, second, third, words)
    totals: list[float] = np.add.reduceat(values, starts).tolist()
    return totals
