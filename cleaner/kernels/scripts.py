"""Traditional and Simplified characters, one to one, as OpenCC has them."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import opencc

Codes = npt.NDArray[np.uint32]


@cache
def simplified_pairs() -> tuple[Codes, Codes]:
    """(traditional, simplified): the characters that OpenCC's `t2s` turns into another one.

    Asked one character at a time: the folded view must keep every position, so the phrases
    of OpenCC play no part here (they do in `repair.script`).
    """
    blocks = [(0x3400, 0xA000), (0xF900, 0xFB00)]
    source = [chr(code) for first, last in blocks for code in range(first, last)]
    target = opencc.OpenCC("t2s").convert("\n".join(source)).split("\n")
    pairs = [
        (ord(a), ord(b)) for a, b in zip(source, target, strict=True) if a != b and len(b) == 1
    ]
    array = np.array(pairs, dtype=np.uint32)
    return array[:, 0], array[:, 1]
