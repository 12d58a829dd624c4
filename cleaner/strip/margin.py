"""The margins of a page: what stands above its path and below what closes its text.

A line that a rule knows says much of its neighbours: nothing of an article stands above `you are
here: home > news`, and hardly anything below a copyright notice or the buttons at the foot. So
short lines there go that no rule knows, as names of sites and columns, unless they are akin to
the text (Pomikálek, 2011, judges short lines by their neighbours too).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import compress, takewhile

import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit, deletions
from cleaner.kernels.text import fold_text
from cleaner.rules import RuleBook, RuleEditor
from cleaner.strip.frame_kinds import Page, page_of
from cleaner.strip.margin_names import names
from cleaner.strip.margin_screens import (
    EDGES,
    FEW,
    ITEM,
    LONG,
    at_edges,
    edited_above,
    named_at_head,
    short_at_head,
)
from cleaner.strip.told import Told
from cleaner.structure import EDITOR_FIRST, Label, label_of, signs_report

_RULES = ("strip.chrome", "strip.boilerplate")
_ABOVE, _BELOW = "strip.margin.above", "strip.margin.below"
_LONGEST = 40
"""A longer line is not judged by where it stands."""
_MENU_LINES, _READ = 300, 20_000
"""So many lines above a title, and so many characters of the text, are looked at."""
_MOST = 30
"""So many lines below the text are a text of their own."""
_COLUMN = 8
"""The name of a column, which may stand between a path and a title, has no more."""
_TITLE = 6
"""A title has so many characters."""
_COUNT = 6
"""A number of so many digits counts readers or letters."""
_NAME = 4
"""A name has so many."""
_ASKED = regex.compile(r"(?:编辑|责编|作者|记者|通讯员|供稿|摄影|审核|校对|来源)\s?:$")
_DATE = regex.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?")
"""When a teaser was written."""
_CREDIT = regex.compile(
    r"(?:[一二三初复终]审|视觉|版式|美编|海报|.{0,6}(?:摄影?|摄像|编辑|监制|制作|剪辑|策划|统筹|设计|校[对稿]|审核|审签|来源"
    r"|记者|通讯员|实习生|文字?|图片?|供稿|供图|数据|出品|采[写访]|撰[文稿写]|执笔|文案|主[编播笔]|总监|出镜|拍摄|配音|播音"
    r"|动[画效]|绘[图画]|制图|插[画图]|字幕|后期|导演|编[导译排]|翻译|排版|美术))\s*[:丨|/].+|.{2,20}(?:出品|制作|供稿|供图)"
    r"|附(?:件|表|图).*|.*\.(?:docx?|pdf|xlsx?|zip|rar)"
    r"|(?!关键|标签|热词)\p{Han}{2,4}\s?[:丨|]\s?\p{Han}{2,4}(?:[\s、]\p{Han}{2,4})*"
)
"""Who made a report, and what is appended to it: both stand below it as well."""
_SPREAD = regex.compile(r"(?<=^\p{Han})\s+(?=\p{Han}\s*:)")
"""What stands within a label of two characters that was made as wide as others (审  核:)."""
_IN_BRACKETS = regex.compile(r"(?:\s*[\[【(（](?!\d)[^\[\]【】()（）]*[\]】)）])+$")
"""The editor or the source behind a line, or instead of it."""
_KIN = 0.3
"""A line of which this share of character pairs stands in the paragraphs belongs to them."""
_SENTENCE = 12
"""A line of so many characters that ends as a sentence is one."""
_ENOUGH = 1.5
"""Where so many lines in one of these are stray, the others are too: a headline may share words
with the text."""
_MENU = "strip.margin.menu"
_NAMED, _SIGNED_ABOVE = "strip.margin.named", "strip.margin.signed"
_ITEMS, _SHARE = 5, 0.75
"""A menu above a title has so many items, and little else; a few will do where one of them is a
word of menus."""
_WORDS, _BULLETS = 3, "| :•·*-●◆▪■"
"""So many words of menus make a list a menu, with what may stand around its items."""
_RIM = "| :"
"""What may stand around a word of menus."""
_STOPS = "。!?;,:、"
_SIGNED = (Label.EDITOR, Label.BYLINE, Label.SOURCE, Label.CAPTION)


class Margins:
    """Takes lines away that stand above the path of a page or below its first foot line.

    Above: only where a title stands between the path and the first paragraph. Below: only
    where no sentence follows any more.
    """

    name = "strip.margin"

    def __init__(self, book: RuleBook) -> None:
        self._ruled = RuleEditor(self.name, book, _RULES, whole=True)
        rules = [rule for own in _RULES for rule in book.of(own)]
        self._tops = {rule.id for rule in rules if rule.options.get("top")}
        self._borders = {rule.id for rule in rules if rule.options.get("border")}
        (frame,) = book.of("strip.frame")
        self._words = {fold_text(word) for word in (*frame.words, *frame.literals)}

    def suspects(self, batch: Batch) -> Mask:
        tried = self._ruled.tried(batch).line
        lines = tried[batch.once(EDGES, at_edges)[tried]]
        screens = ((_MENU, short_at_head), (_NAMED, named_at_head), (_SIGNED_ABOVE, edited_above))
        mask = batch.with_line(lines)
        for name, screen in screens:
            mask |= batch.once(name, screen)
        return mask

    def edits(self, view: View) -> Iterator[Edit]:
        anchors = self._anchors(view)
        menu = view.under(_MENU, short_at_head) and (bool(anchors) or self._may_open(view))
        edited = view.under(_SIGNED_ABOVE, edited_above)
        if not anchors and not menu and not edited and not view.under(_NAMED, named_at_head):
            return
        page = page_of(view)
        known = dict(zip(page.places(anchors), anchors.values(), strict=True))
        prose = [at for at in page.prose if at not in known]
        if not prose:
            return
        told = "\n".join(page.texts[at] for at in prose)[:_READ]
        above = {
            *self._above(page, known, prose[0], told, menu),
            *_names(page, prose[0], known, self._words),
            *_counts(page, prose[0], known),
        }
        for rule, lines in (
            (_ABOVE, sorted(above)),
            (_BELOW, _below(page, known, prose[-1] + 1, told, self._words)),
        ):
            ends = [min(page.ends[at] + 1, len(view.text)) for at in lines]
            yield from deletions([page.starts[at] for at in lines], ends, rule)

    def _may_open(self, view: View) -> bool:
        """Whether the short lines at the head of a page may be a menu without a known line."""
        head = takewhile(lambda line: len(line) < LONG, view.folded_lines)
        items = [text for text in map(str.strip, head) if 0 < len(text) <= ITEM]
        return len(items) >= _ITEMS or any(text.strip(_RIM) in self._words for text in items)

    def _anchors(self, view: View) -> dict[int, str]:
        """The lines above and below all long ones that a rule takes away whole: their numbers and
        the rules; none that stand between articles, as they stand above one and below another."""
        edges = view.of_lines(EDGES, at_edges).nonzero()[0].tolist()
        taken = self._ruled.taken(view, edges).items()
        return {at: rule for at, rule in taken if rule not in self._borders}

    def _above(
        self, page: Page, known: dict[int, str], body: int, told: str, menu: bool
    ) -> list[int]:
        """The lines above the last path of a page that has a title below it; or, above a title
        with its date, those above any known line, and a menu of short ones."""
        if not menu and min(known, default=body) >= body:
            return []
        above = [at for at in range(body - 1, -1, -1) if at not in known]
        title = next((at for at in above if _may_be_title(page.texts[at])), 0)
        dated = (at for at in above if _is_dated(page, known, at + 1))
        first = next((at for at in dated if _may_be_title(page.texts[at])), 0)
        tops = [at for at, rule in known.items() if at < (title if rule in self._tops else first)]
        top = max(tops, default=0)
        listed = menu and _is_menu(page.texts[:first], known, self._words)
        if listed:
            top = first
        beside = _beside_menu(page.texts[:first], self._words) if menu and top < first else ()
        out = {*known, *beside}
        head = [page.texts[at] for at in range(top, body) if at not in out]
        told = "\n".join([*head, told])[:_READ]  # a title may stand above the path too
        lines = [at for at in range(max(top, first if tops else 0)) if at not in known]
        lines = [at for at in lines if at < top or len(page.texts[at]) <= _COLUMN][:_MENU_LINES]
        lines = sorted({*lines, *(at for at in beside if at not in known)})
        # The name of a site, and an item of its menu, may have words of the text.
        sure = title > top or (listed and self._opens_menu(page.texts[:first], known))
        short = {*beside, *range(top if sure else 0)}
        lines = _that_may_go(page, lines)
        stray = set(_strays(page, lines, told))
        return [
            at for at in lines if at in stray or (at in short and len(page.texts[at]) <= _COLUMN)
        ]

    def _opens_menu(self, texts: Sequence[str], known: dict[int, str]) -> bool:
        """Whether a list above a title is as long as a menu and begins like one."""
        return len(texts) >= _ITEMS and (0 in known or texts[0].strip(_RIM) in self._words)


def _names(page: Page, body: int, known: dict[int, str], words: set[str]) -> list[int]:
    """The names of sites and columns above the first paragraph."""

    def may_be_title(at: int) -> bool:
        return at not in known and _may_be_title(page.texts[at])

    return [at for at in names(page.texts[:body], may_be_title, words) if at not in known]


def _counts(page: Page, body: int, known: dict[int, str]) -> list[int]:
    """The numbers above the first paragraph and right above a known line, which count for it."""
    above = (at - 1 for at in known if 0 < at < body and at - 1 not in known)
    return [at for at in above if len(page.texts[at]) <= _COUNT and page.texts[at].isdigit()]


def _is_dated(page: Page, known: dict[int, str], at: int) -> bool:
    """Whether the first line from `at` on that no rule knows says when or where from."""
    while at in known and at + 1 < len(page.texts):
        at += 1
    text = page.texts[at]
    return signs_report(text) and label_of(text) is Label.SOURCE


def _is_menu(texts: Sequence[str], known: dict[int, str], words: set[str]) -> bool:
    """Whether hardly any of the lines above a title is longer than an item of a menu: of several,
    or of a few with a word of menus among them."""
    items = sum(len(text) <= ITEM and text[-1] not in _STOPS for text in texts)
    menus = any(at in known or text.strip(_RIM) in words for at, text in enumerate(texts))
    return items >= (max(FEW, len(texts)) if menus else max(_ITEMS, _SHARE * len(texts)))


def _beside_menu(texts: Sequence[str], words: set[str]) -> list[int]:
    """The lines above the words of a menu and the items of a list right below them, above a title;
    what stands between these words is the frame's."""
    bare = [text.strip(_BULLETS) for text in texts]
    found = [at for at, text in enumerate(bare) if text in words]
    if len(found) < _WORDS:
        return []
    items = takewhile(lambda at: texts[at][0] in _BULLETS, range(found[-1] + 1, len(bare)))
    return [*range(min(found[0], _MENU_LINES)), *items]


def _below(page: Page, known: dict[int, str], first: int, told: str, words: set[str]) -> list[int]:
    """The lines below the first foot line, or below words of menus above it, if no sentence stands
    among them."""
    feet = [at for at in known if at >= first]
    feet += [at for at in range(first, len(page.texts)) if _names_editor(page.texts[at])]
    if not feet:
        return []
    feet += [at for at in range(first, min(feet)) if page.texts[at].strip(_RIM) in words]
    lines = [at for at in range(min(feet), len(page.texts)) if at not in known]
    lines = [
        at for at in lines if len(page.texts[at]) > _NAME or not _ASKED.search(page.texts[at - 1])
    ]
    if len(lines) > _MOST or any(_is_sentence(page.texts[at]) for at in lines):
        return []
    may_go = _that_may_go(page, lines)
    stray = _strays(page, may_go, told)
    if _ENOUGH * len(stray) >= len(lines):
        stray = may_go
    gone = {*stray, *known}
    dates = [at for at in lines if at - 1 in gone and _DATE.fullmatch(page.texts[at])]
    return sorted({*stray, *dates})


def _may_be_title(text: str) -> bool:
    return len(text) >= _TITLE and label_of(text) in (Label.TITLE, Label.BODY, Label.ITEM)


def _is_sentence(text: str) -> bool:
    return len(text) >= _SENTENCE and "。" in text[-2:]


@lru_cache(maxsize=1 << 13)  # pages of a site have the same lines
def _may_go(text: str) -> bool:
    """Whether a line by itself may be none of the author's: short, and signed by nobody."""
    text = _SPREAD.sub("", text)
    if len(text) > _LONGEST or "。" in text or label_of(text) in _SIGNED:
        return False
    bare = _IN_BRACKETS.sub("", text)
    return bool(bare) and _CREDIT.fullmatch(bare) is None


def _that_may_go(page: Page, lines: Iterable[int]) -> list[int]:
    return [at for at in lines if _may_go(page.texts[at])]


def _strays(page: Page, lines: Sequence[int], told: str) -> list[int]:
    """Those of some lines that have other words than the text."""
    texts = [page.texts[at] for at in lines]
    strange = Told(told).strange(texts, _KIN) if texts else ()
    return list(compress(lines, strange))


def _names_editor(text: str) -> bool:
    return text[0] in EDITOR_FIRST and label_of(text) is Label.EDITOR
