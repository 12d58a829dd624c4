"""The pre-screen of restore.page: which documents may be cut or hold several articles.

Vectorised over the lines of a batch. On the training days it lets 99 % of made-up newspaper
pages through and 7 % of single articles; lines alone would let every third of those through.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask
from cleaner.cuts import Lines, lines_of
from cleaner.kernels.text import Codes
from cleaner.models import lm

Reals = npt.NDArray[np.float64]

_HEAD, _TAIL = 4, 2
"""Characters read behind and before a seam: the model looks back two."""
_LEAST = 12
"""A shorter line is not taken for a cut one."""
_NEXT, _FAR = 0.0, 3.0
"""Seam gain (nats) from which the next line, or a later one, may continue a cut one."""
_ABRUPT = 0.5
"""From here (nats) a line begins less like a line than like the middle of one."""
_MOST = 40
"""A document of more open ends is not made of sentences, or is looked at anyway."""
_OPENING, _BYLINE, _TITLED = 24, 24, 46
"""How far into a line the words of a dateline stand; the longest byline on a line of its own;
the shortest line that a title in brackets opens."""
_UNKNOWN = 0xE000  # no character of the model: what follows it has no context


def promising(batch: Batch) -> Mask:
    """Documents in which two lines open articles, or a line seems to continue a cut one."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    lines = lines_of(batch)
    opened = np.bincount(lines.doc[_opening(batch, lines)], minlength=len(batch))
    return (opened >= 2) | _continued(batch, lines)


def _opening(batch: Batch, lines: Lines) -> Mask:
    """Lines that open as reports do, with a title in brackets, or are a byline, near enough."""
    folded = batch.folded
    found = np.isin(folded.take(lines.start), [ord(mark) for mark in "[【〔"])
    found &= lines.size >= _TITLED
    reach = np.minimum(lines.end, lines.start + _OPENING)
    for pair in ("报讯", "日电", "日讯", "社讯", "网讯", "讯("):
        line, at = _lines_with(batch, pair)
        found[line[at < reach[line]]] = True
    line, _ = _lines_with(batch, "记者")
    found[line[lines.size[line] <= _BYLINE]] = True
    return found


def _lines_with(batch: Batch, pair: str) -> tuple[Ints, Ints]:
    """The lines that hold two characters, and where."""
    at = np.flatnonzero(batch.folded[:-1] == ord(pair[0]))
    at = at[batch.folded[at + 1] == ord(pair[1])]
    return np.searchsorted(batch.line_ends, at), at


def _continued(batch: Batch, lines: Lines) -> Mask:
    """Documents with a cut line that the next line may continue, or a later, abrupt one."""
    folded = batch.folded
    cut = lines.open_end & (lines.size >= _LEAST)
    number = np.bincount(lines.doc[cut], minlength=len(batch))
    chosen = np.flatnonzero((lines.size >= _HEAD) & (number[lines.doc] > 0))
    chosen = chosen[number[lines.doc[chosen]] <= _MOST]
    docs = lines.doc[chosen]
    heads = folded[lines.start[chosen][:, None] + np.arange(_HEAD)]
    fresh = _seam(np.array([[10, 10]], np.uint32), heads)
    abrupt = _seam(np.array([[_UNKNOWN, _UNKNOWN]], np.uint32), heads) - fresh > _ABRUPT
    one, two = _later(docs, np.flatnonzero(cut[chosen]))
    near = two == one + 1
    one, two, near = (part[near | abrupt[two]] for part in (one, two, near))
    tails = folded[lines.end[chosen[one]][:, None] - _TAIL + np.arange(_TAIL)]
    gain = _seam(tails, heads[two]) - fresh[two]
    found = number > _MOST
    found[docs[one[gain > np.where(near, _NEXT, _FAR)]]] = True
    return found


def _later(docs: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Every pair of a cut line and a line behind it in the same document."""
    last = np.searchsorted(docs, docs[ends], side="right")
    count = last - ends - 1
    one = np.repeat(ends, count)
    return one, one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)


def _seam(tails: Codes, heads: Codes) -> Reals:
    """ln p of each head after the tail of its row (or after the one tail), shape (rows,)."""
    rows = np.full((len(heads), 1 + _TAIL + _HEAD), 10, np.uint32)
    rows[:, 1 : 1 + _TAIL] = tails
    rows[:, 1 + _TAIL :] = heads
    scores = lm.load().scores(rows.reshape(-1)).reshape(rows.shape)
    return np.asarray(scores[:, 1 + _TAIL :].sum(axis=1, dtype=np.float64))
