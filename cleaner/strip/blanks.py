"""The blank lines that a removal leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Change, Edit
from cleaner.rules import RuleBook

_RUN = regex.compile(r"\n(?:[^\S\n]*\n){2,}")


class Blanks:
    """Tidies up after the filters before it: no blank lines at the ends of a document, and one
    between paragraphs where lines went away. A document that lost nothing stays as it is, and
    so do blank runs of the author's own."""

    name = "strip.blanks"

    def __init__(self, book: RuleBook) -> None:
        del book  # blanks need no words

    def suspects(self, batch: Batch) -> Mask:
        return np.array([_stripped(doc.changes) for doc in batch.docs], np.bool_)

    def edits(self, view: View) -> Iterator[Edit]:
        text = view.text
        first = len(text) - len(text.lstrip())
        if first == len(text) or not _stripped(view.doc.changes):
            return
        head, tail = text.rfind("\n", 0, first) + 1, len(text.rstrip())
        yield Edit(0, head, "", "strip.blanks.head")
        yield Edit(tail, len(text), "", "strip.blanks.tail")
        for run in _RUN.finditer(text, head, tail):
            if _seam(view, run.start(), run.end()):
                yield Edit(run.start(), run.end(), "\n\n", "strip.blanks.run")


def _stripped(changes: tuple[Change, ...]) -> bool:
    return any(change.filter.startswith("strip.") for change in changes)


def _seam(view: View, start: int, end: int) -> bool:
    """Whether something went away within [start - 1, end + 1)."""
    low, high = view.doc.source_range(start - 1, end + 1)
    return high - low > end - start + 2
