"""The pre-screen of `repair.escapes`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Mask

# One bit for each opener; a follower carries the bits of the openers that it may follow. For
# the openers from _PAIRED on, the second follower must fit as well.
_PAIRED = 16


def _table(marks: dict[str, int]) -> npt.NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    for characters, bits in marks.items():
        for character in characters:
            table[ord(character)] |= bits
    return table


_HEXADECIMAL = "0123456789abcdefABCDEF"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OPENERS = _table({"&＆": 1, "\\": 2, "~": 4, "n": 8, "%": 16, "=": 32, "u": 64, "+": 128})
_LOW_BYTES = [ord(opener) & 0xFF for opener in "&＆\\~n%=u+"]
_FOLLOWERS = _table(
    {
        "# " + _LETTERS: 1,
        "uUx0123\\": 2,
        "{": 4,
        "b": 8,
        "u" + _HEXADECIMAL: 16,
        _HEXADECIMAL: 32 + 64,
        _LETTERS + "0123456789+/": 128,
    }
)


def may_hold_escapes(batch: Batch) -> Mask:
    """Documents with a character that opens an escape, followed by one that may go on."""
    codes = batch.codes
    low = codes.astype(np.uint8)  # the low byte leaves few to look at, for a quarter of the work
    possible = np.zeros(len(codes), np.bool_)
    for byte in _LOW_BYTES:
        possible |= low == byte
    at = np.flatnonzero(possible)
    opener = _OPENERS.take(codes[at])
    at, opener = at[opener > 0], opener[opener > 0]
    following = [codes[np.minimum(at + k, len(codes) - 1)] for k in (1, 2)]
    first, second = (_FOLLOWERS.take(code) for code in following)
    going_on = (first & opener) != 0
    two = opener >= _PAIRED
    going_on[two] &= (second[two] & opener[two]) != 0
    found = np.zeros(len(batch), np.bool_)
    found[np.searchsorted(batch.ends, at[going_on])] = True
    return found
