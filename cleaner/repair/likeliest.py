"""The likeliest text for a row of places of which some are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import exp
from typing import NamedTuple

import numpy as np

from cleaner.models.lm import sequence_scores
from cleaner.repair.beam import FAR, search
from cleaner.repair.habits import MARKS, Form
from cleaner.repair.options import NO_WORDS, Guess, Options, Track, Words, fixed
from cleaner.repair.stream import READING

_CONTEXT = 2  # characters on each side that the model sees
_REACH = 12  # enough for the context and a reading
_SURE = 0.95  # share of one digit among those that may have been lost
_DIGITS = "0123456789"
_FIGURE = "\0"  # stands for a digit that was swallowed


class Row(NamedTuple):
    """Places with their neighbours on the line, and every way to cut them."""

    before: str
    ways: Sequence[Sequence[Options]]
    after: str


class Candidate(NamedTuple):
    """A text for a row; in `known` the digits that were swallowed are left open."""

    text: str
    known: str
    score: float  # ln p of the text and what follows


class Likely(NamedTuple):
    """The text that was chosen, and its share among all that it may be."""

    text: str
    confidence: float
    guess: str  # the same with the likeliest of all digits in place of each `?`


def bare(text: str) -> str:
    """Text without readings, which the model has never seen."""
    return READING.sub("", text) if "(" in text else text


def candidates(rows: Sequence[Row], words: Words = NO_WORDS) -> list[list[Candidate]]:
    """What each row may be, the likeliest first."""
    tracks: list[Track] = []
    for before, ways, after in rows:
        left = bare(before[-_REACH:])[-_CONTEXT:]
        right = [fixed(char) for char in bare(after[:_REACH])[:_CONTEXT]]
        tracks += [Track(left, [*way, *right]) for way in ways]
    guessed = iter(search(tracks, words))
    return [_merged([(way, next(guessed)) for way in row.ways]) for row in rows]


def _merged(found: Sequence[tuple[Sequence[Options], Sequence[Guess]]]) -> list[Candidate]:
    """The candidates of all ways to cut one row."""
    least = max(guesses[0].score for _, guesses in found) - FAR
    made: list[Candidate] = []
    for way, guesses in found:
        places = [at for at, place in enumerate(way) if place.swallowed]
        made += [_candidate(len(way), g, places) for g in guesses if g.score > least]
    return sorted(made, key=lambda candidate: -candidate.score)


def _candidate(size: int, guess: Guess, swallowed: Sequence[int]) -> Candidate:
    """A guess for so many places and what follows; what stood at some of them was swallowed."""
    texts = list(guess.texts[:size])
    text = "".join(texts)
    for at in swallowed:
        if texts[at].isdecimal():
            texts[at] = _FIGURE
    return Candidate(text, "".join(texts) if swallowed else text, guess.score)


def settled(found: Sequence[Candidate], before: str, after: str) -> Likely:
    """The best of the candidates for a row between its neighbours, with `?` for a digit that may
    well be another one: what was swallowed is unknown, and a wrong figure is worse than none."""
    if len(found) == 1 and _FIGURE not in found[0].known:
        return Likely(found[0].text, 1.0, found[0].text)
    scores = [candidate.score for candidate in found]
    if not after or any(not MARKS.isdisjoint(text) for text, _, _ in found):
        form = Form(before, after)
        scores = [candidate.score + form.worth(candidate.text) for candidate in found]
    top = max(scores)
    shares: dict[str, float] = defaultdict(float)
    for candidate, score in zip(found, scores, strict=True):
        shares[candidate.known] += exp(score - top)
    best = max(shares, key=lambda known: shares[known])
    confidence = shares[best] / sum(shares.values())
    if _FIGURE not in best:
        return Likely(best, confidence, best)
    own = (pair for pair in zip(scores, found, strict=True) if pair[1].known == best)
    guess = max(own, key=lambda pair: pair[0])[1].text
    return Likely(_honest(best, guess, before, after), confidence, guess)


def _honest(known: str, guess: str, before: str, after: str) -> str:
    """The guess with those digits that are all but certain, and `?` for the others."""
    places = [place for place, char in enumerate(known) if char == _FIGURE]
    left, right = bare(before[-_REACH:])[-_CONTEXT:], bare(after[:_REACH])[:_CONTEXT]
    texts = [guess[:p] + digit + guess[p + 1 :] for p in places for digit in _DIGITS]
    scores = sequence_scores([left + bare(text) + right for text in texts])
    shares = np.exp(scores.reshape(len(places), len(_DIGITS)))
    shares /= shares.sum(axis=1, keepdims=True)
    text = list(guess)
    for place, own in zip(places, shares, strict=True):
        text[place] = _DIGITS[int(own.argmax())] if own.max() >= _SURE else "?"
    return "".join(text)
