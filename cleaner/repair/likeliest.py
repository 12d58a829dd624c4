"""The likeliest text for a row of places of which some are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from cleaner.repair.beam import FAR, search
from cleaner.repair.both_sides import Candidate, Care, weighed
from cleaner.repair.figures import FIGURE, Swallowed, honest, untimely
from cleaner.repair.habits import MARKS, Form
from cleaner.repair.options import NO_WORDS, Guesses, Options, Track, Words, fixed
from cleaner.repair.stream import bare

_CONTEXT = 2  # characters on each side that the model sees
_FURTHER = 72  # the same for the model of both sides
_DIGITS = frozenset("0123456789")
_REACH = 12  # enough for the context and a reading


class Row(NamedTuple):
    """Places with their neighbours on the line, and every way to cut them."""

    before: str
    ways: Sequence[Sequence[Options]]
    after: str


class Likely(NamedTuple):
    """The text that was chosen, and its share among all that it may be."""

    text: str
    confidence: float
    guess: str  # the same with the likeliest of all digits in place of each `?`


class Found(NamedTuple):
    """The guesses for each way to cut a row, with what the model saw behind it."""

    ways: Sequence[Sequence[Options]]
    guesses: Sequence[Guesses]

    @property
    def swallowed(self) -> bool:
        """Whether a character was swallowed, of which nothing is known."""
        return any(own.swallowed and len(own.texts) > 1 for way in self.ways for own in way)

    @property
    def text(self) -> str:
        """What is likeliest by itself."""
        every = range(len(self.ways))
        best = max(every, key=lambda k: self.guesses[k].scores[0]) if len(every) > 1 else 0
        return "".join(self.guesses[best].texts(0)[: len(self.ways[best])])

    def clear(self, care: Care) -> float:
        """The share of the first guess, where the search is enough to tell: no other is near, none
        is a mark, no digit was swallowed. 0 where more has to be asked."""
        if len(self.ways) > 1:
            return 0.0
        (own,) = self.guesses
        scores = own.scores
        if len(scores) > 1 and scores[0] - scores[1] <= care.unsure:
            return 0.0
        if self.swallowed:
            return 0.0
        if len(scores) == 1:
            return 1.0
        marked = [(at, place.marks) for at, place in enumerate(own.places) if len(place.texts) > 1]
        if any(row[at] in marks for at, marks in marked if marks for row in own.choices):
            return 0.0
        return 1 / sum(exp(score - scores[0]) for score in scores)

    def candidates(self) -> list[Candidate]:
        """All guesses that come near the best, the best first."""
        least = max(own.scores[0] for own in self.guesses) - FAR
        made: list[Candidate] = []
        for way, own in zip(self.ways, self.guesses, strict=True):
            opened = [at for at, place in enumerate(way) if len(place.texts) > 1]
            swallowed = [at for at in opened if way[at].swallowed]
            made += [
                _candidate(texts[: len(way)], score, opened, swallowed)
                for texts, score in zip(own.every(least), own.scores, strict=False)
            ]
        return sorted(made, key=lambda candidate: -candidate.score)


def candidates(rows: Sequence[Row], words: Words = NO_WORDS) -> list[Found]:
    """What each row may be."""
    tracks: list[Track] = []
    for before, ways, after in rows:
        left = bare(before[-_REACH:])[-_CONTEXT:]
        right = [fixed(char) for char in bare(after[:_REACH])[:_CONTEXT]]
        tracks += [Track(left, [*way, *right]) for way in ways]
    guessed = iter(search(tracks, words))
    return [Found(row.ways, [next(guessed) for _ in row.ways]) for row in rows]


def _candidate(
    texts: Sequence[str], score: float, opened: Sequence[int], swallowed: Sequence[int]
) -> Candidate:
    """Texts for places of which some were open, some of these swallowed."""
    text = known = "".join(texts)
    digits = [at for at in swallowed if texts[at] in _DIGITS] if swallowed else ()
    if digits:
        known = "".join([FIGURE if at in digits else own for at, own in enumerate(texts)])
    return Candidate(text, known, score, texts, opened)


def settled(
    found: Sequence[Found], around: Sequence[tuple[str, str]], cares: Sequence[Care]
) -> list[Likely]:
    """The best of the candidates for each row between its neighbours, with `?` for a digit that
    may well be another one."""
    best = {k: Likely(own.text, own.clear(cares[k]), own.text) for k, own in enumerate(found)}
    asked = [k for k, own in best.items() if not own.confidence]
    near = {k: (bare(around[k][0][-_FURTHER:]), bare(around[k][1][:_FURTHER])) for k in asked}
    made = [found[k].candidates() for k in asked]
    nats = weighed(made, list(near.values()), [cares[k] for k in asked])
    for k, own, scores in zip(asked, made, nats, strict=True):
        best[k] = _settled(own, scores, *around[k])
    opened = [k for k in asked if FIGURE in best[k].text]
    texts = honest([Swallowed(best[k].text, best[k].guess, *near[k]) for k in opened])
    for k, text in zip(opened, texts, strict=True):
        best[k] = best[k]._replace(text=text)
    return list(best.values())


def _settled(
    found: Sequence[Candidate], scores: Sequence[float], before: str, after: str
) -> Likely:
    """The best of the candidates for one row, which are worth so many nats; digits that were
    swallowed are open."""
    if len(found) == 1:
        return Likely(found[0].known, 1.0, found[0].text)
    if not after or any(not MARKS.isdisjoint(candidate.text) for candidate in found):
        form = Form(before, after).worths(candidate.text for candidate in found)
        scores = [score + worth for score, worth in zip(scores, form, strict=True)]
    nats = untimely(before, [candidate.known for candidate in found], after)
    scores = [score + own for score, own in zip(scores, nats, strict=True)]
    top = max(scores)
    shares: dict[str, float] = defaultdict(float)
    for candidate, score in zip(found, scores, strict=True):
        shares[candidate.known] += exp(score - top)
    best = max(shares, key=lambda known: shares[known])
    own = (pair for pair in zip(scores, found, strict=True) if pair[1].known == best)
    guess = max(own, key=lambda pair: pair[0])[1].text
    return Likely(best, shares[best] / sum(shares.values()), guess)
