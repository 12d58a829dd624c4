"""`repair.spacing`: blanks, question marks and doubled marks that a machine put into text.

Letter-spaced Chinese (中 文 网 站), blanks that joined the lines of a narrow column, question
marks where indents were lost (??11月5日), marks of punctuation that a page doubles throughout
(,。), blanks before every mark, and the noise of forums against copying (; R6 U7 k+ B$ u;).
Nothing is decided on one spot where a person might have meant it: either a run is long, or the
whole page shows the same fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import compress

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Class
from cleaner.models.lm import load
from cleaner.repair import spacing_screen as screen
from cleaner.repair.blank_marks import FEWEST, blanks_before_marks
from cleaner.repair.blank_wraps import even, wraps
from cleaner.repair.forum_noise import forum_noise
from cleaner.repair.screen import Look, documents, flags_of, positions
from cleaner.rules import RuleBook

_GAP = r"[ \u3000\xa0]{1,2}"
_TOKEN = r"(?:\p{Han}|[，。、：；！？“”‘’（）《》【】「」—…,:;!?()\"']{1,2}|[0-9A-Za-z.%]++)"
_SPACED = regex.compile(rf"(?<![\p{{Han}}\w.%]){_TOKEN}(?:{_GAP}{_TOKEN}){{4,}}(?![\p{{Han}}\w])")
_GAPS = regex.compile(rf"(?<=(?P<before>\S)){_GAP}(?=(?P<after>\S))")
_HAN = regex.compile(r"\p{Han}")
_CORE = regex.compile(rf"{_GAP}\p{{Han}}{_GAP}\p{{Han}}{_GAP}\p{{Han}}{_GAP}")
_APART = "repair.spacing.apart"
_LEAST_HAN = 5
_FLUENT, _FLUENT_IF_LONG, _LONG = -4.7, -6.2, 8
"""Mean ln p of a character, once joined, that running text reaches and lists of names do not;
a lower one does for runs of so many Chinese characters."""
_SERIES = frozenset(
    "一二三四五六七八九十百千万甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    "金木水火土春夏秋冬东南西北中上下左右天地玄黄宇宙洪荒赵钱孙李周吴郑王年月日时"
)
"""Characters of rows that are known by heart, and so fluent, but never joined."""
_LESSON = ("生字", "组词", "识字", "笔画", "部首", "百家姓", "注音", "偏旁")

_INDENT = regex.compile(r"(?m)^[ \t\u3000]*((?:\?[ ]?){2,8})(?=[\p{Han}0-9A-Za-z“\"《【(])")
_ALONE = regex.compile(r"(?m)^[ \t\u3000]*(?:\?[ ]?){1,4}\n")
_DOUBLED = regex.compile(r"(?<![,、。;])([,、])(?=[,。、;](?![,。、;]))")
_DOUBLED_ALL = regex.compile(r"(?<![,、。;])([,、])(?=[,。、;?!:](?![,。、;]))")
_DRAWL = regex.compile(r"([,、。~])\1\1")
_PAGE_WIDE = 4
_PAGE = 200
"""So many characters make a page: what a short post repeats may be its writer's manner."""
_LONG_LINE = 40
_CLOSED = '。！？!…”"』」)）'


class Spacing:
    """The Editor; see the module."""

    name = "repair.spacing"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        """Documents with characters spaced apart, or with two marks side by side."""
        found = np.zeros(len(batch), np.bool_)
        for name, look, _ in _FINDS:
            batch.memo[name] = look(batch)
            found |= batch.memo[name]
        return found

    def edits(self, view: View) -> Iterator[Edit]:
        for name, look, find in _FINDS:
            if view.under(name, look):
                yield from find(view)


def _spaced(view: View) -> Iterator[Edit]:
    """Runs of characters set apart by blanks that read as running text once joined."""
    runs = [
        match for start, end in _regions(view) for match in _SPACED.finditer(view.text, start, end)
    ]
    found = list(compress(runs, _are_sentences([match[0] for match in runs])))
    if not found or any(map(view.folded.__contains__, _LESSON)):
        return
    for match in found:
        digits = regex.search(r"\d\d", match[0]) is None  # then they are spaced apart as well
        for gap in _GAPS.finditer(view.text, *match.span()):
            pair = gap["before"] + gap["after"]
            if not (pair.isascii() and pair.isalnum()) or (digits and pair.isdigit()):
                yield Edit(gap.start(), gap.end(), "", "repair.spacing.letters", 0.9)


def _regions(view: View) -> Iterator[tuple[int, int]]:
    """Where runs of characters set apart may lie: stretches of a line with no two Chinese
    characters side by side but at their ends, which no run has."""
    han = (view.classes == int(Class.HAN)) | (view.classes == int(Class.RARE_HAN))
    pairs = np.flatnonzero(han[:-1] & han[1:])
    last = 0
    for start, stop in _cores(view):
        if start < last:
            continue
        first = view.text.rfind("\n", 0, start) + 1
        end = view.text.find("\n", stop)
        last = end if end >= 0 else len(view.text)
        behind = int(np.searchsorted(pairs, start))
        if behind:
            first = max(first, int(pairs[behind - 1]))
        if behind < len(pairs):
            last = min(last, int(pairs[behind]) + 2)
        yield first, last


def _cores(view: View) -> Iterator[tuple[int, int]]:
    """Where `_CORE` matches: at the last blank of a gap that the screen has found, or before it."""
    end = 0
    found = view.of_batch(_APART, _apart)
    for at in (found[view.within(found)] - view.span.start).tolist():
        if at < end:
            continue
        starts = [at] if at == end else [at - 1, at]
        matches = (_CORE.match(view.text, start) for start in starts)
        core = next(filter(None, matches), None)
        if core is not None:
            end = core.end()
            yield core.span()


def _are_sentences(runs: Sequence[str]) -> list[bool]:
    """Of each of some runs, whether it reads as running text once joined."""
    hans = [_HAN.findall(run) for run in runs]
    may_be = [
        len(han) >= _LEAST_HAN and not _SERIES.issuperset(han) and _CORE.search(run) is not None
        for run, han in zip(runs, hans, strict=True)
    ]
    fluency = iter(_fluency(["".join(run.split()) for run in compress(runs, may_be)]))
    least = (_FLUENT_IF_LONG if len(han) >= _LONG else _FLUENT for han in hans)
    return [own and next(fluency) >= limit for own, limit in zip(may_be, least, strict=True)]


def _fluency(texts: Sequence[str]) -> list[float]:
    """Mean ln p of a character of each text, a line, but for its first."""
    if not texts:
        return []
    scores = load().score_text("\n".join(texts))
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])]).tolist()
    spans = zip(starts, texts, strict=True)
    return [float(scores[start + 1 : start + len(text)].mean()) for start, text in spans]


def _indents(view: View) -> Iterator[Edit]:
    """Question marks at the start of lines, where blanks could not be encoded: on two lines
    of a page at least, or two or four of them before one long sentence (or its writer in
    brackets)."""
    found = list(_INDENT.finditer(view.text))
    ends = [view.text.find("\n", match.end()) for match in found]
    lines = [
        view.text[match.start() : end if end >= 0 else None].rstrip()
        for match, end in zip(found, ends, strict=True)
    ]
    long = [len(line) >= _LONG_LINE and line[-1] in _CLOSED for line in lines]
    sure = sum(long) >= 2
    counts = [match[1].count("?") for match in found]
    usual = Counter(count for count, line in zip(counts, long, strict=True) if line)
    for match, line, count in zip(found, long, counts, strict=True):
        alike = count <= 4 or usual[count] >= 2
        if (sure and alike) or (line and count in (2, 4)):
            yield Edit(match.start(1), match.end(1), "", "repair.spacing.indent", 0.95)
    if sure or any(long):
        for match in _ALONE.finditer(view.text):
            yield Edit(match.start(), match.end(), "", "repair.spacing.indent", 0.9)


def _doubled(view: View) -> Iterator[Edit]:
    """The first of two marks, on a page that doubles them and never drawls (,,, or 。。。)."""
    if len(view.text) < _PAGE:
        return
    found = list(_DOUBLED.finditer(view.folded))
    if len(found) < _PAGE_WIDE or _DRAWL.search(view.folded):
        return
    marks = len(regex.findall(r"[,。、;]", view.folded))
    if len(found) >= 0.05 * marks:
        for match in _DOUBLED_ALL.finditer(view.folded):
            yield Edit(match.start(1), match.end(1), "", "repair.spacing.doubled", 0.9)


def _blanks(batch: Batch) -> Ints:
    return positions(batch, Look.BLANK)


def _apart(batch: Batch) -> Ints:
    return screen.apart(batch, _blanks(batch))


_FINDS: tuple[tuple[str, Callable[[Batch], Mask], Callable[[View], Iterator[Edit]]], ...] = (
    ("repair.spacing.letters", lambda b: documents(b, b.once(_APART, _apart)), _spaced),
    ("repair.spacing.wrap", lambda b: documents(b, even(b)), wraps),
    ("repair.spacing.indent", lambda b: documents(b, screen.questions(b)), _indents),
    (
        "repair.spacing.doubled",
        lambda b: documents(b, screen.pairs(flags_of(b)), _PAGE_WIDE),
        _doubled,
    ),
    (
        "repair.spacing.before_mark",
        lambda b: documents(b, screen.blank_before_mark(b, _blanks(b)), FEWEST),
        blanks_before_marks,
    ),
    ("repair.spacing.forum", lambda b: documents(b, screen.noise(b, _blanks(b))), forum_noise),
)
"""Each fault with the documents that may have it, and what finds it there."""
