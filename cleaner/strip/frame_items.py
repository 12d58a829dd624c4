"""Which documents may hold a frame: items of short lines, looked up as words of menus."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints
from cleaner.kernels.items import Vocabulary
from cleaner.kernels.text import Class, class_table
from cleaner.strip.spans import inner_ends

_BAR = ord("丨")
"""A Han character that sites put between the items of their menus."""


def vocabulary_of(words: Iterable[str]) -> Vocabulary:
    """The items that these words consist of."""
    border = border_table()
    cut = ("".join(" " if border[ord(c)] else c for c in word) for word in words)
    return Vocabulary(item for word in cut for item in word.split())


class Items(NamedTuple):
    """Lines of a batch that hold items of a vocabulary: their numbers, how many items each
    holds, and of how many characters these are; each array of shape (k,)."""

    line: Ints
    items: Ints
    size: Ints

    def on_line(self, lines: int) -> npt.NDArray[np.bool_]:
        """Which of all lines hold an item, shape (lines,)."""
        found = np.zeros(lines, np.bool_)
        found[self.line] = True
        return found

    def per_document(self, batch: Batch, share: float) -> Ints:
        """How many items stand on those lines of each document of which they make up at least
        this share; shape (n,)."""
        first, last = inner_ends(batch, self.line)
        full = self.size >= share * (last - first + 1)
        docs = batch.line_docs[self.line[full]]
        return np.bincount(docs, self.items[full], len(batch)).astype(np.int64)


def lines_of_items(batch: Batch, vocabulary: Vocabulary) -> Items:
    """The lines without a full stop that hold items of a vocabulary."""
    edges = _edges(batch)
    sizes = np.diff(edges, prepend=-1) - 1
    at = np.flatnonzero(vocabulary.holds(batch.folded, edges - sizes, sizes))
    lines, inverse, counts = np.unique(
        np.searchsorted(batch.line_ends, edges[at]), return_inverse=True, return_counts=True
    )
    return Items(lines, counts, np.bincount(inverse, sizes[at], len(lines)).astype(np.int64))


def _edges(batch: Batch) -> Ints:
    """Where the separators of lines without a full stop stand, and the ends of all lines.

    Classes are those of the text as it is, and quickly compared; what looks like none there may
    be a letter in the folded view (`ⓢ`).
    """
    other = batch.classes - np.uint8(Class.HAN) > np.uint8(Class.DIGIT - Class.HAN)
    other |= batch.codes == _BAR
    prose = np.zeros(len(batch.line_ends), np.bool_)
    prose[np.searchsorted(batch.line_ends, np.flatnonzero(batch.folded == ord("。")))] = True
    other &= np.repeat(~prose, batch.line_ends + 1 - batch.line_starts)
    other[batch.line_ends] = True
    at = np.flatnonzero(other)
    edges: Ints = at[border_table().take(batch.folded.take(at))]
    return edges


@cache
def border_table() -> npt.NDArray[np.bool_]:
    """Which code points can stand beside an item of a menu line: all but letters and digits."""
    letters = [Class.HAN, Class.RARE_HAN, Class.KANA, Class.HANGUL]
    letters += [Class.ASCII_LETTER, Class.LETTER, Class.DIGIT]
    table = ~np.isin(class_table(), letters)
    table[_BAR] = True
    return table
