"""The pre-screen of `repair.escapes`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask
from cleaner.repair.screen import Look, code_at, documents, positions


def _table(marks: dict[str, int]) -> npt.NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    for characters, bits in marks.items():
        for character in characters:
            table[ord(character)] |= bits
    return table


_HEXADECIMAL = "0123456789abcdefABCDEF"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# One bit for each opener; a follower carries the bits of the openers that it may follow. For
# the openers from _PAIRED on, the second follower must fit as well.
_PAIRED = 16
_OPENERS = _table({"&＆": 1, "\\": 2, "~": 4, "n": 8, "%": 16, "=": 32, "u": 64, "+": 128})
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
    going_on = [_going_on(batch, positions(batch, look)) for look in (Look.SIGN, Look.LETTER)]
    return documents(batch, np.concatenate(going_on))


def _going_on(batch: Batch, at: Ints) -> Ints:
    """Those of some positions where an escape may begin."""
    opener = _OPENERS.take(code_at(batch, at))
    at, opener = at[opener > 0], opener[opener > 0]
    first = (_FOLLOWERS.take(code_at(batch, at, 1)) & opener) != 0
    at, opener = at[first], opener[first]
    second = (_FOLLOWERS.take(code_at(batch, at, 2)) & opener) != 0
    found: Ints = at[(opener < _PAIRED) | second]
    return found
