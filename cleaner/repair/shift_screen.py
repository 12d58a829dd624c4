"""Where a document may have been cut between the bytes of a character, seen from afar."""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch, Ints
from cleaner.kernels.text import Class, class_table
from cleaner.repair.screen import Look, code_at, positions
from cleaner.repair.stream import DELIMITERS

_WINDOW = 16  # characters between a delimiter and the letter behind a short stretch, and one
_SYLLABLE = 7  # letters of a reading, at the most
CROWD = 7  # characters, three of them uncommon
_MARKS = np.array([ord(mark) for mark in "！？；。!;"], np.uint32)


def marked(batch: Batch) -> Ints:
    """Where a `?` stands in front of a delimiter or a reading."""
    at = positions(batch, Look.SIGN)
    at = at[code_at(batch, at) == 0x3F]
    before, after = code_at(batch, at, -1), code_at(batch, at, 1)
    letter = ((after | 0x20) - 0x61 < 26) | ((after >= 0xC0) & (after < 0x270))
    delimiter = np.isin(after, [ord(mark) for mark in DELIMITERS])
    found: Ints = at[(before > 0x20) & (letter | delimiter)]
    return found


def crowded(batch: Batch) -> Ints:
    """Where uncommon characters stand close together."""
    return crowds(positions(batch, Look.UNCOMMON))


def crowds(at: Ints) -> Ints:
    """Those of some sorted positions that have two others close behind."""
    found: Ints = at[:-2][at[2:] - at[:-2] < CROWD]
    return found


def unmarked(batch: Batch) -> Ints:
    """Where a letter alone behind a character beyond ASCII, or a private-use character, follows a
    delimiter, or a bracket follows such a letter."""
    at = positions(batch, Look.LETTER)
    at = at[code_at(batch, at, -1) >= 0x80]
    after = code_at(batch, at, 1)
    alone = (after >= 0x80) | (class_table().take(after) != Class.ASCII_LETTER)
    at, after = at[alone], after[alone]
    odd = positions(batch, Look.ODD)
    private = odd[class_table().take(code_at(batch, odd)) == Class.PRIVATE]
    signs = np.concatenate([at, private])
    before = code_at(batch, np.maximum(signs[:, None] - np.arange(1, _WINDOW + 1), 0).ravel())
    near = np.isin(before, _MARKS).reshape(-1, _WINDOW).any(axis=1)
    return np.concatenate([at[after == 0x28], signs[near]])


def readings(batch: Batch) -> Ints:
    """Letters with a tone mark close before a closing bracket."""
    at = positions(batch, Look.ODD)
    at = at[(code_at(batch, at) >= 0xC0) & (code_at(batch, at) < 0x270)]
    behind = code_at(batch, (at[:, None] + np.arange(1, _SYLLABLE + 1)).ravel())
    found: Ints = at[(behind == 0x29).reshape(-1, _SYLLABLE).any(axis=1)]
    return found
