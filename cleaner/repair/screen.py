"""What the screens of all repairs look for, found by one table lookup over a batch.

A code point has a few bits that say which screens it interests. Where the code points with one
bit are is kept with the batch, so that filters which share a bit share the search as well.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntFlag
from functools import cache, partial

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.kernels.text import Class, class_table, fold_table

Flags = npt.NDArray[np.uint8]


class Look(IntFlag):
    """Why a screen looks at a code point."""

    SIGN = 1  # opens an escape, a reading or a cut: & \ ~ % = + ? (
    ODD = 2  # sound Chinese pages hardly have it, misread ones are full of it
    LETTER = 4  # ASCII, and its full-width form
    STRANGE = 8  # invisible, a control character, an odd line break, or a compatibility form
    BLANK = 16
    UNCOMMON = 32  # odd, or of the second level of GB2312: half of what is out of step
    COMMA = 64  # , and 、 of any width
    MARK = 128  # what may stand doubled behind a comma; the next bit, which `pairs` relies on


_RARE = ~np.uint8(Look.COMMA | Look.MARK)
_SIGNS = "&＆\\~%=+?"
_BREAKS = [0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029]
COMPAT_BLOCKS = [(0x2E80, 0x2FE0), (0xF900, 0xFB00), (0x2F800, 0x2FA20)]


def positions(batch: Batch, look: Look) -> Ints:
    """Where in `batch.codes` the code points with one bit stand, sorted; not for commas and marks,
    which are everywhere."""
    return batch.once(*_fact(look))


def positions_in(view: View, look: Look) -> Ints:
    """Where the code points with one bit stand in a document, sorted."""
    found = view.of_batch(*_fact(look))
    return found[view.within(found)] - view.span.start


def _fact(look: Look) -> tuple[str, Callable[[Batch], Ints]]:
    """The name of the positions of one bit, and how they are found."""
    return f"repair.{look.name}", partial(_positions, look=look)


def _positions(batch: Batch, look: Look) -> Ints:
    at, flags = batch.once("repair.marked", _marked)
    found: Ints = at[(flags & np.uint8(look)) != 0]
    return found


def _marked(batch: Batch) -> tuple[Ints, Flags]:
    """Where the code points with a bit that is asked for by itself stand, one in a hundred, and
    their bits."""
    flags = flags_of(batch)
    at = np.flatnonzero((flags & _RARE) != 0)
    return at, flags.take(at)


def flags_of(batch: Batch) -> Flags:
    """The bits of each code point of a batch, shape like `batch.codes`."""
    flags: Flags = batch.by_code_point("repair.flags", _table())
    return flags


def documents(batch: Batch, at: Ints, fewest: int = 1) -> Mask:
    """Documents with at least so many of some positions, shape (n,)."""
    counts = np.bincount(np.searchsorted(batch.ends, at), minlength=len(batch))
    found: Mask = counts >= fewest
    return found


def code_at(batch: Batch, at: Ints, by: int = 0) -> npt.NDArray[np.uint32]:
    """The code points `by` behind positions; beyond the borders of the batch a newline."""
    where = at + by
    found = batch.codes.take(where, mode="clip")
    if by:
        found[(where < 0) | (where >= len(batch.codes))] = 10
    return found


@cache
def odd_table() -> npt.NDArray[np.bool_]:
    """Which code points sound Chinese pages hardly have and misread ones are full of."""
    classes = class_table()
    kinds = (Class.RARE_HAN, Class.LETTER, Class.HANGUL, Class.PRIVATE, Class.CONTROL)
    table: npt.NDArray[np.bool_] = np.isin(classes, kinds)
    table[0xA1:0xC0] = True
    table[0xFF61:0xFFA0] = True
    table[0x2500:0x25A0] = True  # as code page 437 and its like draw boxes
    table[[0xA0, 0xB7, 0xD7, 0xF7]] = False
    table[:0x20] = False
    return table


@cache
def uncommon_table() -> npt.NDArray[np.bool_]:
    """Odd code points but Latin letters, and the 3008 less common characters of GB2312."""
    table = odd_table().copy()
    table[0xC0:0x250] = False  # as readings are written
    pairs = [bytes([row, cell]) for row in range(0xD8, 0xF8) for cell in range(0xA1, 0xFF)]
    table[[ord(char) for char in b"".join(pairs).decode("gb2312", "ignore")]] = True
    return table


@cache
def _table() -> Flags:
    classes, folded = class_table(), fold_table()
    table = np.zeros(len(classes), np.uint8)
    table[[ord(sign) for sign in _SIGNS]] |= np.uint8(Look.SIGN)
    table[folded == ord("(")] |= np.uint8(Look.SIGN)
    table[odd_table()] |= np.uint8(Look.ODD)
    table[uncommon_table()] |= np.uint8(Look.UNCOMMON)
    table[classes == Class.ASCII_LETTER] |= np.uint8(Look.LETTER)
    table[classes >= Class.INVISIBLE] |= np.uint8(Look.STRANGE)  # control characters come last
    table[_BREAKS] |= np.uint8(Look.STRANGE)
    for first, last in COMPAT_BLOCKS:
        table[first:last] |= np.uint8(Look.STRANGE)
    table[classes == Class.SPACE] |= np.uint8(Look.BLANK)
    table[np.isin(folded, [ord(mark) for mark in ",、"])] |= np.uint8(Look.COMMA)
    table[np.isin(folded, [ord(mark) for mark in ",。、;"])] |= np.uint8(Look.MARK)
    return table
