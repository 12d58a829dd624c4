"""Signs that a page was cut: lines that begin or end in mid-sentence, told by their marks.

Vectorised over the lines of a batch; the pre-screen of restore and the completeness score.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Batch, Ints, Mask
from cleaner.kernels.segments import firsts, places_of
from cleaner.kernels.text import Class, Codes, decode, table_of

_LEAST = 12
"""A shorter line says nothing: a heading, a name, a verse."""

_OPENING = 24
"""How far into a line the words that open a report stand."""

_FIRST = 3
"""How many of the first lines of text may hold the opening of a report, beside those of the
head."""

_HEAD, _HEAD_LINES = 4, 12
"""So many lines at most are the head of a text: a kicker, the headline, one below it, a name; and
the latter with those that only say when and where the text appeared."""

_CAPTION = 1.5
"""A caption above the opening of a report weighs as much as so many lines of a head."""

_LABEL, _DATE = 7, 6
"""A label and its colon stand within so many characters; a date has so many digits."""

_HEADLINE, _WITH_COMMA = 64, 40
"""No line of a head is longer; nor than the latter where it has a comma inside, as the lines of
hard-wrapped text have."""

_BULLETS, _SUMMARY = "◆◇■□▲△●★☆※", 160
"""A summary below the headline begins with one of these; it is no longer."""

_PICTURE, _SHOWS, _SIDES = ord("图"), "为片说:/", "左右上下"
"""A caption begins with 图 and one of the first, or with one of the latter and 图; it may end as a
sentence does, and be as long as a summary."""

_TAKEN = ord("摄")
"""Who took the picture ends a caption, and many a report."""

_NEVER_LAST = "。;:,、"
"""No line of a head ends with these, nor with one of them and a quote or a bracket; it may with
a question."""

_TITLED = 46
"""The shortest line that a title in brackets opens."""

_TAIL = 40
"""A signature behind the last sentence of a line stands within so many characters."""

_SIGNATURE = regex.compile(
    r"""(?:^|[。!?…"”」)】\s])
        (?:责任编辑|责编|编辑|主编|编审|审核|校对|来源|作者|记者|通讯员|供稿|终审|监制|摄影|文/|图/)
        \s*[:/]?\s*\p{Han}[\p{Han}\s·、]{1,16}$
      | 摄/\p{Han}{2,8}$ | [。!?](?:新华社|中新社)发$""",
    regex.VERBOSE,
)

_SIGNERS = (
    *("编辑", "责编", "主编", "编审", "审核", "终审", "校对", "来源", "作者", "记者", "通讯"),
    *("供稿", "监制", "摄影", "文/", "图/", "摄/", "社发"),
)
"""Where none of these pairs of characters stands, there is no signature."""

_LABELS = (*_SIGNERS, "时间", "日期", "发布", "浏览", "点击", "阅读", "字号", "字体")
"""How labels end that say who wrote a text, when and where it appeared."""

_OPEN_MARKS = "，、,；;：:“‘（(《【「『·"
_LIST_MARKS = ":;：；"
_MID_MARKS = "，,。；;"
_NEVER_FIRST = "，、。；：！？”’）》】」』,;:!?)%"
_WORDY = (Class.HAN, Class.RARE_HAN, Class.DIGIT)
_BLANK = (Class.SPACE, Class.CONTROL, Class.INVISIBLE)


class Lines(NamedTuple):
    """The lines of a batch, shape (lines,) each: document, start and end without outer blanks
    (in `batch.codes`), whether the end is open, whether the line begins with a mark that none
    begins with, and its code points."""

    doc: Ints
    start: Ints
    end: Ints
    open_end: Mask
    bad_start: Mask
    size: Ints


@cache
def _of_classes(*classes: Class) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(classes)] = True
    return table


def lines_of(batch: Batch) -> Lines:
    """Every line of a batch, found once. An end is open after a word character or a mark that
    goes on, in a line that is long enough and has a mark inside, as headings have not."""
    return batch.once("cut lines", _lines)


def _lines(batch: Batch) -> Lines:
    codes = batch.codes
    starts, ends = trimmed(batch)
    size = ends - starts
    long = size >= _LEAST
    last = np.maximum(ends - 1, 0)
    wordy = _of_classes(*_WORDY).take(batch.classes.take(last))
    wordy &= batch.folded.take(last) != _TAKEN
    open_end = long & (wordy | table_of(_OPEN_MARKS).take(codes.take(last)))
    some = np.flatnonzero(open_end)
    open_end[some] = _have(partial(_mid_marks, codes), starts[some], last[some])
    some = some[open_end[some]]
    open_end[some] = ~_signed(batch, starts[some], ends[some])
    first = table_of(_NEVER_FIRST).take(codes.take(starts))
    return Lines(batch.line_docs, starts, ends, open_end, first & (size > 0), size)


def _signed(batch: Batch, starts: Ints, ends: Ints) -> Mask:
    """Which lines [start, end) close with who wrote, edited or sent them; shape (k,)."""
    found = np.zeros(len(starts), np.bool_)
    reach = ends[:, None] - np.arange(_TAIL, 0, -1)
    tails = batch.folded.take(reach, mode="clip")
    first, second = (table_of("".join(chars)) for chars in zip(*_SIGNERS, strict=True))
    for at in np.flatnonzero((first.take(tails[:, :-1]) & second.take(tails[:, 1:])).any(axis=1)):
        tail = decode(batch.folded[max(starts[at], ends[at] - _TAIL) : ends[at]])
        found[at] = _SIGNATURE.search(tail) is not None
    return found


def _have(marked: Callable[[Ints], Mask], starts: Ints, ends: Ints) -> Mask:
    """Which ranges [start, end), none empty, hold a place that is marked; shape (k,)."""
    if not len(starts):
        return np.zeros(0, np.bool_)
    at, first = places_of(starts, ends - starts)
    return np.asarray(np.logical_or.reduceat(marked(at), first))


def _mid_marks(codes: Codes, at: Ints) -> Mask:
    """Which code points at some places are marks inside a line."""
    return table_of(_MID_MARKS).take(codes.take(at))


def cut_ends(batch: Batch, lines: Lines) -> Mask:
    """Which lines end in mid-sentence, shape (lines,): open ends but for the marks that announce
    or close the items of a list."""
    return lines.open_end & ~table_of(_LIST_MARKS).take(
        batch.codes.take(np.maximum(lines.end - 1, 0))
    )


def trimmed(batch: Batch) -> tuple[Ints, Ints]:
    """Starts and ends of all lines without outer blanks, shape (lines,) each."""
    blank = _of_classes(*_BLANK)
    starts, ends = batch.line_starts.copy(), batch.line_ends.copy()
    classes = batch.classes
    while len(at := np.flatnonzero(blank.take(classes.take(starts)))):
        starts[at] += 1  # a newline is no blank: it stops here
    ends = np.maximum(ends, starts)
    while len(at := np.flatnonzero((ends > starts) & blank.take(classes.take(ends - 1)))):
        ends[at] -= 1
    return starts, ends


def opens_report(batch: Batch, lines: Lines) -> Mask:
    """Which lines open as reports do (本报讯, …日电, 【a title】…), near enough, shape (lines,)."""
    return batch.once("openings", lambda batch: _openings(batch, lines))


def _openings(batch: Batch, lines: Lines) -> Mask:
    folded = batch.folded
    found = table_of("【[〔").take(folded.take(lines.start)) & (lines.size >= _TITLED)
    at = np.flatnonzero((folded == ord("讯")) | (folded == ord("电")))
    at = at[(at > 0) & (at < len(folded) - 1)]
    before, news = folded[at - 1], folded[at] == ord("讯")
    opening = (before == ord("日")) | (news & table_of("报社网").take(before))
    at = at[opening | (news & (folded[at + 1] == ord("(")))]
    line = np.searchsorted(batch.line_ends, at)
    found[line[at < np.minimum(lines.end, lines.start + _OPENING)[line]]] = True
    return found


def is_report(batch: Batch) -> Mask:
    """Which documents name their outlet or the day of their dispatch where a report begins, near
    the start of one of the first written lines: 本报讯, 临江新闻网讯, 3月2日电; shape (n,)."""
    lines, folded = lines_of(batch), batch.folded
    heads = head_lines(batch)
    text = np.flatnonzero((lines.size > 0) & ~heads)
    docs = lines.doc[text]
    first = text[np.arange(len(docs)) - np.searchsorted(docs, docs) < _FIRST]
    first = np.sort(np.append(first, np.flatnonzero(heads)))
    at, _ = places_of(lines.start[first], np.minimum(lines.size[first], _OPENING))
    marks = folded.take(at)
    at = at[(marks == ord("讯")) | (marks == ord("电"))]
    news, before, after = folded.take(at) == ord("讯"), folded.take(at - 1), folded.take(at + 1)
    dated = (before == ord("日")) & (batch.classes.take(at - 2) == int(Class.DIGIT))
    dated &= (batch.classes.take(at + 1) != int(Class.HAN)) | table_of("题记据").take(after)
    named = news & table_of("报社网台刊").take(before)
    at = at[(dated | named) & (after != ord("息"))]
    found = np.zeros(len(batch), np.bool_)
    found[np.searchsorted(batch.ends, at)] = True
    return found


def head_lines(batch: Batch) -> Mask:
    """Which lines are headings above the first line of text, or also short captions between a
    heading and the opening of the report; shape (lines,), found once; none where there are more
    than _HEAD of them, which are a list, those about the text aside, or where no text follows."""
    return batch.once("head lines", _head_lines)


def _head_lines(batch: Batch) -> Mask:
    lines = lines_of(batch)
    written = np.flatnonzero(lines.size)
    docs = lines.doc.take(written)
    top = np.flatnonzero(np.arange(len(docs)) - np.searchsorted(docs, docs) <= _HEAD_LINES)
    written, docs = written.take(top), docs.take(top)
    headline = _like_headlines(batch, written)
    opening = opens_report(batch, lines).take(written)
    titles = np.where(_about_text(batch, written), 0.0, 1.0)
    barred = (lines.size.take(written) > _HEADLINE) | (firsts(docs) & ~headline)
    weight = np.where(headline, titles, np.where(barred, np.inf, _CAPTION))
    found = np.zeros(len(lines.size), np.bool_)
    for ends in (~headline, opening):
        found[written.take(_above(docs, np.flatnonzero(ends), weight))] = True
    return found


def _above(docs: Ints, marked: Ints, weight: npt.NDArray[np.float64]) -> Ints:
    """The numbers of the lines above the first marked one of each document, where they weigh no
    more than _HEAD together; `docs` are the documents of all lines."""
    first = marked.take(np.flatnonzero(firsts(docs.take(marked))))
    count = first - np.searchsorted(docs, docs.take(first))
    some = np.flatnonzero(count)
    at, begin = places_of(first.take(some) - count.take(some), count.take(some))
    if not len(some):
        return at
    light = np.add.reduceat(weight.take(at), begin) <= _HEAD
    return at[np.repeat(light, count.take(some))]


def _about_text(batch: Batch, written: Ints) -> Mask:
    """Which of some lines, none empty, say who wrote a text, when and where it appeared: a label
    with its value, or figures, like a date."""
    lines = lines_of(batch)
    starts, ends = lines.start.take(written), lines.end.take(written)
    tops = batch.folded.take(starts[:, None] + np.arange(_LABEL), mode="clip")
    first, second = (table_of("".join(chars)) for chars in zip(*_LABELS, strict=True))
    label = first.take(tops[:, :-2]) & second.take(tops[:, 1:-1]) & (tops[:, 2:] == ord(":"))
    found = (label & (np.arange(3, _LABEL + 1) < (ends - starts)[:, None])).any(axis=1)
    at, begin = places_of(starts, ends - starts)
    if len(begin):
        digits = batch.classes.take(at) == int(Class.DIGIT)
        found |= np.add.reduceat(digits, begin, dtype=np.int64) >= _DATE
    return np.asarray(found & (ends - starts <= _HEADLINE))


def _like_headlines(batch: Batch, written: Ints) -> Mask:
    """Which of some lines, none empty, could be headlines by their length and their end, or are
    summaries or captions."""
    lines, closing = lines_of(batch), table_of(_NEVER_LAST)
    ends, size = lines.end.take(written), lines.size.take(written)
    starts, brief = ends - size, size <= _SUMMARY
    summary = table_of(_BULLETS).take(batch.codes.take(starts)) & brief
    found: Mask = (size <= _HEADLINE) | summary
    for back in (1, 2):
        found &= ~closing.take(batch.folded.take(ends - back, mode="clip"))
    long = np.flatnonzero(found & ~summary & (size > _WITH_COMMA))
    found[long] = ~_have(partial(_commas, batch), starts[long], ends[long])
    found |= _captions(batch, starts, ends) & brief
    return found


def _captions(batch: Batch, starts: Ints, ends: Ints) -> Mask:
    """Which ranges [start, end), none empty, say what a picture shows, or end with who took it."""
    first, second, last = (
        batch.folded.take(at, mode="clip") for at in (starts, starts + 1, ends - 1)
    )
    shows = (first == _PICTURE) & table_of(_SHOWS).take(second)
    shows |= table_of(_SIDES).take(first) & (second == _PICTURE)
    return np.asarray(shows | (last == _TAKEN))


def _commas(batch: Batch, at: Ints) -> Mask:
    """Which places of a batch are marks inside a line, but for those of numbers."""
    before, behind = (batch.classes.take(at + step, mode="clip") for step in (-1, 1))
    within = (before == int(Class.DIGIT)) & (behind == int(Class.DIGIT))
    return np.asarray(_mid_marks(batch.folded, at) & ~within)


def lines_with(batch: Batch, pair: str) -> tuple[Ints, Ints]:
    """The lines that hold two characters, and where; shape (k,) each."""
    at = np.flatnonzero(batch.folded[:-1] == ord(pair[0]))
    at = at[batch.folded[at + 1] == ord(pair[1])]
    return np.searchsorted(batch.line_ends, at), at
