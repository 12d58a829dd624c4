"""Where a document may have been cut between the bytes of a character, seen from afar."""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch, Ints, Mask
from cleaner.kernels.text import Class, class_table
from cleaner.models.lm import load
from cleaner.repair.screen import Look, code_at, positions
from cleaner.repair.stream import DELIMITERS

_WINDOW = 16  # characters between a delimiter and the letter behind a short stretch, and one
_SYLLABLE = 7  # letters of a reading, at the most
CROWD = 7  # characters, three of them uncommon
_MARKS = [ord(mark) for mark in "！？；。!;"]
_MORE_MARKS = [*_MARKS, ord("，"), ord(",")]
RARE, GLANCE = -7.3, 4
"""Mean ln p of characters by themselves, of so many, below which they may be out of step."""


def marked(batch: Batch) -> Ints:
    """Where a `?` stands in front of a delimiter or a reading."""
    at = positions(batch, Look.SIGN)
    at = at[code_at(batch, at) == 0x3F]
    before, after = code_at(batch, at, -1), code_at(batch, at, 1)
    letter = ((after | 0x20) - 0x61 < 26) | ((after >= 0xC0) & (after < 0x270))
    delimiter = np.isin(after, [ord(mark) for mark in DELIMITERS])
    found: Ints = at[((before > 0x20) | (before == 0x0A)) & (letter | delimiter)]
    return found


def crowded(batch: Batch) -> Ints:
    """Where uncommon characters stand close together, behind a delimiter that may be a cut."""
    at = crowds(positions(batch, Look.UNCOMMON))
    return at[_cut_before(batch, at, _MORE_MARKS, CROWD)]


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
    near = _cut_before(batch, signs, _MARKS, _WINDOW)
    return np.concatenate([at[after == 0x28], signs[near]])


def _cut_before(batch: Batch, at: Ints, marks: list[int], reach: int) -> Mask:
    """Which positions have one of these marks close before them, and rare characters behind it."""
    before = np.maximum(at[:, None] - np.arange(1, reach + 1), 0)
    cut: Mask = np.isin(code_at(batch, before.ravel()), marks)
    cut[cut] = _rare_behind(batch, before.ravel()[cut])
    found: Mask = np.any(cut.reshape(-1, reach), axis=1)
    return found


def _rare_behind(batch: Batch, at: Ints) -> Mask:
    """Whether the GLANCE characters behind each position, up to the end of the line, are rare."""
    if not len(at):
        return np.zeros(0, np.bool_)
    behind = batch.folded.take(at[:, None] + np.arange(1, GLANCE + 1), mode="clip")
    inside = np.logical_and.accumulate(behind != 10, axis=1)
    model = load()
    total = np.where(inside, model.unigram.take(model.numbers.take(behind)), 0).sum(axis=1)
    rare: Mask = total < (RARE + 1e-6) * inside.sum(axis=1)
    return rare


def readings(batch: Batch) -> Ints:
    """Letters with a tone mark close before a closing bracket."""
    at = positions(batch, Look.ODD)
    at = at[(code_at(batch, at) >= 0xC0) & (code_at(batch, at) < 0x270)]
    behind = code_at(batch, (at[:, None] + np.arange(1, _SYLLABLE + 1)).ravel())
    found: Ints = at[(behind == 0x29).reshape(-1, _SYLLABLE).any(axis=1)]
    return found
