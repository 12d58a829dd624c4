"""`repair.script`: Traditional to Simplified through OpenCC, as the last Editor.

Mode `off` (the default) touches nothing, `on` converts every Chinese text, `auto` only what a
machine had made Traditional: pages with evidence of a conversion (`cleaner.models.conversion`)
or with the annotations and the byte shifts that come with one. Genuine text of Hong Kong and
Taiwan stays. Lines and pages in Japanese or
Korean stay in every mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache, cached_property
from typing import Literal

import numpy as np
import opencc

from cleaner.batch import Batch, Mask, View
from cleaner.document import Document, Edit
from cleaner.errors import RecipeError
from cleaner.kernels.text import Class, encode
from cleaner.models.conversion import LEAST_SHARE, Conversion, is_traditional, traditional_share
from cleaner.rules import RuleBook

Mode = Literal["off", "on", "auto"]
MODES = ("off", "on", "auto")
_FOREIGN = 0.1
"""A line or page of which so much is kana or hangul is no Chinese."""
_TRACES = ("repair.pinyin.traditional", "repair.shift")


class Script:
    """The Editor; `evidence` is what `auto` asks for, from 0 to 1."""

    name = "repair.script"

    def __init__(self, book: RuleBook, *, mode: Mode = "off", evidence: float = 0.66) -> None:
        if mode not in MODES:
            raise RecipeError(f"repair.script: mode {mode!r}; there are {', '.join(MODES)}")
        self._book = book
        self._mode = mode
        self._evidence = evidence

    @cached_property
    def _conversion(self) -> Conversion:
        return Conversion(self._book.words("mainland_words"), self._book.words("overseas_words"))

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a character in its Traditional form."""
        if self._mode == "off":
            return np.zeros(len(batch), np.bool_)
        return batch.any(is_traditional(batch.codes, batch.folded))

    def edits(self, view: View) -> Iterator[Edit]:
        if self._mode == "off" or not is_traditional(view.codes, view.folded_codes).any():
            return
        if _is_foreign(view, 0, len(view.text)):
            return
        if self._mode == "auto" and not self._converted(view):
            return
        for start, end in view.lines:
            if not _is_foreign(view, start, end):
                yield from _line_edits(view.text[start:end], start)

    def _converted(self, view: View) -> bool:
        if traditional_share(view) < LEAST_SHARE:
            return False
        return _has_traces(view.doc) or self._conversion(view) >= self._evidence


def _has_traces(doc: Document) -> bool:
    """Whether damage was repaired that only pages converted by machine have."""
    rules = {put.rule for change in doc.changes for put in change.puts}
    return any(rule.startswith(_TRACES) for rule in rules)


def _is_foreign(view: View, start: int, end: int) -> bool:
    classes = view.classes[start:end]
    foreign = int(np.isin(classes, (Class.KANA, Class.HANGUL)).sum())
    han = int(np.isin(classes, (Class.HAN, Class.RARE_HAN)).sum())
    return foreign > _FOREIGN * (foreign + han) and foreign > 1


def _line_edits(line: str, start: int) -> Iterator[Edit]:
    """One Edit for each run of characters that OpenCC writes otherwise."""
    new = _converter().convert(line)
    if new == line:
        return
    for first, last, text in _differences(line, new):
        yield Edit(start + first, start + last, text, "repair.script.simplified", 0.95)


def _differences(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """The runs in which two lines differ: (start, end) in `old`, and the new text."""
    if len(old) != len(new):  # a phrase changed its length: align by runs
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                yield a, b, new[c:d]
        return
    differs = encode(old) != encode(new)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], differs, [False]]).view(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield first, last, new[first:last]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
