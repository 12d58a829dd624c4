"""Lines that stand twice, one right below the other, as titles and captions of crawled pages do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Mask
from cleaner.cuts import lines_of

_TWIN, _REFRAIN = 12, 3
"""A line of this size says its neighbour again; one that stands more often is a refrain."""
_PARAGRAPH = 50
"""A line of so many characters with a full stop is a paragraph; without one it may be a song."""
_BULLETS = "•·▪■●▲▼*- "
"""What may stand before one of the two."""
_WIDER = 2
"""A bullet and a blank."""
_HAN = regex.compile(r"\p{Han}")
_PLACES = (0, 1, 3, 5, 7, 9, 11)
"""Characters at the end of a line by which twins are told before they are read."""


def twins(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The numbers of the lines that go, each with its rule; `texts` are the folded lines of a
    page that are not blank."""
    bare = [text.lstrip(_BULLETS) for text in texts]
    same = [at for at in range(1, len(texts)) if bare[at] == bare[at - 1]]
    found = [at for at in same if _may_go(texts, texts[at])]
    if found and any(len(text) >= _PARAGRAPH and "。" in text for text in texts):
        for at in found:
            yield at, "restore.repeats.twin"


def _may_go(texts: Sequence[str], text: str) -> bool:
    return len(text) >= _TWIN and texts.count(text) <= _REFRAIN and _HAN.search(text) is not None


def twin_lines(batch: Batch) -> Mask:
    """Which documents have two neighbours that end alike and are of one size, but for a bullet,
    shape (n,)."""
    lines = lines_of(batch)
    filled = np.flatnonzero(lines.size)
    one, two = filled[:-1], filled[1:]
    wider = np.abs(lines.size[one] - lines.size[two])
    same = (np.minimum(lines.size[one], lines.size[two]) >= _TWIN) & (wider <= _WIDER)
    at = np.flatnonzero(same & (lines.doc[one] == lines.doc[two]))
    one, two = one[at], two[at]
    for place in _PLACES:
        at = _equal(batch, lines.end[one] - 1 - place, lines.end[two] - 1 - place)
        one, two = one[at], two[at]
    found = np.zeros(len(batch), np.bool_)
    found[lines.doc[one]] = True
    return found


def _equal(batch: Batch, one: Ints, two: Ints) -> Ints:
    """The numbers of the pairs of places with one character, in the folded view."""
    found: Ints = np.flatnonzero(batch.folded.take(one) == batch.folded.take(two))
    return found
