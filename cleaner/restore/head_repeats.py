"""What stands above the text of a page and once more in it: copies of the title, the title with
the name of the site behind it, and a lead that is nothing but the beginning of the text, cut off
at some length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Mask
from cleaner.cuts import lines_of
from cleaner.kernels.text import table_of

_ABOVE = 10
"""So many lines from the top a title or a lead may stand; a copy of it, so many below it."""
_TITLE = (5, 60)
_NAMED = 8
_LEAD = 40
_PARAGRAPH = 50
"""A line of so many characters with a full stop is a paragraph."""
_BELOW = np.arange(_ABOVE // 2 + 1)
_LABELS = "导读|导语|摘要|提要|核心提示|内容提要|内容摘要|内容简介"
_LABEL = regex.compile(rf"[\[【]?(?:{_LABELS})[\]】]?[:\s]*+")
_FIRST = "[【" + "".join(word[0] for word in _LABELS.split("|"))
_OPENINGS = np.array([ord(word[0]) << 32 | ord(word[1]) for word in _LABELS.split("|")])
_SITE = regex.compile(r"(?:\s?[-_|丨—–]{1,2}\s?[^-_|丨—–。,!?]{2,20}){1,4}")
"""The name of a site behind a title."""
_DOTS = regex.compile(r"(?:\.{2,}|…+)$")
_PLACES = (0, 1, 2, 5, 9, 15, 22, 30, 38)
"""Characters of a line by which one is told that begins like it."""


def above(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The numbers of the lines that go, each with its rule; `texts` are the folded lines of a
    page that are not blank."""
    paragraphs = [at for at, text in enumerate(texts) if len(text) >= _PARAGRAPH and "。" in text]
    if not paragraphs:
        return
    for at in _titles(texts, paragraphs[-1]):
        yield at, "restore.repeats.title"
    for at in range(min(_ABOVE, len(texts))):
        if _is_lead(texts, at):
            yield at, "restore.repeats.lead"


def _titles(texts: Sequence[str], last_paragraph: int) -> Iterator[int]:
    """The lines that say the first one again, near the top or at the end of the page; or that one,
    if it has the name of the site behind what another says."""
    title, last = texts[0], len(texts) - 1
    if not _TITLE[0] <= len(title) <= _TITLE[1] or title[-1] in "。:":
        return
    for at in range(1, min(_ABOVE, last_paragraph)):
        if texts[at] == title:
            yield at
        elif _is_named(title, texts[at]):
            yield 0
    again = last_paragraph < last and texts[last] in texts[:_ABOVE]
    if (
        again
        and len(texts[last]) >= _NAMED
        and (title == texts[last] or _is_named(title, texts[last]))
    ):
        yield last


def _is_named(named: str, title: str) -> bool:
    """Whether a line is a title and the name of a site behind it."""
    long = len(title) >= _NAMED and named.startswith(title)
    return long and _SITE.fullmatch(named, len(title)) is not None


def _is_lead(texts: Sequence[str], at: int) -> bool:
    """Whether the lines below go on where this one, less its label and its dots, ends. Without a
    label it must end within a sentence: editors set whole ones above a text on purpose."""
    text = texts[at]
    if len(text) < _LEAD:
        return False
    label = _LABEL.match(text) if text[0] in _FIRST else None
    bare = text[label.end() :] if label else text
    following = range(at + 1, min(at + 1 + _ABOVE // 2, len(texts)))
    alike = [below for below in following if texts[below][:3] == bare[:3]]
    lead = _compact(_DOTS.sub("", bare)) if alike else ""
    if len(lead) < _LEAD:
        return False
    for below in alike:
        told = _compact("".join(texts[below : below + _ABOVE]))
        cut = lead[-1].isalnum() and told[len(lead) : len(lead) + 1].isalnum()
        cut &= texts[below] != text  # else copies of one whole line
        if told.startswith(lead):
            return cut or label is not None
    return False


def _compact(text: str) -> str:
    return "".join(text.split())


def repeating_above(batch: Batch) -> Mask:
    """Which documents have a line near the top that looks like the first one, or like a line
    close below it; or that has a label of leads."""
    found = np.zeros(len(batch), np.bool_)
    lines = lines_of(batch)
    filled = np.flatnonzero(lines.end > lines.start)
    docs, start, size = (part[filled] for part in (lines.doc, lines.start, lines.size))
    ends = np.searchsorted(docs, np.arange(len(batch)), "right").take(docs)
    first = np.searchsorted(docs, np.arange(len(batch))).take(docs)
    rank = np.arange(len(docs)) - first
    last = np.arange(1, len(docs) + 1) == ends
    title = (rank > 0) & ((rank < _ABOVE) | last) & (size >= _TITLE[0]) & (size <= _TITLE[1])
    twins = np.flatnonzero(title & (size <= size[first]) & (size + _TITLE[1] // 2 > size[first]))
    found[docs[twins[_alike(batch, start, size, twins, first[twins])]]] = True
    top = np.flatnonzero((rank < _ABOVE) & (size >= _LEAD))
    below = np.minimum(top[:, None] + _BELOW, ends[top][:, None] - 1)
    heads = batch.folded.take(start.take(below))
    own, step = np.divmod(np.flatnonzero(heads == heads[:, :1]), len(_BELOW))
    own, two = top[own], below[own, step]
    own, two = own[two > own], two[two > own]
    found[docs[two[_alike(batch, start, size, own, two)]]] = True
    top = top[table_of(_FIRST).take(heads[:, 0])]
    found[docs[top][_labelled(batch, start[top])]] = True
    return found


def _labelled(batch: Batch, start: Ints) -> Mask:
    """Which lines begin with the first two characters of a label, in brackets or not."""
    one = batch.folded.take(start)
    start = start + ((one == ord("[")) | (one == ord("【")))
    two = batch.folded.take(start).astype(np.int64) << 32 | batch.folded.take(start + 1)
    return np.asarray((two[:, None] == _OPENINGS).any(axis=1))


def _alike(batch: Batch, start: Ints, size: Ints, one: Ints, two: Ints) -> Ints:
    """Which pairs of lines have the same characters, those at a few places; their numbers."""
    last = np.minimum(size[one], size[two]) - 1
    one, two = start[one], start[two]
    at = np.arange(len(one))
    for place in _PLACES:
        if not len(at):
            break
        by = np.minimum(place, last[at])
        at = at[batch.folded.take(one[at] + by) == batch.folded.take(two[at] + by)]
    return at
