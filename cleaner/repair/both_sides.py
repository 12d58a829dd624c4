"""What the text on both sides of open places says about the candidates for them.

The search sees two characters on each side. Where it leaves more than one candidate, a model of
how text goes on (`cleaner.models.flow`) looks at the seams at the edges of each open place, with
the candidate on the one side or on the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np

from cleaner.kernels.text import encode, fold
from cleaner.models.flow import HEAD, TAIL, Ints, load

_SEAM = 0.4
"""What a nat at a seam counts: the model of the search has seen half of it already."""


class Care(NamedTuple):
    """Nats behind the best candidate within which others are asked about, and how many."""

    unsure: float
    most: int


MUCH, MORE, LITTLE = Care(6.0, 12), Care(3.0, 8), Care(2.0, 4)
"""For a few rows, of which little is known; for gaps behind which a character was swallowed; for
pages full of other small gaps, where more wins nothing and takes its time."""


class Candidate(NamedTuple):
    """A text for a row of places; in `known` the digits that were swallowed are left open."""

    text: str
    known: str
    score: float  # ln p of the text and what follows
    texts: Sequence[str]  # of each place; what is not one character is a reading, or nothing
    opened: Sequence[int]  # which places were open


class Cut(NamedTuple):
    """A text between its neighbours, and places of it."""

    before: str
    text: str
    behind: str
    spots: Sequence[int]

    def seams(self) -> Iterator[tuple[str, str]]:
        """The texts before and behind each seam, as far as the model sees."""
        whole, size = self.before + self.text + self.behind, len(self.before)
        for seam in sorted({size + spot + side for spot in self.spots for side in (0, 1)}):
            yield whole[max(0, seam - TAIL) : seam], whole[seam : seam + HEAD]


def weighed(
    found: Sequence[Sequence[Candidate]], around: Sequence[tuple[str, str]], cares: Sequence[Care]
) -> list[list[float]]:
    """Nats for the candidates of each row, the best of the search first, between their
    neighbours (before, behind)."""
    asked = list(map(_asked, found, cares))
    cuts = [
        _cut(candidate, before, behind)
        for own, (before, behind) in zip(asked, around, strict=True)
        for candidate in own
    ]
    values = iter(worths(cuts))
    scores = []
    for row, own in zip(found, asked, strict=True):
        worth = {candidate.known: next(values) for candidate in own}
        least = min(worth.values(), default=0.0)
        # Of borders of lines the model knows nothing.
        border = sum(worth.values()) / max(1, len(worth))
        scores.append(
            [c.score + worth.get(c.known, border if "\n" in c.text else least) for c in row]
        )
    return scores


def _asked(row: Sequence[Candidate], care: Care) -> list[Candidate]:
    """The best candidates that differ in more than what is left open; none where one is far
    ahead."""
    least = row[0].score - care.unsure
    best: dict[str, Candidate] = {}
    for candidate in row:
        if candidate.score < least or len(best) == care.most:
            break
        if "\n" not in candidate.text:
            best.setdefault(candidate.known, candidate)
    return list(best.values()) if len(best) > 1 else []


def _cut(candidate: Candidate, before: str, behind: str) -> Cut:
    """A candidate between its neighbours, all without readings."""
    seen = [len(text) == 1 for text in candidate.texts]
    text = "".join(compress(candidate.texts, seen))
    return Cut(before, text, behind, [sum(seen[:k]) for k in candidate.opened if seen[k]])


def worths(cuts: Sequence[Cut]) -> list[float]:
    """Nats for the seams of each text."""
    seams = [(number, *sides) for number, cut in enumerate(cuts) for sides in cut.seams()]
    if not seams:
        return [0.0] * len(cuts)
    model = load()
    owner, before, behind = zip(*seams, strict=True)
    numbers, ranges, own = _distinct(before)
    one = model.of_ends(numbers, ranges).take(own, axis=0)
    numbers, ranges, own = _distinct(behind)
    two = model.of_starts(numbers, ranges).take(own, axis=0)
    odds = (one * two).sum(axis=1) * model.scale
    found: list[float] = (_SEAM * np.bincount(owner, odds, len(cuts))).tolist()
    return found


def _distinct(texts: Sequence[str]) -> tuple[Ints, Ints, list[int]]:
    """The distinct ones of some texts as numbers of the model, the range of each, (n, 2), and
    which of them each text is."""
    places = {text: k for k, text in enumerate(dict.fromkeys(texts))}
    ends = np.cumsum([len(text) for text in places])
    ranges = np.stack([ends - [len(text) for text in places], ends], axis=1)
    codes = fold(encode("".join(places)))
    return load().vocabulary.numbers(codes), ranges, [places[text] for text in texts]
