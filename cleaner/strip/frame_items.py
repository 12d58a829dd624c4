"""Which documents may hold a frame: items of short lines, looked up as words of menus."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask
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
    full: Mask
    """Of which lines they make up enough."""

    def lines(self, batch: Batch, fewest: int) -> Mask:
        """Which of all lines are full of items, or hold so many of them, shape (lines,)."""
        found = np.zeros(len(batch.line_ends), np.bool_)
        found[self.line] = self.full | (self.items >= fewest)
        return found

    def per_document(self, batch: Batch) -> Ints:
        """How many items stand on the full lines of each document; shape (n,)."""
        docs = batch.line_docs[self.line[self.full]]
        return np.bincount(docs, self.items[self.full], len(batch)).astype(np.int64)


def lines_of_items(batch: Batch, vocabulary: Vocabulary, share: float) -> Items:
    """The lines without a full stop that hold items of a vocabulary; full are those of which they
    make up at least this share."""
    edges = _edges(batch)
    sizes = np.diff(edges, prepend=-1) - 1
    at = np.flatnonzero(vocabulary.holds(batch.folded, edges - sizes, sizes))
    lines, inverse, counts = np.unique(
        np.searchsorted(batch.line_ends, edges[at]), return_inverse=True, return_counts=True
    )
    size = np.bincount(inverse, sizes[at], len(lines)).astype(np.int64)
    first, last = inner_ends(batch, lines)
    return Items(lines, counts, size, size >= share * (last - first + 1))


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
