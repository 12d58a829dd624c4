"""restore.briefs: parts a collection of short reports, each under a title of its own.

Features with subheads are set the same way. What tells them apart is that briefs speak of
different things, and that each begins as reports do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.cuts import lines_of
from cleaner.document import Keep, Piece
from cleaner.kernels.segments import firsts
from cleaner.kernels.text import table_of
from cleaner.models import kin, leads
from cleaner.restore.blocks import names_writers
from cleaner.restore.parts import parts_of
from cleaner.rules import RuleBook

_SHORTEST, _LONGEST = 4, 36
"""Characters of a title."""
_TEXT = 30
"""Characters of text below a title at least."""
_ALIKE, _BRIEF, _LONGER = 0.4, 120, 0.002
"""How far briefs speak of the same at most, the mean cosine of two of them; how many characters of
text below a title are brief, and how much less alike they must be for each more: sections of
features are long, and speak of the same."""
_LEADING = -1.0
"""ln odds (mean of the first paragraphs but that of the first brief) that they open reports."""
_END = '。！？!?…”"」』)）'
"""With one of these a paragraph ends, and no title."""
_NEVER_LAST = "，,、；;：:—-"
_COMMA = regex.compile(r",(?!\d)")
_NUMBERED = regex.compile(
    r"[(【\[]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)】\]、.:\s]|第.{1,3}[章节条]|[①-⑳]"
)


class Briefs:
    """The Restorer `restore.briefs`."""

    name = "restore.briefs"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        """Documents of nothing but titles and texts below them, two at least."""
        titles = batch.once(self.name, _titles)
        return np.bincount(batch.line_docs, titles, len(batch)) >= 2

    def arrange(self, view: View) -> list[list[Piece]]:
        titles = np.flatnonzero(view.of_lines(self.name, _titles)).tolist()
        borders = [0, *(view.lines[at].start for at in titles[1:]), len(view.text)]
        if len(titles) < 2 or not _apart(view, titles, borders[1:]):
            return [[Keep(0, len(view.text))]]
        return parts_of(view.text, borders, "restore.briefs.border")


def _apart(view: View, titles: Sequence[int], ends: Sequence[int]) -> bool:
    """True where the briefs below some titles, up to these ends, are reports of different
    things."""
    lines = view.lines
    heads = [view.folded[slice(*lines[at])].strip() for at in titles]
    if _numbered(heads) or not all(map(_is_title, heads)):
        return False
    texts = np.stack([[lines[at].end for at in titles], ends], axis=1)
    first = [next(line for line in lines[at + 1 :] if line.start < line.end) for at in titles[1:]]
    begin, end = np.array([(line.start, line.end) for line in first]).T
    if leads.scores(view.folded_codes, begin, end).mean() < _LEADING:
        return False
    whole, number = kin.load().of(view.folded_codes, texts).sum(axis=0), len(titles)
    alike = float((whole * whole).sum() - number) / (number * (number - 1))
    longer = max(0.0, float(np.diff(texts).mean()) - _BRIEF)
    return alike < _ALIKE - _LONGER * longer


def _is_title(head: str) -> bool:
    """True for a line that is neither a byline nor a piece of a sentence."""
    return not (names_writers(head) or _COMMA.search(head))


def _numbered(titles: Sequence[str]) -> bool:
    """True for items of a list, one of which is marked so, or that are counted from one on."""
    if any(map(_NUMBERED.match, titles)):
        return True
    return all(title.startswith(str(number)) for number, title in enumerate(titles[1:], 1))


def _titles(batch: Batch) -> Mask:
    """Which lines are titles with a text below, in documents where below a short head every line
    is such a title or a text; shape (lines,)."""
    lines = lines_of(batch)
    found = np.zeros(len(lines.size), np.bool_)
    solid = np.flatnonzero(lines.size)
    if not len(solid):
        return found
    doc, size, last = lines.doc[solid], lines.size[solid], batch.codes.take(lines.end[solid] - 1)
    text = table_of(_END).take(last)
    title = ~text & (size >= _SHORTEST) & (size <= _LONGEST) & ~table_of(_NEVER_LAST).take(last)
    first = firsts(doc)
    ends = np.append(first[1:], True)
    above: Ints = np.cumsum(text) - text
    below = above > np.maximum.accumulate(np.where(first, above, 0))
    doubled = title & np.append(False, title[:-1]) & below & ~first
    opens = title & np.append(text[1:], False) & ~ends
    border = np.flatnonzero(opens | first)
    enough = np.add.reduceat(np.where(text, size, 0), border) >= _TEXT
    wrong = (first & text) | (ends & ~text) | doubled
    wrong |= ~(text | title) & (below | (size > _LONGEST))
    wrong[border] |= opens[border] & ~enough
    among = np.bincount(doc, wrong, len(batch)) == 0
    found[solid] = opens & among.take(doc)
    return found
