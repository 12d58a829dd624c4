"""The pre-screen of `repair.spacing`: where a batch shows the shape of a fault.

Every function gives positions in `batch.codes`, shape (k,), sorted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask
from cleaner.kernels.text import encode
from cleaner.repair.screen import Flags, Look, code_at, positions

_Codes = npt.NDArray[np.uint32]


def apart(batch: Batch, blanks: Ints) -> Ints:
    """Blanks before three characters in a row that stand alone between blanks."""
    if len(blanks) < 4:
        return blanks[:0]
    # Blanks that touch make one gap: (first, last) of each.
    edge = np.flatnonzero(np.diff(blanks) != 1)
    first = blanks[np.concatenate([[0], edge + 1])]
    last = blanks[np.concatenate([edge, [len(blanks) - 1]])]
    alone = (first[1:] - last[:-1] == 2) & _near(batch, last[:-1], 1, _is_han)
    three = alone[:-2] & alone[1:-1] & alone[2:]
    found: Ints = last[: len(three)][three]
    return found


def noise(batch: Batch, blanks: Ints) -> Ints:
    """Blanks between two pairs of a character from @ to ~ and one from ! to ?."""
    at = blanks[_near(batch, blanks, -1, _is_low) & _near(batch, blanks, 1, _is_upper)]
    return at[_near(batch, at, -2, _is_upper)]


def questions(batch: Batch) -> Ints:
    """Question marks (ASCII) with another behind them, a blank between at most."""
    at = positions(batch, Look.SIGN)
    at = at[_near(batch, at, 0, _is_question)]
    blank = _near(batch, at, 1, _is_blank) & _near(batch, at, 2, _is_question)
    return at[_near(batch, at, 1, _is_question) | blank]


def blank_before_mark(batch: Batch, blanks: Ints) -> Ints:
    """Blanks before a mark and behind what is neither blank nor ASCII."""
    at = blanks[_near(batch, blanks, -1, _is_wide)]
    found: Ints = at[_near(batch, at, 1, _is_mark) | _near(batch, at, 1, _is_blank)]
    return found


def pairs(flags: Flags) -> Ints:
    """Commas with another comma, a full stop or a semicolon behind them."""
    comma = (flags[:-1] & np.uint8(Look.COMMA)) << np.uint8(1)
    found: Ints = np.flatnonzero((comma & flags[1:]) != 0)
    return found


_MARK_CODES = encode(",。、;，；")


def _near(batch: Batch, at: Ints, by: int, test: Callable[[_Codes], Mask]) -> Mask:
    return test(code_at(batch, at, by))


def _is_mark(codes: _Codes) -> Mask:
    return np.isin(codes, _MARK_CODES)


def _is_han(codes: _Codes) -> Mask:
    return codes > 0x2E7F


def _is_blank(codes: _Codes) -> Mask:
    found: Mask = (codes == 0x20) | (codes == 0xA0) | (codes == 0x3000)
    return found


def _is_wide(codes: _Codes) -> Mask:
    return codes > 0x2000


def _is_low(codes: _Codes) -> Mask:
    return (codes >= ord("!")) & (codes <= ord("?"))


def _is_upper(codes: _Codes) -> Mask:
    return (codes >= ord("@")) & (codes <= ord("~"))


def _is_question(codes: _Codes) -> Mask:
    found: Mask = codes == ord("?")
    return found
