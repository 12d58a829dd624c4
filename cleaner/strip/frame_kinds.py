"""The lines of a page, and what each of them is for its frame."""

from __future__ import annotations

import re
from collections import Counter
from enum import IntEnum
from functools import cached_property
from itertools import compress

import numpy as np
import numpy.typing as npt

from cleaner.batch import Ints, View

Kinds = npt.NDArray[np.int8]
"""The `Kind` of each line of a page; WEAK only where `weak_among` was asked."""

_CUT = ("..", "…")
_COUNT = re.compile(
    r"[\d\s:./\-年月日,+×x<>|()%]+|(?:\d+\s*)?(?:小时|分钟|天|昨天|刚刚|今天).{0,8}|https?://\S+|www\.\S+"
    r"|.{0,6}\d+\s*(?:跟贴|评论|浏览|阅读|回复|图|人参与|赞).{0,10}"
)
_COUNT_FIRST = frozenset("0123456789:./-年月日,+×x<>|()%小分天昨刚今hw")
_DIGIT = re.compile(r"\d")
_FIRST_DIGIT = 7
"""How a line begins that may be a count, or within how many characters it has a digit."""
_SHORT, _OFTEN = 24, 3
"""A line of at most so many characters that stands on the page so often is part of its make."""
_PROSE = 30
_TEASER = 140
"""A line that ends in dots and is no longer than this is a teaser."""


class Kind(IntEnum):
    """What a line says by itself."""

    UNKNOWN = 0
    WEAK = 1  # a count, a date, or repeated down the page: known only beside known lines
    KNOWN = 2
    PROSE = 3


class Page:
    """The lines of a document that are not blank; lists and arrays of one length, which are not
    written to."""

    def __init__(self, view: View) -> None:
        bare = list(map(str.strip, view.folded_lines))
        self.texts = list(filter(None, bare))
        """Folded, blanks at the ends aside."""
        self.numbers = np.array(list(compress(range(len(bare)), bare)), np.int64)
        """Their numbers among the lines of the view."""
        self.starts: Ints = view.line_starts[self.numbers]
        self.ends: Ints = view.line_ends[self.numbers]
        self.sizes = self.ends - self.starts
        """In characters, with these blanks."""

    @cached_property
    def often(self) -> set[str]:
        """Short lines that stand on the page again and again."""
        counts = Counter(self.texts).items()
        return {text for text, count in counts if count >= _OFTEN and len(text) <= _SHORT}

    @cached_property
    def prose(self) -> list[int]:
        """The lines that are paragraphs or sentences of them."""
        long = np.flatnonzero(self.sizes >= _PROSE // 2).tolist()
        return [at for at in long if _is_prose(self.texts[at])]

    def is_weak(self, at: int) -> bool:
        """Whether an unknown line is a count, or stands on the page again and again."""
        text = self.texts[at]
        return text in self.often or _is_count(text)


def page_of(view: View) -> Page:
    """The lines of a document."""
    return view.once("strip.page", Page)


def _is_prose(text: str) -> bool:
    size = len(text)
    if "。" not in text:
        whole = size >= 2 * _PROSE and "," in text
    else:
        whole = size >= _PROSE or (size >= _PROSE // 2 and text[-1] == "。")
    return whole and not (size <= _TEASER and text.endswith(_CUT))


def weak_among(page: Page, kinds: Kinds, first: int, last: int) -> None:
    """Mark the unknown lines of [first, last) that are weak."""
    unknown = (first + np.flatnonzero(kinds[first:last] == int(Kind.UNKNOWN))).tolist()
    kinds[[at for at in unknown if page.is_weak(at)]] = int(Kind.WEAK)


def _is_count(text: str) -> bool:
    may_be = text[0] in _COUNT_FIRST or _DIGIT.search(text, 0, _FIRST_DIGIT) is not None
    return may_be and _COUNT.fullmatch(text) is not None
