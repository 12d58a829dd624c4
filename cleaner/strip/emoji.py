"""Emoji that a copying site sprays into prose, so that no two copies of a text are alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.rules import RuleBook

_FIRST, _LAST = 0x1F300, 0x1FAFF
_EMOJI = r"(?:\p{Extended_Pictographic}[\uFE0F\u200D\u20E3\p{EMod}♀♂➡️]*)+"
_SPOT = regex.compile(
    rf"(?<=[\p{{Han}}\d%\]）)”」』》\"])(?P<emoji>{_EMOJI})(?=[\p{{Han}}，,、。；;：:）)”」』》])"
)
_ANY = regex.compile(_EMOJI)
_SOCIAL = regex.compile(r"#[^#\n]{1,30}#|@\w")
_LEAST, _DISTINCT, _INSIDE, _LINE = 5, 0.7, 0.7, 40
"""So many spots, hardly one like another, most emoji of the page in the middle of sentences, and
in lines of prose: whoever writes with emoji repeats his own and sets them behind a sentence."""


class Emoji:
    """Takes emoji out of pages where they stand at random inside of sentences."""

    name = "strip.emoji"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        found = batch.codes >= _FIRST
        if not found.any():  # as on most pages; counting costs more
            return np.zeros(len(batch), np.bool_)
        found &= batch.codes <= _LAST
        mask: Mask = batch.sums(found.view(np.int8)) >= _LEAST
        return mask

    def edits(self, view: View) -> Iterator[Edit]:
        spots = list(_SPOT.finditer(view.text))
        prose = [match for match in spots if _length_of_line(view.text, match) >= _LINE]
        kinds = {match["emoji"] for match in prose}
        astral = sum(_FIRST <= ord(match["emoji"][0]) <= _LAST for match in prose)
        if (
            astral >= _LEAST
            and len(kinds) >= _DISTINCT * len(prose)
            and len(spots) >= _INSIDE * len(_ANY.findall(view.text))
            and not _SOCIAL.search(view.text)
        ):
            for match in spots:
                yield Edit(*match.span("emoji"), "", "strip.emoji.sprayed", 0.9)


def _length_of_line(text: str, match: regex.Match[str]) -> int:
    end = text.find("\n", match.end())
    return (end if end >= 0 else len(text)) - text.rfind("\n", 0, match.start()) - 1
