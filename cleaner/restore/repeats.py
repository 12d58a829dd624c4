"""restore.repeats: passages that stand twice on a page go once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.cuts import Lines, lines_of
from cleaner.document import Keep, Piece, Put
from cleaner.kernels.text import Class
from cleaner.restore.blocks import Kind, spans_of, unit_at
from cleaner.restore.head_repeats import above, repeating_above
from cleaner.restore.twin_lines import twin_lines, twins
from cleaner.rules import RuleBook

_LONG = 30
"""A paragraph of this size that stands twice is no refrain."""
_PART = 20
"""A suffix or prefix of this size repeats its paragraph."""
_EDGE, _SIGNED = 16, 4
"""Characters at the edge of a line, and of a signature, by which twins are found."""
_CROWD = 16
"""So many lines with one edge are compared two by two; the pre-screen lets more through."""
_HEAD, _PARAGRAPH = 3, 60
"""A line among the first, with no paragraph above it, that the text says again is its summary."""
_SPREAD = 3
"""A paragraph that stands more often than this is a form, a refrain or a table."""
_OUTSIDE = np.zeros(256, np.bool_)
_OUTSIDE[[Class.SPACE, Class.NEWLINE, Class.TERMINAL, Class.PUNCTUATION]] = True
"""Classes of characters that part words."""
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_AGAIN = regex.compile(
    r"[—─]{2}|--|《.+\)$|[【\[]\p{Han}{2,3}[】\]]|\(?[一二三四五六七八九十\d]{1,3}[)、.]"
)
"""A paragraph that may stand twice: the source of a quotation, an item of a list or a form."""
_ARTICLE, _LAW = regex.compile(r"第[零〇一二三四五六七八九十百\d]{1,5}条"), (20, 3)
"""Articles of a law, and what amends them, are named within so many characters; so many make a
law."""
_DOTS = regex.compile(r"\s*(?:\.{2,}|…+)$")


class Repeats:
    """The Restorer `restore.repeats`."""

    name = "restore.repeats"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        batch.memo[self.name] = found = repeating(batch)
        return found

    def arrange(self, view: View) -> list[list[Piece]]:
        whole: list[list[Piece]] = [[Keep(0, len(view.text))]]
        spans = spans_of(view)
        texts = [view.folded[start:end] for start, end in spans]
        gone = dict(twins(texts)) | dict(_copies(texts)) | dict(_parts(view, spans, texts))
        gone |= dict(above(texts))
        if not gone or not view.under(self.name, repeating):
            return whole
        return [_without(view, spans, gone)]


def repeating(batch: Batch) -> Mask:
    """Which documents have two long lines that may be copies, or end and whole, or whole and
    dotted beginning of one another; or two short ones in brackets that begin alike; or something
    above the text that it may say again; or a line twice in a row."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    found = repeating_above(batch) | twin_lines(batch)
    lines = lines_of(batch)
    long = np.flatnonzero(lines.size >= _PART)
    short = (lines.size >= _SIGNED) & (lines.size < _PART)
    signed = np.flatnonzero(short & (batch.folded.take(lines.start) == ord("(")))
    one, two = _alike(batch, lines, long, lines.start, _EDGE)
    last = batch.folded.take(lines.end[one] - 1)
    dotted = (last == ord(".")) | (last == ord("…"))
    found[lines.doc[one[dotted | _copied(batch, lines, one, two)]]] = True
    one, two = _alike(batch, lines, long, lines.end - _EDGE, _EDGE)
    found[lines.doc[one[_cut_off(batch, lines, one, two)]]] = True
    one, two = _alike(batch, lines, signed, lines.start, _SIGNED)
    found[lines.doc[one[lines.size[one] == lines.size[two]]]] = True
    return found


def _copied(batch: Batch, lines: Lines, one: Ints, two: Ints) -> Mask:
    """Which pairs of lines that begin alike are of one size and end alike."""
    edges = (_hashes(batch, lines.end[line] - _EDGE, _EDGE) for line in (one, two))
    same = lines.size[one] == lines.size[two]
    return np.asarray(same & (lines.size[one] >= _LONG) & np.equal(*edges))


def _cut_off(batch: Batch, lines: Lines, one: Ints, two: Ints) -> Mask:
    """Which pairs of lines that end alike may be an end, from within a word on, and a whole."""
    longer = lines.size[two] > lines.size[one]
    place, first = lines.end[two] - lines.size[one], lines.start[one]
    same = batch.folded.take(place) == batch.folded.take(first)
    outer = (_OUTSIDE.take(batch.classes.take(at)) for at in (first, place - longer))
    return np.asarray((one == two) | (longer & same & ~np.logical_or(*outer)))


def _alike(batch: Batch, lines: Lines, chosen: Ints, edges: Ints, size: int) -> tuple[Ints, Ints]:
    """All pairs of a shorter (or equal) and a longer of the chosen lines of one document that
    have the same `size` characters at their edges; of a crowd, each line with itself."""
    keys = _hashes(batch, edges[chosen], size) + lines.doc[chosen].astype(np.uint64)
    ranked = np.sort(keys)  # quicker than their order, and few have a twin
    again = ranked[1:][ranked[1:] == ranked[:-1]]
    if not len(again):
        return chosen[:0], chosen[:0]
    order = np.flatnonzero(again.take(np.searchsorted(again, keys), mode="clip") == keys)
    order = order[np.lexsort((lines.size[chosen[order]], keys[order]))]
    keys, ranked = keys[order], chosen[order]
    count = np.searchsorted(keys, keys, side="right") - np.arange(len(keys)) - 1
    crowd = count > _CROWD
    count[crowd] = 1
    first = np.repeat(np.arange(len(keys)), count)
    step = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    return ranked[first], ranked[first + np.where(np.repeat(crowd, count), 0, 1 + step)]


def _hashes(batch: Batch, starts: np.ndarray, size: int) -> np.ndarray:
    """A hash of four of `size` characters from each start on, shape (len(starts),)."""
    factor = np.uint64(0x9E3779B97F4A7C15)
    total = np.zeros(len(starts), np.uint64)
    for step in range(0, size, size // 4):
        total = (total ^ batch.folded[starts + step].astype(np.uint64)) * factor
        total ^= total >> np.uint64(29)
    return total


def _copies(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Later copies of whole paragraphs, and the lines next to them where several are copied in one
    run; a paragraph that comes back again and again, or line by line with others between as in
    songs, stays, and so does what is said twice on purpose."""
    counts = Counter(texts)
    first: dict[str, int] = {}
    runs: dict[int, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        own = first.setdefault(text, at)
        if own < at and len(text) >= _LONG and counts[text] <= _SPREAD and _is_prose(text):
            runs[at - own].append(at)
    if runs and _is_law(texts):
        return
    for apart, copies in runs.items():
        found = [at for at in copies if not _is_item(texts, at)]
        if found and (len(copies) > 1 or _is_displaced(texts, found[0] - apart, found[0])):
            for line in (*found, *_next_to(texts, apart, copies)):
                yield line, "restore.repeats.copy"


def _is_item(texts: Sequence[str], at: int) -> bool:
    """True for the source of a quotation, an item of a list, and what stands below one: others may
    have the same."""
    return any(map(_AGAIN.match, texts[at - 1 : at + 1]))


def _is_displaced(texts: Sequence[str], one: int, two: int) -> bool:
    """True for a single copy that nobody means: below its like or the whole text, or a paragraph
    but a summary above a text. Editors set sentences apart, and reports of cases share some."""
    if two in (one + 1, len(texts) - 1):
        return True
    return len(texts[two]) >= _PARAGRAPH and not _above_text(texts, one)


def _above_text(texts: Sequence[str], at: int) -> bool:
    """True for one of the first lines with no paragraph above it."""
    return at < _HEAD and all(len(text) < _PARAGRAPH for text in texts[:at])


def _next_to(texts: Sequence[str], apart: int, copies: Sequence[int]) -> Iterator[int]:
    """The lines between, above and below two copied paragraphs or more that are copied too."""
    if len(copies) < 2:
        return
    first, last = copies[0], copies[-1]
    if any(texts[at] != texts[at - apart] for at in range(first, last)):
        return
    floor = max(apart, last - apart + 1)
    while first > floor and texts[first - 1] == texts[first - 1 - apart]:
        first -= 1
    while last + 1 < len(texts) and texts[last + 1] == texts[last + 1 - apart]:
        last += 1
    yield from range(first, last + 1)


def _is_law(texts: Sequence[str]) -> bool:
    """True for articles of a law, each of which stands once: what one of them says, another may
    say of something else."""
    within, fewest = _LAW
    articles = [text for text in texts if _ARTICLE.search(text, 0, within)]
    return len(articles) >= fewest and len(set(articles)) == len(articles)


def _is_prose(text: str) -> bool:
    """True where most of a line is Han or kana: addresses and code may stand twice."""
    return 2 * len(_WIDE.findall(text)) >= len(text)


def _parts(
    view: View, spans: Sequence[tuple[int, int]], texts: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Lines that are the end of another paragraph (and begin in mid-sentence) and are not set above
    the text, or its beginning closed with dots; and closing signatures that stand again below."""
    long = [text for text in texts if len(text) >= _PART]
    dotted = any(text[-1] in ".…" for text in long)
    heads = _by_edge(long, slice(0, _EDGE)) if dotted else {}
    tails = _by_edge(long, slice(-_EDGE, None))
    last = {text: at for at, text in enumerate(texts) if text[0] in "(（"}
    for at, text in enumerate(texts):
        if at > 0 and last.get(text, 0) > at:
            unit, before = unit_at(view, *spans[at]), unit_at(view, *spans[at - 1])
            if unit.kind is Kind.BYLINE and before.cut:
                yield at, "restore.repeats.signature"
                continue
        if len(text) < _PART or (len(tails[text[-_EDGE:]]) < 2 and text[-1] not in ".…"):
            continue
        rule = _part(text, heads, {} if _above_text(texts, at) else tails)
        if rule and unit_at(view, *spans[at]).kind is Kind.TEXT:
            yield at, rule


def _part(text: str, heads: Mapping[str, list[str]], tails: Mapping[str, list[str]]) -> str | None:
    """The rule by which a line goes that is a part of another one."""
    if _ends(text, tails):
        return "restore.repeats.suffix"
    return "restore.repeats.prefix" if _begins(text, heads) else None


def _ends(text: str, tails: Mapping[str, list[str]]) -> bool:
    """True for the end of a longer text, from within a word on."""
    return any(
        len(other) > len(text) and other.endswith(text) and _inside_word(other, text)
        for other in tails.get(text[-_EDGE:], ())
    )


def _begins(text: str, heads: Mapping[str, list[str]]) -> bool:
    """True for the beginning of a longer text, closed with dots."""
    if text[-1] not in ".…" or not _DOTS.search(text):
        return False
    start = _DOTS.sub("", text)
    return any(len(o) > len(text) and o.startswith(start) for o in heads[text[:_EDGE]])


def _by_edge(texts: Sequence[str], edge: slice) -> dict[str, list[str]]:
    """The texts by their first or last characters."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        found[text[edge]].append(text)
    return found


def _inside_word(whole: str, suffix: str) -> bool:
    """True where a suffix begins between two characters of words: a quote or a sentence that is
    said again begins behind a mark."""
    before = whole[-len(suffix) - 1]
    return before.isalnum() and suffix[0].isalnum()


def _without(view: View, spans: Sequence[tuple[int, int]], gone: dict[int, str]) -> list[Piece]:
    """The text less some lines, each with the blanks behind it."""
    edges = [*(start for start, _ in spans), len(view.text)]
    pieces: list[Piece] = []
    at = 0
    for line in sorted(gone):
        start, end = edges[line], edges[line + 1]
        if line == len(spans) - 1:
            start = spans[line - 1][1] if line - 1 not in gone else start
        if start > at:
            pieces.append(Keep(at, start))
        pieces.append(Put("", start, end, gone[line]))
        at = end
    if at < len(view.text):
        pieces.append(Keep(at, len(view.text)))
    return pieces or [Keep(0, len(view.text))]
