"""Where a document may have been cut between the bytes of a character, seen from afar."""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch, Ints
from cleaner.kernels.text import Class
from cleaner.repair.stream import DELIMITERS

_WINDOW = 16  # characters between a delimiter and the letter behind a short stretch, and one
_MARKS = np.array([ord(mark) for mark in "！？；。!;"], np.uint32)


def marked(batch: Batch) -> Ints:
    """Where a `?` stands in front of a delimiter or a reading."""
    codes = batch.codes
    at = np.flatnonzero(batch.classes == Class.TERMINAL)
    at = at[codes[at] == 0x3F]
    before, after = codes[at - 1], codes[at + 1]
    letter = ((after | 0x20) - 0x61 < 26) | ((after >= 0xC0) & (after < 0x270))
    delimiter = np.isin(after, [ord(mark) for mark in DELIMITERS])
    found: Ints = at[(before > 0x20) & (letter | delimiter)]
    return found


def unmarked(batch: Batch) -> Ints:
    """Where a letter alone behind a character beyond ASCII, or a private-use character, follows a
    delimiter, or a bracket follows such a letter."""
    codes, classes = batch.codes, batch.classes
    letter, beyond = classes == Class.ASCII_LETTER, codes >= 0x80
    alone = letter[1:-1] & beyond[:-2] & (~letter[2:] | beyond[2:])
    at = np.flatnonzero(alone) + 1
    stray = at[codes[at + 1] == 0x28]
    at = np.concatenate([at, np.flatnonzero(classes == Class.PRIVATE)])
    before = codes[np.maximum(at[:, None] - np.arange(1, _WINDOW + 1), 0)]
    return np.concatenate([stray, at[np.isin(before, _MARKS).any(axis=1)]])
