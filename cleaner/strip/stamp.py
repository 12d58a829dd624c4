"""Stamps: a chance word and the name of the site that hang on every paragraph of a page, so that
copies of it can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import table_of
from cleaner.rules import RuleBook

_FEWEST = 3
"""So many lines bear the same stamp."""
_LAST = "网線线壇坛區区報报"
"""What the names of sites end with."""
_LONGEST = 17
"""Characters of a stamp."""
_STAMP = regex.compile(
    rf"""(?<=[。！？!?；;：:”’"'）)】》…][ \u3000]? | \.(?:jpe?g|png|gif|bmp)[ \u3000]?)
    [A-Za-z\d]{{2,6}}\p{{Han}}{{2,10}}[{_LAST}]$""",
    regex.VERBOSE | regex.IGNORECASE,
)


class Stamps:
    """Takes the same stamp off the ends of three lines and more; the lines stay."""

    name = "strip.stamp"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        if not len(batch):
            return np.zeros(0, np.bool_)
        ends = np.maximum(batch.line_ends - 1, 0)
        named = table_of(_LAST).take(batch.codes[ends])
        mask: Mask = np.bincount(batch.line_docs[named], minlength=len(batch)) >= _FEWEST
        return mask

    def edits(self, view: View) -> Iterator[Edit]:
        found = list(filter(None, _last_words(view)))
        times = Counter(match[0] for match in found)
        for match in found:
            if times[match[0]] >= _FEWEST:
                yield Edit(*match.span(), "", "strip.stamp.name", 0.9)


def _last_words(view: View) -> Iterator[regex.Match[str] | None]:
    """The stamps of the lines that end with the name of a site."""
    if not view.text:
        return
    last = view.codes.take(np.maximum(view.line_ends - 1, 0))
    named = np.flatnonzero(table_of(_LAST).take(last))
    starts, ends = view.line_starts[named].tolist(), view.line_ends[named].tolist()
    for start, end in zip(starts, ends, strict=True):
        yield _STAMP.search(view.text, max(start, end - _LONGEST), end)
