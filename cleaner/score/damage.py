"""Scorer `score.damage`: the share of a text that was lost and cannot be given back.

What the repairs left: replacement and control characters, private-use characters, 锟斤拷 and
烫烫烫, question marks where Chinese characters stood, and stretches of mojibake that no decoder
undoes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from cleaner.batch import Batch, Ints, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.text import Class
from cleaner.models.lm import load
from cleaner.rules import RuleBook
from cleaner.score.basics import length
from cleaner.score.signs import JIN, KAO, KUN, Found, Sign, signs_of_all

BLOCK = 32
"""Characters of a block, counted from the start of the document, that is judged as a whole."""
_RARE_SHARE = 0.2
"""Rare characters of a block from which on the language model is asked."""
_ODD = -7.0
"""Mean ln p of a character, below which a block of Chinese is none. Clean text of every kind
stays above −6 in 999 of 1000 lines."""
_LATIN_SHARE = 0.5
_LEAST = 6
"""So many characters must be odd before a block is damage."""
_BLANKS = (int(Class.SPACE), int(Class.NEWLINE), int(Class.INVISIBLE))


class Damage:
    """`damage`: lost characters among all that are no blanks, 0 to 1."""

    name = "score.damage"
    names: Mapping[str, Bound] = {"damage": "max"}

    def __init__(self, book: RuleBook) -> None:
        pass

    def score(self, batch: Batch) -> dict[str, Values]:
        docs = np.searchsorted(batch.ends, lost_places(batch))
        lost = np.bincount(docs, minlength=len(batch))
        share: Values = np.minimum(lost / np.maximum(length(batch), 1), 1.0)
        return {"damage": share}

    def evidence(self, view: View) -> Iterator[Evidence]:
        for start, end in _runs(lost_places(Batch([view.doc]))):
            yield Evidence(start, end, "damage", _note(view.text[start:end]))


def lost_places(batch: Batch) -> Ints:
    """Where the code points of a batch stand that are left for lost ones, sorted."""
    signs = signs_of_all().take(batch.codes)
    at = np.flatnonzero(signs != 0)  # of numbers it is five times slower
    found = Found(at, signs[at])
    parts = [
        found.of(Sign.LOST),
        *_replaced(batch, found.of(Sign.REPLACED)),
        *_fills(batch, found.of(Sign.FILL)),
        *_questions(batch, found.of(Sign.QUESTION)),
        *_rare_blocks(batch, found.of(Sign.RARE)),
        *_upper_blocks(batch, found.of(Sign.UPPER)),
    ]
    places: Ints = np.unique(np.concatenate(parts))
    return places


def _replaced(batch: Batch, at: Ints) -> Iterator[Ints]:
    """锟斤拷: two U+FFFD in UTF-8, read as GBK; any two neighbours of the three prove it."""
    folded = batch.folded
    for first, second in ((KUN, JIN), (JIN, KAO), (KAO, KUN)):
        here = at[folded[at] == first]
        here = here[folded[here + 1] == second]
        yield from (here, here + 1)


def _fills(batch: Batch, at: Ints) -> Iterator[Ints]:
    """Four and more of the characters that fresh memory reads as."""
    for start, end in _runs(at):
        if end - start >= 4 and (batch.folded[start:end] == batch.folded[start]).all():
            yield np.arange(start, end)


def _questions(batch: Batch, at: Ints) -> Iterator[Ints]:
    """Runs of question marks that end no clause, on a page that has three or more of them.

    A writer in doubt puts them behind a word and before a pause; where characters were lost
    they stand anywhere.
    """
    classes = batch.classes
    odd: list[tuple[int, int]] = []
    for start, end in _runs(at):
        behind_word = start > 0 and classes[start - 1] in _WORDS
        before_pause = classes[end] in _PAUSES
        if end - start > 1 and not (behind_word and before_pause):
            odd.append((start, end))
    docs = np.searchsorted(batch.ends, np.array([start for start, _ in odd], np.int64))
    counts = np.bincount(docs, minlength=len(batch))
    for (start, end), doc in zip(odd, docs.tolist(), strict=True):
        if counts[doc] >= 3 or end - start >= 12:
            yield np.arange(start, end)


_WORDS = frozenset(
    map(int, (Class.HAN, Class.RARE_HAN, Class.ASCII_LETTER, Class.DIGIT, Class.KANA))
)
_WORDS |= set(
    map(int, (Class.HANGUL, Class.LETTER, Class.PUNCTUATION, Class.TERMINAL, Class.SYMBOL))
)
_PAUSES = frozenset(
    map(int, (Class.SPACE, Class.NEWLINE, Class.PUNCTUATION, Class.TERMINAL, Class.SYMBOL))
)


def _rare_blocks(batch: Batch, at: Ints) -> Iterator[Ints]:
    """Mojibake: rare Chinese characters that follow on each other as no text has them."""
    for start, end in _dense_blocks(batch, at, _RARE_SHARE):
        if _is_odd(batch, start, end):
            yield start + np.flatnonzero(~np.isin(batch.classes[start:end], _BLANKS))


def _upper_blocks(batch: Batch, at: Ints) -> Iterator[Ints]:
    """Mojibake: letters of the upper half of Latin-1 without the lower."""
    for start, end in _dense_blocks(batch, at, _LATIN_SHARE):
        yield at[(at >= start) & (at < end)]


def _dense_blocks(batch: Batch, at: Ints, share: float) -> list[tuple[int, int]]:
    """Blocks of BLOCK code points, counted anew in every document, of which at least _LEAST and
    this share stand at the places `at`."""
    docs = np.searchsorted(batch.ends, at)
    base = batch.starts[docs]
    starts, first, counts = np.unique(
        base + (at - base) // BLOCK * BLOCK, return_index=True, return_counts=True
    )
    ends = np.minimum(starts + BLOCK, batch.ends[docs[first]] + 1)
    dense = (counts >= _LEAST) & (counts >= share * (ends - starts))
    return list(zip(starts[dense].tolist(), ends[dense].tolist(), strict=True))


def _is_odd(batch: Batch, start: int, end: int) -> bool:
    """Whether the language model finds no Chinese in a block; Japanese is not asked for any."""
    classes = batch.classes[start:end]
    if (classes == int(Class.KANA)).sum() > 0.1 * (end - start):
        return False
    han = np.isin(classes, (int(Class.HAN), int(Class.RARE_HAN)))
    scores = load().scores(batch.folded[start:end])
    # Whole numbers, so that the sum does not depend on its order.
    total = int(np.rint(scores[han] * 1024).astype(np.int64).sum())
    return total < _ODD * 1024 * int(han.sum())


def _runs(at: Ints) -> list[tuple[int, int]]:
    """Stretches [start, end) of positions that follow on each other; `at` is sorted."""
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) != 1) + 1
    edges = [0, *breaks.tolist(), len(at)]
    return [(int(at[a]), int(at[b - 1]) + 1) for a, b in pairwise(edges)]


def _note(text: str) -> str:
    """What kind of loss a stretch shows, in a few words."""
    first = text[0]
    if first == "?":
        return "question marks for characters"
    if first in "锟斤拷":
        return "replacement characters, read as GBK"
    if "\ue000" <= first <= "\uf8ff" or first > "\U000effff":
        return "private-use characters"
    if first == "\ufffd":
        return "replacement characters"
    return "control characters" if first < " " or "\x7f" <= first < "\xa0" else "mojibake"
