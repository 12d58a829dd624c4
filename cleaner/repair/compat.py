"""`repair.compat`: characters that stand for others in the code charts are written as those.

PDF readers give Kangxi radicals (⼀, ⾦) and components (⻓, ⻢) for characters that look the
same; old Korean and Japanese code tables left compatibility ideographs. Lists of radicals, in
which they stand for themselves, stay.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Class
from cleaner.repair.screen import COMPAT_BLOCKS, Look, code_at, documents, positions
from cleaner.rules import RuleBook

_CHARACTERS = (Class.HAN, Class.RARE_HAN, Class.DIGIT, Class.PUNCTUATION, Class.TERMINAL)


class Compat:
    """The Editor; see the module."""

    name = "repair.compat"

    def __init__(self, book: RuleBook) -> None:
        self._radicals = book.words("radicals")

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a character that stands for another."""
        at = positions(batch, Look.STRANGE)
        return documents(batch, at[_table(self._radicals).take(code_at(batch, at)) > 0])

    def edits(self, view: View) -> Iterator[Edit]:
        new = _table(self._radicals).take(view.codes)
        radical = (view.codes >= 0x2E80) & (view.codes < 0x2FE0)
        for start, end in view.lines:
            stands = np.flatnonzero(new[start:end]) + start
            if len(stands) and not _is_list(view, start, end, radical):
                for at in stands.tolist():
                    yield Edit(at, at + 1, chr(int(new[at])), "repair.compat.ideograph")


@cache
def _table(radicals: tuple[str, ...]) -> npt.NDArray[np.uint32]:
    """What each code point stands for, shape (0x110000,); 0 for itself. `radicals` are pairs of a
    radical and its character."""
    table = np.zeros(0x110000, np.uint32)
    for first, last in COMPAT_BLOCKS:
        for code in range(first, last):
            same = unicodedata.normalize("NFKC", chr(code))
            if len(same) == 1 and ord(same) != code:
                table[code] = ord(same)
    for line in radicals:
        radical, ideograph = line.split()
        table[ord(radical)] = ord(ideograph)
    return table


def _is_list(view: View, start: int, end: int, radical: npt.NDArray[np.bool_]) -> bool:
    """Whether a line shows radicals as such: most of them alone, or the word for them there."""
    if not radical[start:end].any():
        return False
    if "部首" in view.text[start:end] or "偏旁" in view.text[start:end]:
        return True
    # A radical that stands for a character has other characters beside it.
    written = np.isin(view.classes[start:end], _CHARACTERS) | radical[start:end]
    padded = np.concatenate([[False], written, [False]])
    alone = radical[start:end] & ~padded[:-2] & ~padded[2:]
    return bool(alone.sum() * 2 > radical[start:end].sum())
