"""The lines of a page, and what each of them is for its frame."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cached_property
from itertools import compress, pairwise

from cleaner.batch import View

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


class Kind(Enum):
    """What a line says by itself."""

    UNKNOWN = 0
    KNOWN = 1
    PROSE = 2


Kinds = list[Kind]
"""Of the lines of a page."""


class Page:
    """The lines of a document that are not blank; lists of one length, which are not written to.

    Most pages have a hundred lines, for which lists take less time than arrays.
    """

    def __init__(self, view: View) -> None:
        bare = list(map(str.strip, view.folded_lines))
        self.texts = list(filter(None, bare))
        """Folded, blanks at the ends aside."""
        self.numbers = list(compress(range(len(bare)), bare))
        """Their numbers among the lines of the view."""
        self.starts = list(compress(view.line_starts.tolist(), bare))
        self.ends = list(compress(view.line_ends.tolist(), bare))

    @cached_property
    def often(self) -> set[str]:
        """Short lines that stand on the page again and again."""
        counts = Counter(self.texts).items()
        return {text for text, count in counts if count >= _OFTEN and len(text) <= _SHORT}

    @cached_property
    def prose(self) -> list[int]:
        """The lines that are paragraphs or sentences of them."""
        texts = self.texts
        long = [at for at, size in enumerate(map(len, texts)) if size >= _PROSE // 2]
        return [
            at
            for at in long
            if (len(texts[at]) >= 2 * _PROSE or "。" in texts[at]) and _is_prose(texts[at])
        ]

    def size(self, at: int) -> int:
        """The length of a line with the blanks at its ends."""
        size: int = self.ends[at] - self.starts[at]
        return size

    def runs(self, lines: Sequence[int]) -> list[tuple[int, int]]:
        """Which of some lines, [first, last) of them, follow each other without a blank one."""
        if not lines:
            return []
        numbers = [self.numbers[at] for at in lines]
        after = enumerate(pairwise(numbers), 1)
        apart = [at for at, (upper, lower) in after if lower - upper > 1]
        return list(zip([0, *apart], [*apart, len(lines)], strict=True))

    def places(self, numbers: Iterable[int]) -> list[int]:
        """Where lines with these numbers stand among those that are not blank."""
        return [bisect_left(self.numbers, number) for number in numbers]

    def is_weak(self, at: int) -> bool:
        """Whether an unknown line is a count, a date, or stands on the page again and again: it is
        known only beside known lines."""
        text = self.texts[at]
        return _is_count(text) or (len(text) <= _SHORT and text in self.often)


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


def _is_count(text: str) -> bool:
    may_be = text[0] in _COUNT_FIRST or _DIGIT.search(text, 0, _FIRST_DIGIT) is not None
    return may_be and _COUNT.fullmatch(text) is not None
