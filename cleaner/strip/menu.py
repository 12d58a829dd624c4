"""Menus, foot lines and user bars: runs of short lines of which enough are words of menus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Class, class_table, fold_text
from cleaner.rules import RuleBook, line_deletion

_SPLIT = regex.compile(r"[\s|丨/>»›·•,、:()\[\]]+")
_SENTENCE = regex.compile(r"[。!?;,]")
_SHORT = 24
_WIDE = 200
"""A line of several menu words may be this long."""
_FEWEST = 3
_REACH = 10
"""So many lines without a known word may stand between two that have one."""
_SHARE = 0.2


class Entry(NamedTuple):
    """A line that could be part of a menu: how many parts it has and how many are known."""

    line: Line
    parts: int
    known: int


class Menus:
    """Takes runs of menu lines away, from the first known word of a run to the last.

    A page that is nothing but short lines (a poem, a list of names) has no words of menus.
    """

    name = "strip.menu"

    def __init__(self, book: RuleBook) -> None:
        (rule,) = book.of(self.name)
        self._rule = rule.id
        self._words = {fold_text(word) for word in rule.literals}
        self._ours = np.zeros(len(book.literals), np.bool_)
        self._ours[book.numbers([rule])] = True

    def suspects(self, batch: Batch) -> Mask:
        if not len(batch):
            return np.zeros(0, np.bool_)
        hits = batch.hits
        at = np.flatnonzero(self._ours.take(hits.literal))
        base = batch.starts.take(hits.doc[at])
        border = _border_table()
        before = batch.folded.take(base + hits.start[at] - 1)  # at 0 the last newline stands there
        alone = border.take(before) & border.take(batch.folded.take(base + hits.end[at]))
        return np.bincount(hits.doc[at[alone]], minlength=len(batch)) >= _FEWEST

    def edits(self, view: View) -> Iterator[Edit]:
        run: list[Entry] = []
        for line in view.lines:
            text = view.folded[line.start : line.end].strip()
            if not text:
                continue
            entry = self._entry(line, text)
            if entry is None:
                yield from self._menu(view, run)
                run = []
            else:
                run.append(entry)
        yield from self._menu(view, run)

    def _entry(self, line: Line, text: str) -> Entry | None:
        if line.end - line.start > _WIDE or _SENTENCE.search(text):
            return None
        parts = [part for part in _SPLIT.split(text) if part]
        known = 1 if text in self._words else sum(part in self._words for part in parts)
        if len(text) <= _SHORT or (known >= 2 and 2 * known >= len(parts)):
            return Entry(line, len(parts), known)
        return None

    def _menu(self, view: View, run: Sequence[Entry]) -> Iterator[Edit]:
        for group in _groups(run):
            known = sum(entry.known for entry in group)
            parts = sum(entry.parts for entry in group)
            if known >= _FEWEST and known >= _SHARE * parts:
                for entry in group:
                    yield line_deletion(view, entry.line, self._rule)


def _groups(run: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The stretches of a run that begin and end with a known word, wide gaps between them."""
    known = [at for at, entry in enumerate(run) if entry.known]
    first = 0
    for rank, at in enumerate(known):
        if rank + 1 == len(known) or known[rank + 1] - at > _REACH:
            yield run[known[first] : at + 1]
            first = rank + 1


@cache
def _border_table() -> npt.NDArray[np.bool_]:
    """Which code points can stand beside a part of a menu line: all but letters and digits."""
    letters = [Class.HAN, Class.RARE_HAN, Class.KANA, Class.HANGUL]
    letters += [Class.ASCII_LETTER, Class.LETTER, Class.DIGIT]
    table = ~np.isin(class_table(), letters)
    table[ord("丨")] = True
    return table
