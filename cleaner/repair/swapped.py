"""UTF-16 that was read with the bytes of each unit the other way round.

What becomes half a surrogate that way is lost: characters whose low byte is D8 to DF. The
language model finds them again.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from cleaner.kernels.text import Class, Codes, class_table, encode
from cleaner.repair.candidates import characters_where
from cleaner.repair.fill import Draft, Part
from cleaner.repair.habits import Habits
from cleaner.repair.options import Options

_LOST = "\ufdff"  # U+FFFD with its bytes swapped


def decode(line: str) -> Draft:
    """The line as it was, what was lost still open."""
    pieces = _swapped(line).split(_LOST)
    made = Draft([Part(pieces[0], "sound")])
    habits = Habits("".join(pieces))
    for piece in pieces[1:]:
        made.gaps[len(made.parts)] = [[_lost(habits.traditional)]]
        made.parts += [Part("", "filled"), Part(piece, "sound")]
    return made


def share(line: str) -> float:
    """The share of common Chinese characters of a line once its bytes are swapped; 0 where they
    cannot be, or where the line is Chinese as it stands."""
    before = _han_share(encode(line))
    if before >= 0.5:
        return 0.0
    after = encode(_swapped(line))
    if (class_table().take(after) == int(Class.CONTROL)).any():
        return 0.0
    found = _han_share(after)
    return found if found > 2 * before else 0.0


def _han_share(codes: Codes) -> float:
    return float((class_table().take(codes) == int(Class.HAN)).mean()) if len(codes) else 0.0


def _swapped(line: str) -> str:
    return line.encode("utf-16-be", "surrogatepass").decode("utf-16-le", "replace")


@cache
def _lost(traditional: bool) -> Options:
    return characters_where(lambda codes: (codes & np.uint32(0xFF)) >> 3 == 0xD8 >> 3, traditional)
