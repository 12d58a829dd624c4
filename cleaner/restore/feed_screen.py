"""The pre-screen of restore.feed: which documents may end with paragraphs of other articles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask
from cleaner.cuts import Lines, cut_ends, lines_of, opens_report
from cleaner.kernels.pairs import BITS, pair_hashes, pair_mask
from cleaner.kernels.text import Class
from cleaner.models import leads, topics

Reals = npt.NDArray[np.float64]

LEAST, OWN = 3, 2
"""Teasers that make a feed; paragraphs that an article has at least."""
MARKS, MARKED = 1, 0.15
"""Teasers, and their share, that begin as reports do or are cut off."""
PARAGRAPH, TEASER = 20, 30
"""Characters of a paragraph, and of the middle one (by size) of the teasers, at least."""
_DATE = 9
"""Characters in which the month or the day of a date stands."""
_REUSED, _REUSED_DATED, _REUSED_PLAIN = 0.22, 0.08, 0.35
"""Share (by weight) of the last lines that other lines have said: more is no feed; where only
dates speak for one; where three lines and more begin as reports do or are cut off."""
_LEADING, _UNLIKE, _UNLIKE_DATED, _FEW = -0.5, 0.05, 0.03, -1.5
"""ln odds (mean of the last lines) that they open reports; how much less may be said again for
each that is missing, and where only dates speak for a feed; how many may then be missing."""


def suspicious(batch: Batch) -> Mask:
    """Which documents end with lines that say little that was said before, and have a line
    behind the first paragraphs that is cut off or begins as reports do: with a dateline, or,
    where next to nothing was said before, with a date."""
    found = np.zeros(len(batch), np.bool_)
    if not len(batch):
        return found
    lines = lines_of(batch)
    paragraphs = np.flatnonzero(lines.size >= PARAGRAPH)
    docs = lines.doc[paragraphs]
    number = np.bincount(docs, minlength=len(batch))
    top = np.cumsum(number) - number
    later = np.arange(len(docs)) - top.take(docs) >= OWN
    strong = cut_ends(batch, lines) | opens_report(batch, lines)
    marks = strong | _begins_dated(batch, lines)
    limit = np.zeros(len(batch))
    limit[docs[marks[paragraphs] & later]] = _REUSED_DATED
    plain = np.bincount(docs[strong[paragraphs] & later], minlength=len(batch))
    limit[plain > 0] = _REUSED
    limit[plain >= LEAST] = _REUSED_PLAIN
    limit[number < LEAST + OWN] = 0.0
    limit[~_bordered(lines, marks, limit > 0)] = 0.0
    chosen = np.flatnonzero(limit)
    if not len(chosen):
        return found
    first = top[chosen]
    last = paragraphs[(first + number[chosen])[:, None] - np.arange(LEAST, 0, -1)]
    leading = leads.scores(batch.folded, lines.start[last.ravel()], lines.end[last.ravel()])
    leading = np.minimum(leading.reshape(last.shape).mean(axis=1) - _LEADING, 0)
    only_dated = limit[chosen] == _REUSED_DATED
    limit[chosen] += leading * np.where(only_dated, _UNLIKE_DATED, _UNLIKE)
    kept = ~only_dated | (leading > _FEW)
    chosen, first, last = chosen[kept], first[kept], last[kept]
    ranges = lines.start[paragraphs[first]], lines.start[last[:, 0]], lines.end[last[:, -1]]
    found[chosen] = _reused(batch, *ranges) < limit[chosen]
    return found


def _bordered(lines: Lines, marks: Mask, among: Mask) -> Mask:
    """Which of some documents have a border that is plausible by the sizes and the marks of
    their lines."""
    solid = np.flatnonzero((lines.size > 0) & among.take(lines.doc))
    doc, size = lines.doc[solid], lines.size[solid]
    edges = np.append(0, np.cumsum(np.bincount(doc, minlength=len(among))))
    first, last = edges.take(doc), edges.take(doc + 1)

    def before(values: Mask) -> Ints:
        total: Ints = np.cumsum(values) - values
        return np.asarray(total - total.take(first))

    def behind(values: Mask) -> Ints:
        total: Ints = np.cumsum(values)
        return np.asarray(total.take(last - 1) - total + values)

    rest = last - np.arange(len(solid))
    marked = behind(marks[solid])
    good = (rest >= LEAST) & (marked >= MARKS) & (marked >= MARKED * rest)
    good &= 2 * behind(size >= TEASER) >= rest
    good &= (before(size >= PARAGRAPH) >= OWN) & (before(size >= 2 * PARAGRAPH) > 0)
    found = np.zeros(len(among), np.bool_)
    found[doc[good]] = True
    return found


def _begins_dated(batch: Batch, lines: Lines) -> Mask:
    """Lines that begin with a date, near enough: 据, 近日, 日前, 今年, digits and soon 月 or 日."""
    folded = batch.folded
    first = folded.take(lines.start)
    found = first == ord("据")
    for one, two in ("近日", "日前", "今年"):
        at = np.flatnonzero(first == ord(one))
        found[at] = folded[lines.start[at] + 1] == ord(two)
    digit = np.flatnonzero(batch.classes.take(lines.start) == Class.DIGIT)
    reach = lines.start[digit][:, None] + np.arange(1, _DATE)
    near = folded.take(reach, mode="clip")
    found[digit] = ((near == ord("月")) | (near == ord("日"))).any(axis=1)
    return np.asarray(found)


def _reused(batch: Batch, start: Ints, border: Ints, end: Ints) -> Reals:
    """The share of the weight of the pairs in [border, end) that [start, border) holds too, for
    several ranges of a batch, shape (k,) each."""
    if not len(start):
        return np.zeros(0)
    size = end - start
    spans = [slice(*span) for span in zip(start.tolist(), end.tolist(), strict=True)]
    mask = pair_mask(np.concatenate([batch.classes[span] for span in spans]))
    first = np.cumsum(size) - size
    mask[first + size - 1] = False  # the last character of a range makes no pair with the next
    kept = np.flatnonzero(mask)
    hashes = pair_hashes(np.concatenate([batch.folded[span] for span in spans]))
    pairs = hashes.take(kept).astype(np.int64)  # as places are
    edges = np.searchsorted(kept, np.stack([first, first + border - start, first + size]))
    last = np.concatenate([pairs[two:three] for _, two, three in edges.T.tolist()])
    weight = topics.load().take(last)
    size = edges[2] - edges[1]
    said = _sums(weight * _seen_before(pairs, edges, last), size)
    return np.asarray(said / np.maximum(_sums(weight, size), 1))


def _sums(values: npt.NDArray[np.uint8], sizes: Ints) -> Ints:
    """Sums over ranges side by side, of these sizes."""
    total = np.append(0, np.cumsum(values, dtype=np.int64))
    ends = np.cumsum(sizes)
    return np.asarray(total[ends] - total[ends - sizes])


def _seen_before(pairs: Ints, edges: Ints, last: Ints) -> Mask:
    """Which pairs of each range [two, three), side by side in `last`, stand in its range
    [one, two) too; the rows of `edges` are one, two and three."""
    again = np.zeros(len(last), np.bool_)
    holder = np.zeros(1 << BITS, np.uint8)  # the number of the range that had a pair last
    at = 0
    for row, (one, two, three) in enumerate(edges.T.tolist()):
        number = row % 255 + 1
        if number == 1:
            holder[:] = 0
        holder[pairs[one:two]] = number
        end = at + three - two
        again[at:end] = holder.take(last[at:end]) == number
        at = end
    return again
