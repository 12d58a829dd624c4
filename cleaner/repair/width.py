"""`repair.width`: full-width Latin letters and digits become ASCII ones, if a recipe asks.

No damage, and so in no shipped recipe: old newspapers write ２０１３年 on purpose. Marks of
punctuation keep their width.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Class
from cleaner.rules import RuleBook

_GAP = 0xFEE0
"""The distance between a full-width form and its ASCII character."""


class Width:
    """The Editor; `letters` and `digits` say what it turns."""

    name = "repair.width"

    def __init__(self, book: RuleBook, *, letters: bool = True, digits: bool = True) -> None:
        wanted = ("Ａ-Ｚａ-ｚ" if letters else "") + ("０-９" if digits else "")
        # A full stop, percent sign or hyphen between two digits belongs to the number.
        inner = "|(?<=[０-９])[．％－，：／](?=[０-９])|(?<=[０-９])％" if digits else ""
        self._run = regex.compile(f"(?:[{wanted}]{inner})+") if wanted else None

    def suspects(self, batch: Batch) -> Mask:
        """Documents with a full-width letter or digit."""
        codes = batch.codes
        wide = (codes >= 0xFF10) & (codes <= 0xFF5A)
        return batch.any(wide & np.isin(batch.classes, (Class.ASCII_LETTER, Class.DIGIT)))

    def edits(self, view: View) -> Iterator[Edit]:
        if self._run is None:
            return
        for match in self._run.finditer(view.text):
            codes = np.frombuffer(match[0].encode("utf-32-le"), np.uint32) - _GAP
            new = codes.astype(np.uint32).tobytes().decode("utf-32-le")
            yield Edit(match.start(), match.end(), new, "repair.width.latin")
