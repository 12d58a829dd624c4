"""The pre-screen of restore.page: which documents may be cut or hold several articles.

Vectorised over the lines of a batch; the few lines that seem to open an article are then read
by pattern. Lines alone would let every third single article through.
"""

from __future__ import annotations

import numpy as np

from cleaner.batch import Batch, Ints, Mask
from cleaner.cuts import Lines, cut_ends, lines_of, lines_with, opens_report
from cleaner.kernels.text import decode, table_of
from cleaner.restore import seams
from cleaner.restore.blocks import SURNAMES, names_writers, no_heading, opens_text

_LEAST = 12
"""A shorter line is not taken for a cut one."""
_NEXT, _PLAINLY, _FAR, _LONE, _HEADING = 1.0, 0.0, 3.0, 5.0, 4.0
"""Seam gain (nats) from which the next line may continue a cut one, and where that ends with a
comma or the next begins abruptly; a later line an end of a column, and the only such; and any
one what reads like a heading."""
_PARAGRAPH = 20
"""A shorter line is no end of a column."""
_SHORT = 40
"""A longer line is no heading."""
_ABRUPT = 0.5
"""From here (nats) a line begins less like a line than like the middle of one."""
_MOST = 40
"""A document of more open ends is not made of sentences, or is looked at anyway."""
_MENU, _MENU_LINES, _MENU_SIZE = 24, 0.75, 0.2
"""A page of so many short lines, which are this share of its lines and hold this share of its
characters, is one of menus and titles; newspaper pages have .7 at most."""
_ABOVE = 2
"""Paragraphs above a line that opens an article, from which on they are of another one."""
_NAME = 2, 6
"""Characters of a name alone on a line."""
_BYLINE = 24
"""The longest byline on a line of its own."""


def promising(batch: Batch) -> Mask:
    """Documents in which two lines open articles, or a line seems to continue a cut one."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    lines = lines_of(batch)
    menus = _of_menus(batch, lines)
    return (_opened(batch, lines) | _continued(batch, lines, menus)) & ~menus


def _of_menus(batch: Batch, lines: Lines) -> Mask:
    """Documents most of whose lines are short, and not a few of their characters in these."""
    size = lines.size
    filled, short = size > 0, (size > 0) & (size <= _SHORT)
    number, few = (np.bincount(lines.doc[mask], minlength=len(batch)) for mask in (filled, short))
    every, inside = (
        np.bincount(lines.doc[mask], size[mask], len(batch)) for mask in (filled, short)
    )
    menus = (few >= _MENU) & (few > _MENU_LINES * number) & (inside > _MENU_SIZE * every)
    return np.asarray(menus)


def _opened(batch: Batch, lines: Lines) -> Mask:
    """Documents in which two lines open articles, or one below the paragraphs of another."""
    opening = np.flatnonzero(_opening(batch, lines))
    counts = 1 + _below_text(lines, opening)
    number = np.bincount(lines.doc[opening], counts, len(batch))
    if (number < 2).all():
        return number >= 2
    solid = np.flatnonzero(lines.size > 0)
    above = solid[np.maximum(np.searchsorted(solid, opening) - 1, 0)]
    truly = np.zeros(len(batch), np.int64)
    columns = (opening.tolist(), above.tolist(), counts.tolist())
    for line, before, count in zip(*columns, strict=True):
        doc = lines.doc[line]
        if number[doc] >= 2 > truly[doc]:
            under = before < line and lines.doc[before] == doc
            truly[doc] += count * _opens(batch, lines, line, before if under else None)
    return truly >= 2


def _below_text(lines: Lines, chosen: Ints) -> Mask:
    """Which of the chosen lines stand below _ABOVE paragraphs of their documents."""
    long = np.append(0, np.cumsum(lines.size > _SHORT))
    first = np.searchsorted(lines.doc, lines.doc[chosen])
    return np.asarray(long[chosen] - long[first] >= _ABOVE)


def _opens(batch: Batch, lines: Lines, line: int, above: int | None) -> bool:
    """True where a line opens an article: as a report does, or as a byline under a title."""
    text = _line(batch, lines, line)
    if opens_text(text):
        return True
    return above is not None and names_writers(text) and _is_title(_line(batch, lines, above))


def _is_title(text: str) -> bool:
    return len(text) <= _SHORT and not (opens_text(text) or names_writers(text))


def _line(batch: Batch, lines: Lines, at: int) -> str:
    """A line as it is folded."""
    return decode(batch.folded[lines.start[at] : lines.end[at]])


def _opening(batch: Batch, lines: Lines) -> Mask:
    """Lines that open as reports do or are a byline, near enough."""
    found = opens_report(batch, lines).copy()
    line, _ = lines_with(batch, "记者")
    found[line[lines.size[line] <= _BYLINE]] = True
    found[_names(batch, lines)] = True
    return found


def _names(batch: Batch, lines: Lines) -> Ints:
    """Lines as short as a name above a paragraph that begin with a surname."""
    solid = np.flatnonzero(lines.size)
    size = lines.size[solid]
    short = np.flatnonzero((size[:-1] >= _NAME[0]) & (size[:-1] <= _NAME[1]) & (size[1:] > _SHORT))
    line = solid[short[lines.doc[solid[short]] == lines.doc[solid[short + 1]]]]
    return np.asarray(line[table_of(SURNAMES).take(batch.folded.take(lines.start[line]))])


def _continued(batch: Batch, lines: Lines, but: Mask) -> Mask:
    """Documents with a cut line that the next line may continue, or a later, abrupt one; some
    are not looked at."""
    folded = batch.folded
    cut = cut_ends(batch, lines) & (lines.size >= _LEAST) & ~but[lines.doc]
    number = np.bincount(lines.doc[cut], minlength=len(batch))
    first = np.full(len(batch), len(lines.doc))
    np.minimum.at(first, lines.doc[cut], np.flatnonzero(cut))
    chosen = np.flatnonzero((lines.size >= seams.HEAD) & (number <= _MOST)[lines.doc])
    chosen = chosen[chosen >= first[lines.doc[chosen]]]
    docs = lines.doc[chosen]
    heads = seams.first_of(folded, lines.start[chosen], lines.end[chosen])
    fresh, anywhere = seams.beginnings(heads)
    abrupt = anywhere - fresh > _ABRUPT
    text = _texts(batch, lines, cut)[chosen]
    column, soft = _columns(batch, lines, chosen, text)
    one, two = _later(docs, np.flatnonzero(cut[chosen]))
    near = (two == one + 1) & text[one]
    possible = near | (abrupt[two] & (column | ~text)[one])
    one, two, near = (part[possible] for part in (one, two, near))
    tails = folded[lines.end[chosen[one]][:, None] - np.arange(seams.TAIL, 0, -1)]
    gain = seams.continued(tails, heads[two]) - fresh[two]
    lone = np.bincount(docs[text], minlength=len(batch))[docs[one]] == 1
    far = np.where(text[one], np.where(lone, _LONE, _FAR), _HEADING)
    least = np.where(near, np.where(soft[one] | abrupt[two], _PLAINLY, _NEXT), far)
    found = number > _MOST
    found[docs[one[gain > least]]] = True
    return found


def _columns(batch: Batch, lines: Lines, chosen: Ints, text: Mask) -> tuple[Mask, Mask]:
    """Which of the chosen lines, some of them cut texts, may be ends of columns, and which end
    with a comma."""
    last = batch.folded.take(lines.end[chosen] - 1)
    soft = (last == ord("，")) | (last == ord(",")) | (last == ord("、"))
    filled = np.flatnonzero(lines.size)
    first = filled[np.searchsorted(lines.doc[filled], lines.doc[chosen])]
    title = chosen == first  # what was cut would stand above it
    return text & ~soft & ~title & (lines.size[chosen] >= _PARAGRAPH), soft


def _texts(batch: Batch, lines: Lines, cut: Mask) -> Mask:
    """Which of the cut lines read like parts of paragraphs rather than like headings."""
    text = cut & (lines.size > _SHORT)
    for line in np.flatnonzero(cut & ~text).tolist():
        base = int(batch.starts[lines.doc[line]])
        raw = batch.docs[lines.doc[line]].text
        text[line] = no_heading(raw[int(lines.start[line]) - base : int(lines.end[line]) - base])
    return text


def _later(docs: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Every pair of a cut line and a line behind it in the same document."""
    last = np.searchsorted(docs, docs[ends], side="right")
    count = last - ends - 1
    one = np.repeat(ends, count)
    return one, one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
