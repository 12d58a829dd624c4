"""Pairs of characters as numbers: the words, near enough, that topics are compared by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import Class, Classes, Codes

Pairs = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

BITS = 20
"""A pair is hashed to this many bits: Chinese text uses about a million pairs, most of them
rare, so that collisions hardly matter."""

_WORDY = np.zeros(256, np.bool_)
_WORDY[[Class.HAN, Class.RARE_HAN, Class.ASCII_LETTER, Class.KANA, Class.HANGUL]] = True


def pair_hashes(folded: Codes) -> Pairs:
    """The hash of each code point with the next one, shape (n,); the last stands alone."""
    hashes = folded * np.uint32(0x9E3779B1)
    hashes[:-1] += folded[1:] * np.uint32(0x85EBCA6B)
    return np.asarray(hashes >> np.uint32(32 - BITS))


def pair_mask(classes: Classes) -> Mask:
    """Where a pair is two characters of words, shape (n,); False at the last code point."""
    wordy = _WORDY.take(classes)
    mask = np.zeros(len(classes), np.bool_)
    mask[:-1] = wordy[:-1] & wordy[1:]
    return mask
