"""Labels for the lines of a page, made once: evidence for strip, restore and score alike."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import regex

from cleaner.batch import View


class Label(StrEnum):
    """What a line is on its page."""

    TITLE = "title"
    SUBHEAD = "subhead"
    BYLINE = "byline"  # writer alone on a line, or a closing signature
    SOURCE = "source"  # source, date, time, section
    EDITOR = "editor"
    CAPTION = "caption"
    PLACE = "place"  # the place or unit above a local report
    ITEM = "item"  # of a list
    CHROME = "chrome"
    ORNAMENT = "ornament"
    BODY = "body"


class Block(NamedTuple):
    """A line that is not blank: [start, end) without the newline, with what it is.

    `line` is its number among `view.lines`. `dateline` says that the line opens as reports
    do (本报讯, 新华社…电).
    """

    line: int
    start: int
    end: int
    label: Label
    dateline: bool = False


_OPENING = regex.compile(
    r"""^[\s【〔\[(（]*(?:
        本报讯|本报(?!告)\p{Han}{1,12}?\d{1,2}月\d{1,2}日|(?:新华社|中新社|中新网|人民网|央视网)\p{Han}{0,8}?
        (?:\d{1,2}月\d{1,2}日)?\s?(?:电|讯|消息|[(（])|\p{Han}{1,6}(?:网|报|社)讯|讯[(（\s]
    )""",
    regex.VERBOSE,
)
_SIGNED = regex.compile(
    r"""[(（](?:
        完
      | \p{Han}{2,4}(?:[ 、]\p{Han}{2,4}){0,4}
      | (?:本报|\p{Han}{2,8})?记者[^()（）]{2,30}
      | 编辑[^()（）]{2,20}
    )[)）]\s*(?:\d{1,2}|[⑩-⑳])?$""",  # the editor's mark: circled, of which ① to ⑨ fold to digits
    regex.VERBOSE,
)
_BYLINE = regex.compile(
    r"""[□■○◎▲\s]*(?:
        (?:本报|\p{Han}{2,8})?(?:记者|通讯员|特约记者|实习生|作者|文/|撰文)[:\s]*
        (?!从|在|了解|获悉|看到|发现|采访|走进|来到|注意|近日|日前|今天|昨[天日]|随|跟|就|对)
        \p{Han}[\p{Han}\s·、,]{1,30}
      | [(（]\p{Han}{2,4}(?:[\s、]\p{Han}{2,4}){0,4}[)）]
    )(?:\s*(?:文/?图|摄影?报道|报道))?""",
    regex.VERBOSE,
)
_SOURCE = regex.compile(
    r"(?:\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}.{0,60}|(?:来源|稿源|时间|发布时间|日期)\s*[:].{0,60})"
)
_EDITOR = regex.compile(
    r"[\[【(（]?(?:责任编辑|责编|编辑|校对|审核|值班主任|编审|版面编辑)\s*[:：].{0,40}"
)
_CAPTION = regex.compile(
    r".{4,120}?(?:摄(?:/\p{Han}{2,8})?|\s摄影|图/\p{Han}{2,4}|\(资料图\)|。(?:新华社|中新社)发)[)）。]?|图(?:为|中|片)[^。]{4,120}。?.{0,20}摄?"
)
_ITEM = regex.compile(
    r"(?:[•·●◆▪■□○►▶★☆※\-—*]|\d{1,2}[.、)]|[(（]?[一二三四五六七八九十]{1,3}[)）、])\s*\S.*"
)
_PLACE = regex.compile(
    r"\p{Han}{2,6}(?:县|区|市|州|旗)\p{Han}{0,6}(?:镇|乡|街道|办|办事处|纪工委|村)?|\p{Han}{2,6}(?:镇|乡|街道|街道办事处)"
)
_CHROME = regex.compile(
    r"""\W*(?:
        (?:您?(?:的)?(?:当前|现在|所在)(?:的)?(?:所在)?位置|位置)\s*[:>].*
      | (?:网站|本站)?首页\s*(?:>|»|›).*
      | 上一[篇条页章版].*|下一[篇条页章版].*
      | (?:分享到|分享至|打印本页|关闭窗口|返回顶部|返回列表|我要评论|发表评论|写留言)\W*.{0,30}
      | (?:版权所有|copyright|©).*|.{0,60}(?:icp备|公网安备).{0,60}
      | (?:浏览|点击|阅读|访问)(?:次数|人数|量|数)\s*:\s*\d*\W*
    )""",
    regex.VERBOSE,
)
_LONGEST_LABEL = 170
"""A longer line is body: no title, byline, source, place or caption is as long."""
_WORD = regex.compile(r"[\p{L}\p{N}]")
_SIGNED_LAST = frozenset(")）0123456789⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
EDITOR_FIRST = frozenset("[【(（责编校审值版")
_BYLINE_FIRST = frozenset("□■○◎▲(（")
_BYLINE_WORDS = ("记者", "通讯员", "实习生", "作者", "文/", "撰文")
_SOURCE_FIRST = frozenset("0123456789来稿时发日")
_REPORT_FIRST = _BYLINE_FIRST | _SOURCE_FIRST
_REPORT_SIGNS = frozenset("者员生文摄图")
_LONGEST_PLACE = 16
_CHROME_FIRST = frozenset("您的当现所位网本首上下分打关返我发写版c浏点阅访")
_CHROME_WORDS = ("icp备", "公网安备")
_ITEM_FIRST = frozenset("•·●◆▪■□○►▶★☆※-—*0123456789(（一二三四五六七八九十")
"""What a line begins with, ends with or holds where these patterns may match it: most lines are
plain text, and a pattern costs ten times as much as a look at a character."""


def structure_of(view: View) -> tuple[Block, ...]:
    """The blocks of a document, one for each line that is not blank."""
    return view.once("structure", _blocks)


def _blocks(view: View) -> tuple[Block, ...]:
    blocks: list[Block] = []
    folded = view.folded
    for number, (start, end) in enumerate(view.lines):
        text = folded[start:end]
        bare = text.strip()
        if not bare:
            continue
        label = label_of(bare)
        blocks.append(Block(number, start, end, label, label is Label.BODY and opens_report(text)))
    return _headings(blocks)


def opens_report(text: str) -> bool:
    """True where a line opens as reports do, from its folded text."""
    return _OPENING.match(text) is not None


def closes_signed(text: str) -> bool:
    """True where a line closes with a signature, from its folded text without blanks behind."""
    return text[-1] in _SIGNED_LAST and _SIGNED.search(text[-_LONGEST_LABEL:]) is not None


def label_of(text: str) -> Label:
    """What a line is by itself, from its folded text without blanks at the ends; what needs the
    lines around (a title or a subhead) is told by `structure_of`."""
    if len(text) > _LONGEST_LABEL:
        return Label.BODY if _WORD.search(text) else Label.ORNAMENT
    return _label(text)


def signs_report(text: str) -> bool:
    """False where a line is surely no byline, source or caption, from its folded text without
    blanks at the ends: hardly a line of menus is asked for its label."""
    return text[0] in _REPORT_FIRST or not _REPORT_SIGNS.isdisjoint(text)


@lru_cache(maxsize=1 << 13)  # pages of a site have the same lines, and a page is asked again
def _label(text: str) -> Label:
    if not _WORD.search(text):
        return Label.ORNAMENT
    if (label := _named(text)) is not None:
        return label
    if ("摄" in text or "图" in text or text[-1] == "发") and _CAPTION.fullmatch(text):
        return Label.CAPTION
    if len(text) <= 40 and text[-1] not in "。;,、:":
        return Label.TITLE  # or a subhead: _headings looks at what follows
    if len(text) <= 120 and text[0] in _ITEM_FIRST and _ITEM.fullmatch(text):
        return Label.ITEM
    return Label.BODY


def _named(text: str) -> Label | None:
    """The first of the labels that a pattern of their own tells, or None."""
    first = text[0]
    if first in EDITOR_FIRST and _EDITOR.fullmatch(text):
        return Label.EDITOR
    words = first in _BYLINE_FIRST or any(map(text.__contains__, _BYLINE_WORDS))
    if words and _BYLINE.fullmatch(text):
        return Label.BYLINE
    if first in _SOURCE_FIRST and _SOURCE.fullmatch(text):
        return Label.SOURCE
    if len(text) <= _LONGEST_PLACE and _PLACE.fullmatch(text):
        return Label.PLACE
    mark = first in _CHROME_FIRST or not first.isalnum()
    words = mark or any(map(text.__contains__, _CHROME_WORDS))
    return Label.CHROME if words and _CHROME.fullmatch(text) else None


def _headings(blocks: list[Block]) -> tuple[Block, ...]:
    """A heading opens an article at the top of the page or before a dateline or a byline;
    elsewhere it is a subhead."""
    above = {Label.TITLE, Label.PLACE, Label.SOURCE, Label.BYLINE, Label.ORNAMENT}
    top = next((at for at, b in enumerate(blocks) if b.label not in above), len(blocks))
    title = False
    for at in range(len(blocks) - 1, -1, -1):
        block = blocks[at]
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        if following is None:
            title = False
        elif following.label is Label.BODY:
            title = following.dateline
        elif following.label is Label.BYLINE:
            title = True
        if block.label is Label.TITLE and not title and at > top:
            blocks[at] = Block(block.line, block.start, block.end, Label.SUBHEAD)
        if block.label is Label.BODY:
            title = False
    return tuple(blocks)
