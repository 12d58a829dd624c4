"""Scorer `score.fineweb2`: the signals that FineWeb2 filters web text by.

The definitions are those of the filters "Gopher repetition", "FineWeb quality" and "Gopher
quality" in datatrove, which FineWeb2 (Penedo et al., 2025) runs in this order; the first and the
third go back to Rae et al., 2021 (table A1). With the limits of the recipe `fineweb2-zh` the
verdicts are theirs: `python -m benchmarks compare peers/fineweb2_rules` shows it. Words are those
of jieba, an extra.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import regex

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.words import Words, repeated, top
from cleaner.rules import RuleBook
from cleaner.score.segment import segmenter

_TOP = (2, 3, 4)
_REPEATED = (5, 6, 7, 8, 9, 10)
_PREFIX = "fineweb2_"
_MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～"
"""What makes a word of symbols, beside controls and marks that end a sentence; the digit stands
among them there too."""
_CONTROLS = [*range(10), *range(11, 32), *range(127, 160)]


class FineWeb2:
    """Shares of lines, words and characters, and two counts of words.

    `fineweb2_duplicate_lines`, `…_duplicate_line_chars`, `…_line_ends` (lines that end as
    sentences do), `…_lists` (newlines a word), `…_top_2` to `…_top_4` (characters of the most
    frequent word n-gram), `…_repeated_5` to `…_repeated_10` (of n-grams that stood before),
    `…_words` and `…_word_length` (of words that are not all symbols), `…_hashes` and
    `…_ellipses` (a word), `…_bullets` and `…_ellipsis_lines` (of the lines), `…_letters` (words
    with a letter), `…_stop_words` (how many of `stop_words` occur).
    """

    name = "score.fineweb2"
    names: Mapping[str, Bound] = {
        "fineweb2_duplicate_lines": "max",
        **{f"fineweb2_top_{n}": "max" for n in _TOP},
        **{f"fineweb2_repeated_{n}": "max" for n in _REPEATED},
        "fineweb2_line_ends": "min",
        "fineweb2_duplicate_line_chars": "max",
        "fineweb2_lists": "max",
        "fineweb2_words": "min",
        "fineweb2_word_length": "max",
        "fineweb2_hashes": "max",
        "fineweb2_ellipses": "max",
        "fineweb2_bullets": "max",
        "fineweb2_ellipsis_lines": "max",
        "fineweb2_letters": "min",
        "fineweb2_stop_words": "min",
    }

    def __init__(self, book: RuleBook, *, stop_words: Sequence[str] = ()) -> None:
        """Raises RecipeError where jieba is not installed."""
        self._cut = segmenter(self.name)
        self._stop_words = frozenset(stop_words)

    def score(self, batch: Batch) -> dict[str, Values]:
        rows = [self._signals(doc.text) for doc in batch.docs]
        return {name: np.array([row[name] for row in rows], np.float64) for name in self.names}

    def evidence(self, view: View) -> Iterable[Evidence]:
        return ()

    def _signals(self, text: str) -> dict[str, float]:
        words = [word for piece in self._cut(text) if (word := piece.strip())]
        found = {**_of_lines(text), **_of_marks(text, len(words)), **_of_words(text, words)}
        found["stop_words"] = len(self._stop_words.intersection(words))
        return {_PREFIX + name: value for name, value in found.items()}


def _of_lines(text: str) -> dict[str, float]:
    runs = re.split("\n+", text)
    lines = [line for line in text.split("\n") if line.strip()]
    ended = sum(line[-1] in _sentence_ends() for line in lines)
    seen: set[str] = set()
    again = 0
    for line in lines:
        again += len(line) if line in seen else 0
        seen.add(line)
    return {
        "duplicate_lines": 1 - len(set(runs)) / len(runs),
        "line_ends": ended / max(1, len(lines)),
        "duplicate_line_chars": again / max(1, len(text) - text.count("\n")),
    }


def _of_marks(text: str, words: int) -> dict[str, float]:
    words = max(1, words)
    lines = text.splitlines()
    bullets = sum(line.lstrip().startswith(("•", "-")) for line in lines)
    ellipses = sum(line.rstrip().endswith(("...", "…")) for line in lines)
    return {
        "lists": text.count("\n") / words,
        "hashes": text.count("#") / words,
        "ellipses": (text.count("...") + text.count("…")) / words,
        "bullets": bullets / max(1, len(lines)),
        "ellipsis_lines": ellipses / max(1, len(lines)),
    }


def _of_words(text: str, words: Sequence[str]) -> dict[str, float]:
    found = Words.of(words)
    told = found.with_any(_no_mark())
    characters = max(1, len(text))
    return {
        **{f"top_{n}": top(found, n) / characters for n in _TOP},
        **{f"repeated_{n}": repeated(found, n) / characters for n in _REPEATED},
        "words": int(told.sum()),
        "word_length": int(found.sizes[told].sum()) / max(1, int(told.sum())),
        "letters": int(found.with_any(_letter()).sum()) / max(1, len(words)),
    }


@cache
def _sentence_ends() -> frozenset[str]:
    """Marks that end a sentence in any script: the Unicode property."""
    return frozenset(regex.findall(r"\p{STerm}", "".join(map(chr, range(0x110000)))))


@cache
def _no_mark() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which code points are not all that a word of symbols is made of, shape (0x110000,)."""
    table = np.ones(0x110000, np.bool_)
    table[[*map(ord, _MARKS), *map(ord, _sentence_ends()), *_CONTROLS]] = False
    return table


@cache
def _letter() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which code points are letters, shape (0x110000,)."""
    return np.fromiter((chr(code).isalpha() for code in range(0x110000)), np.bool_, 0x110000)
