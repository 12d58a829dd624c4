"""Documents cut into sentences and into units of about one paragraph, in stream coordinates."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, BORDER, Stream, buckets_of
from cleaner.kernels.segments import Ints, firsts, places_of
from cleaner.kernels.text import Codes, table_of

Mask = npt.NDArray[np.bool_]

UNIT = 200
"""Letters after which a line is cut at the next end of a sentence, so that one long line and
many short ones give units of the same kind."""

SHORT = 16
"""A line of fewer letters (a subhead, a name) belongs to the unit that follows."""

LONGEST = 400
"""No unit is longer, even where no sentence ends."""

HEADING = 40
"""A line of at most so many letters that nothing closes is a heading."""

FACTS = 60
"""A line about a text has at most so many letters and digits."""

_ABOUT = (
    *("来源", "作者", "记者", "编辑", "责编", "编审", "校对", "审核", "通讯", "供稿", "供图"),
    *("摄影", "发布", "时间", "日期", "浏览", "阅读", "点击", "字号", "字体", "打印", "分享"),
    *("关键", "标签", "位置", "首页"),
)
"""Pairs of letters of lines about a text: who wrote it, when and where it appeared."""

_STOPS = table_of("。!?;")
_CLOSERS = _STOPS | table_of("…:,、\"')】》」』")


class Units(NamedTuple):
    """Sentences and units of n documents, all in coordinates of the stream.

    `sentences` and `units` hold the starts, ascending; each ends where the next one starts or
    at the border of its document. `opens` says which sentences open a line, `headings` which
    are short lines without a closing mark: titles, subheads, names, places. `marks` are the
    code points, folded, that the stream leaves out.
    """

    sentences: Ints
    opens: Mask
    units: Ints
    headings: Mask
    marks: Codes


def units_of(stream: Stream, folded: Codes) -> Units:
    """Cut the documents of a stream; `folded` is the batch that the stream was made of."""
    marks = folded.take(stream.gaps)
    sentences, opens = _starts(stream, marks)
    headings = _headings(stream, folded, sentences, opens)
    lines = sentences[opens]
    return Units(sentences, opens, _units(stream, folded, lines, sentences, opens), headings, marks)


def _headings(stream: Stream, folded: Codes, sentences: Ints, opens: Mask) -> Mask:
    ends = ends_of(stream, sentences)
    whole = opens & np.append(opens[1:], True)[: len(opens)]
    after = folded.take(stream.at.take(np.maximum(ends - 1, 0)) + 1)
    found: Mask = whole & (ends - sentences <= HEADING)
    closed = np.flatnonzero(found & _CLOSERS.take(after))
    found[closed] = _of_digits(stream, sentences[closed], ends[closed])  # a date in brackets
    return found


def _of_digits(stream: Stream, starts: Ints, ends: Ints) -> Mask:
    """Which ranges, none empty, hold nothing but digits."""
    if not len(starts):
        return np.zeros(0, np.bool_)
    at, first = places_of(starts, ends - starts)
    found: Mask = np.logical_and.reduceat(stream.codes.take(at) == ord("0"), first)
    return found


def ends_of(stream: Stream, starts: Ints) -> Ints:
    """Where each of these ranges ends, borders not included."""
    first = np.searchsorted(starts, stream.starts)
    behind = np.append(first[1:], len(starts))[: len(first)]
    filled = behind > first
    ends = np.append(starts[1:], len(stream.codes))[: len(starts)]
    ends[behind[filled] - 1] = stream.ends[filled]
    return ends


def _starts(stream: Stream, marks: Codes) -> tuple[Ints, Mask]:
    """Where something stands behind a stop or a break, or at the beginning of a document, and
    whether it is behind a break, or at the beginning; `marks` are those left out."""
    kinds = _parting().take(marks)
    parts = np.flatnonzero(kinds != 0)
    places = stream.gaps.take(parts) - parts  # what of the stream stands before a mark
    opens = np.zeros(len(stream.codes) + 1, np.bool_)
    opens[places.take(np.flatnonzero(kinds.take(parts) > 1))] = opens[stream.starts] = True
    starts = np.concatenate([places, stream.starts])
    starts.sort(kind="stable")  # two sorted runs, which it merges
    starts = starts.take(np.flatnonzero(firsts(starts)))
    filled = np.flatnonzero(stream.codes.take(starts, mode="clip") != BORDER)
    return starts.take(filled), opens.take(starts.take(filled))


@cache
def _parting() -> npt.NDArray[np.uint8]:
    """1 for the marks that close a sentence, 2 for the newline, else 0, shape (0x110000,)."""
    table = _STOPS.astype(np.uint8)
    table[ord("\n")] = 2
    return table


def _units(stream: Stream, folded: Codes, lines: Ints, sentences: Ints, opens: Mask) -> Ints:
    """Starts of units: lines that are long enough and more than a date or an address, and
    sentences that begin in another stretch of UNIT letters of their line than the sentence
    before."""
    if not len(sentences):
        return sentences
    own = np.cumsum(opens) - 1
    stretch = (sentences - lines[own]) // UNIT
    same = own[1:] == own[:-1]
    cut = np.append(True, ~same | (stretch[1:] > stretch[:-1]))
    first = firsts(stream.docs_at(sentences))
    # A line that is short hands its text on: the next line does not begin a unit. Behind the
    # last line of text it does not begin one itself.
    sizes = ends_of(stream, lines) - lines
    handed = (sizes < SHORT) | _facts(stream, folded, lines, sizes)
    joined = np.append(False, handed[:-1]) | _last(stream.docs_at(lines), handed)
    joins = joined[own] & (sentences == lines[own])
    return no_longer(stream, sentences[(cut & ~joins) | first], LONGEST)


def _last(docs: Ints, handed: Mask) -> Mask:
    """Which lines stand behind the last one of their document that is not `handed`."""
    solid = np.flatnonzero(~handed)
    last = np.full(int(docs[-1]) + 1, len(docs))
    last[docs[solid]] = solid  # of several the last one stays
    found: Mask = np.arange(len(docs)) > last[docs]
    return found


@cache
def _about() -> Mask:
    """The pairs of _ABOUT by bucket, shape (2**BITS,)."""
    table = np.zeros(1 << BITS, np.bool_)
    table[buckets_of(_ABOUT)] = True
    return table


def _facts(stream: Stream, folded: Codes, lines: Ints, sizes: Ints) -> Mask:
    """Which lines say who wrote a text, when and where it appeared: short, open, and half of
    them digits and Latin letters, or with one of the words of such lines."""
    found = np.zeros(len(lines), np.bool_)
    some = np.flatnonzero(sizes <= FACTS)
    after = folded.take(stream.at.take(lines[some] + sizes[some] - 1) + 1)
    some, after = some[~_STOPS.take(after)], after[~_STOPS.take(after)]
    if len(some):
        at, first = places_of(lines[some], sizes[some])
        codes = stream.codes.take(at)
        han = np.add.reduceat((codes >= 0x4E00) & (codes <= 0x9FFF), first, dtype=np.int64)
        about = np.logical_or.reduceat(_about().take(stream.pairs.take(at)), first)
        found[some] = about | (2 * han < sizes[some]) & ~_CLOSERS.take(after)
    return found


def no_longer(stream: Stream, starts: Ints, longest: int) -> Ints:
    """The starts of ranges, with more of them where one is longer than `longest`."""
    pieces = -(-(ends_of(stream, starts) - starts) // longest)
    if int(pieces.max(initial=1)) <= 1:
        return starts
    owner = np.repeat(np.arange(len(starts)), pieces)
    number = np.arange(len(owner)) - (np.cumsum(pieces) - pieces)[owner]
    more: Ints = starts[owner] + number * longest
    return more
