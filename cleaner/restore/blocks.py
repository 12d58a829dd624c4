"""The lines of a page as units to arrange: headings, and paragraphs with open or sound ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

import regex

from cleaner.batch import View
from cleaner.structure import Label, closes_signed, label_of, opens_report


class Kind(StrEnum):
    """What a unit does on its page."""

    TEXT = "text"  # a paragraph or a part of one
    HEADING = "heading"  # may stand above an article or a part of one
    BYLINE = "byline"  # writers, alone on the line: above an article or closing it
    NEUTRAL = "neutral"  # captions, ornaments and the like: cut no paragraph


_KINDS = {
    Label.CAPTION: Kind.NEUTRAL,
    Label.ORNAMENT: Kind.NEUTRAL,
    Label.CHROME: Kind.NEUTRAL,
    Label.EDITOR: Kind.NEUTRAL,
    Label.BYLINE: Kind.BYLINE,
    Label.BODY: Kind.TEXT,
    Label.ITEM: Kind.TEXT,
}


class Unit(NamedTuple):
    """A line that is not blank, [start, end) without surrounding space.

    `cut`: a text that ends without an end mark, or a heading that may be such a text. `opens`:
    begins as reports do. `leads`: begins with a title in brackets. `signed`: closes as articles
    do. `soft`: ends with a comma.
    """

    start: int
    end: int
    kind: Kind
    cut: bool = False
    opens: bool = False
    leads: bool = False
    signed: bool = False
    soft: bool = False


_EDITORS_MARK = regex.compile(r"[)）]\s*\d{1,2}$")  # a circled number that was normalised
_TERM_LAST = regex.compile(r"[“「『]\p{Han}{1,8}[”」』]$")
_CLOSING_QUOTES = "”」』"
_OPEN_END = regex.compile(r"[\p{Han}\p{Nd}，、,“‘（(《「『·]")
_NEVER_ALONE = frozenset("。!?,;”’\"')）》】」』")
"""Marks that close a text or go on with one; alone on a line they are the end of a cut one."""
_NEVER_LAST = frozenset("，、,；;：:“‘（(《【「『")
_WRITERS_LAST = regex.compile(
    r"[。！？!?”」)）]\s*[^。！？!?，,、;；]{0,8}(?:记者|通讯员|摄影|文/|图/|来源)[^。！？!?，,;；]{0,12}$"
    r"|摄/\p{Han}{2,8}$|。(?:新华社|中新社)发$"
)
_WRITERS_MARKS = ("记者", "通讯员", "摄影", "文/", "图/", "来源", "摄/", "社发")
_LAST_WRITERS = 28
_LAST_TERM = 12
"""Characters at the end of a line that these patterns read."""
_NO_HAN = regex.compile(r"[^\u3400-\u9fff]+")
_MOSTLY_HAN = 0.45
_SENTENCE = regex.compile(r"[。；;]|[！？!?](?=[^(（])")
_REPORT = regex.compile(r"[^,，。;；:：]{2,16}\d日\s?(?:电|讯)(?=.{12})")
_NOTE = regex.compile(r"[—\-]*编\s*者(?:按[:：]?)?|(?:—{1,2}|--)[^—\-。].{1,40}|\([^()]{2,60}\)")
"""What stands by itself and is no title: an editor's note, where something was taken from, who
helped to write it or said it, in brackets or behind a dash."""
_PHOTO = regex.compile(r"[^。，,]{2,16}摄(?:\([^()]{2,12}\))?")
_LEAD = regex.compile(r"[【\[][^【】\[\]]{6,80}[】\]].{40}")
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施"
    "文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗"
    "谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席"
)
_NAME = rf"[{SURNAMES}]\s{{0,4}}\p{{Han}}{{1,3}}"
_ROLE = r"(?:本报|\p{Han}{2,8})?(?:记者|通讯员|特约记者|实习生|评论员)"
_BARE_BYLINE = regex.compile(
    rf"""[□■○◎▲●(（\s]*(?:
        (?!.*[县区市镇乡村州旗]$)[{SURNAMES}]\s{{0,4}}\p{{Han}}{{1,2}}
      | {_ROLE}[:：\s]*{_NAME}(?:[\s、,]+{_NAME})*
      | (?:本文)?作者[系为是:：].{{2,60}}
    )[)）]?""",
    regex.VERBOSE,
)
_SPACED = regex.compile(
    r"(?:\p{Han}{2,4}\s{2,4})*\p{Han}\s{2,4}\p{Han}(?:\s{2,4}(?:\p{Han}{2,4}|\p{Han}\s{2,4}\p{Han}))*"
)
"""Names one of which has two characters, set apart: no title has such."""
_NAME_FIRST = frozenset("□■○◎▲●(（" + SURNAMES)
"""What a line that is only a name begins with."""
_CREDIT = regex.compile(
    r"[(（](?:本文)?作者[系为是].{2,80}[)）]$|[(（]本报记者.{2,40}采访整理[)）]$"
)
_WRITERS = ("记者", "通讯员", "实习生", "评论员", "作者")
_LONGEST_NAME = 16
"""A longer line that holds none of these words is not only a name."""
_DAY = 20
"""Characters in which the day of a report stands."""
_LONGEST_CREDIT = 120
"""Characters at the end of a line among which a credit stands."""
_LONGEST_KNOWN = 170
"""A longer line hardly comes again."""
_LEAST_CUT = 8
"""A shorter heading is no cut text."""
BRACKETS = {
    "“": "”",
    "‘": "’",
    "(": ")",
    "（": "）",
    "《": "》",
    "「": "」",
    "『": "』",
    "【": "】",
}

_ANY_BRACKET = regex.compile("[" + regex.escape("".join([*BRACKETS, *BRACKETS.values()])) + "]")


def units_of(view: View) -> tuple[Unit, ...]:
    """The units of a document, in order of the page, found once."""
    return view.once("units", lambda view: tuple(unit_at(view, *at) for at in spans_of(view)))


def spans_of(view: View) -> Sequence[tuple[int, int]]:
    """Where the units of a document stand, found once."""
    return view.once("spans", lambda view: list(_spans(view)))


def _spans(view: View) -> Iterator[tuple[int, int]]:
    """The lines without surrounding space, those apart that are nothing else."""
    for line, raw in zip(view.lines, view.text.split("\n"), strict=True):
        bare = raw.strip()
        if len(bare) == len(raw) > 0:
            yield line
        elif bare:
            first = line.start + len(raw) - len(raw.lstrip())
            yield first, first + len(bare)


def unit_at(view: View, start: int, end: int) -> Unit:
    """The line [start, end), which has no space around it, as a unit."""
    raw, folded = view.text[start:end], view.folded[start:end]
    read = _read if len(raw) > _LONGEST_KNOWN else _remembered
    return Unit(start, end, *read(raw, folded)[2:])


def opens_text(folded: str) -> bool:
    """True where a line begins as reports do, or with a title in brackets."""
    return opens_report(folded) or _is_report(folded) or _has_lead(folded)


def _is_report(folded: str) -> bool:
    """True for a line that opens with a day of dispatch."""
    return "日" in folded[:_DAY] and _REPORT.match(folded) is not None


def _has_lead(folded: str) -> bool:
    """True for a text with its title in brackets before it."""
    return folded[0] in "【[" and _LEAD.match(folded) is not None


def names_writers(folded: str) -> bool:
    """True where a line names writers and does nothing else."""
    return label_of(folded) is Label.BYLINE or _bare_names(folded)


def _bare_names(folded: str) -> bool:
    """True where a line is only a name, or a credit in brackets."""
    if len(folded) > _LONGEST_CREDIT:
        return False
    if len(folded) <= 2 * _LONGEST_NAME and _SPACED.fullmatch(folded):
        return True
    may_be_name = len(folded) <= _LONGEST_NAME and folded[0] in _NAME_FIRST
    if not may_be_name and not any(map(folded.__contains__, _WRITERS)):
        return False
    return bool(_BARE_BYLINE.fullmatch(folded) or _CREDIT.fullmatch(folded))


def _closes_credited(folded: str) -> bool:
    """True where a line closes with a credit."""
    last = folded[-_LONGEST_CREDIT:]
    return folded[-1] in ")）" and ("作者" in last or "整理" in last) and bool(_CREDIT.search(last))


def ends_open(text: str) -> bool:
    """True where a Chinese text ends in mid-sentence, by its last character. Neither colons nor
    semicolons count: they close the items of lists. A term in quotes closes no sentence, and
    the names of writers behind a sentence do not go on."""
    last = text[-1]
    if last in _CLOSING_QUOTES:
        if _TERM_LAST.search(text[-_LAST_TERM:]) is None:
            return False
    elif not _goes_on(last) or (last.isdigit() and _EDITORS_MARK.search(text[-_LAST_TERM:])):
        return False
    if _closes_written(text[-_LAST_WRITERS:]):
        return False
    return len(_NO_HAN.sub("", text)) >= _MOSTLY_HAN * len(text)


def _closes_written(end: str) -> bool:
    """True where the last characters of a line name writers behind a sentence."""
    if end.isalnum() or not any(map(end.__contains__, _WRITERS_MARKS)):
        return False
    return _WRITERS_LAST.search(end) is not None


@cache
def _goes_on(last: str) -> bool:
    """True for a character with which no sentence ends."""
    return _OPEN_END.match(last) is not None


def open_brackets(text: str) -> str:
    """What would close the brackets and quotes that a text leaves open, innermost last."""
    return open_of(_ANY_BRACKET.findall(text))


def open_of(brackets: Sequence[str]) -> str:
    """`open_brackets` of the brackets of a text, in their order."""
    stack: list[str] = []
    for char in brackets:
        if char in BRACKETS:
            stack.append(BRACKETS[char])
        elif stack and char == stack[-1]:
            stack.pop()
    return "".join(stack)


def no_heading(raw: str) -> bool:
    """True for a short line that ends, or has inside, what no heading does."""
    if raw.isalnum():
        return False
    return raw[-1] in _NEVER_LAST or bool(_SENTENCE.search(raw) or open_brackets(raw))


def _read(raw: str, folded: str) -> Unit:
    """A line as a unit at the beginning of a page, from its text and its folded text without
    blanks at the ends: what it says hangs on nothing else."""
    label = label_of(folded)
    kind = _kind(label, raw, folded)
    report = _is_report(folded)
    if kind is not Kind.TEXT and not report:
        maybe = kind is Kind.HEADING and len(raw) >= _LEAST_CUT and ends_open(raw)
        return Unit(0, len(raw), kind, cut=maybe)
    body = label is Label.BODY
    signed = (body and closes_signed(folded)) or _closes_credited(folded)
    return Unit(
        0,
        len(raw),
        Kind.TEXT,
        cut=label is not Label.ITEM and not signed and ends_open(raw),
        opens=report or (body and opens_report(folded)),
        leads=_has_lead(folded),
        signed=signed,
        soft=raw[-1] in "，,、",
    )


_remembered = lru_cache(maxsize=1 << 13)(_read)
"""Pages of a site have the same lines, and a page is read again after each change."""


def _kind(label: Label, raw: str, folded: str) -> Kind:
    kind = _KINDS.get(label)
    if kind is Kind.NEUTRAL:
        return Kind.TEXT if _NEVER_ALONE.issuperset(folded) else kind
    if kind is Kind.BYLINE or _bare_names(folded):
        return Kind.BYLINE
    if label is not Label.ITEM and _stands_alone(folded):
        return Kind.NEUTRAL
    return kind or (Kind.TEXT if no_heading(raw) else Kind.HEADING)


def _stands_alone(folded: str) -> bool:
    """True for a note, and for the credit of a photo."""
    if folded[0] in "—-编(" and _NOTE.fullmatch(folded):
        return True
    return "摄" in folded[-_LAST_TERM:] and _PHOTO.fullmatch(folded) is not None
