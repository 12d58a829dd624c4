"""Brands of betting sites at the end of a title, before it, alone on a line, or, where a title
begins with a chain of them, wherever the page says the chain again; and the lines of a template
that names one above each article."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import regex

from cleaner.batch import Batch, Line, Mask, View
from cleaner.document import Edit
from cleaner.rules import RuleBook, line_deletion, lines_with_literal
from cleaner.strip.spans import any_of, lines_of

_SEPARATOR = regex.compile(r"\s*(?:[-_|丨–—~]+|>{1,2}|»)\s*")
_SENTENCE = regex.compile(r"[。;]")
_LONGEST, _ANY = 160, 1 << 40
_CHAIN = regex.compile(
    r"\s*([\p{L}\p{N}·]{2,14}(?:[-_|]+[\p{L}\p{N}·]{2,14}){1,4}[-_|]*"
    r"【[^】]{0,10}(?:官网|官方|平台|投注|登录|入口|app|下载|网址)[^】]{0,8}】)(?=.*\p{Han}{4})"
)
"""Names of whoever hijacked a site, joined by dashes and closed with what he offers."""

_STARS = regex.compile(r"\s*\*{5,}(?P<more>(?=\S))?")
"""A row of stars behind a title of the template, and whether the text goes on behind it."""

_TEMPLATE = regex.compile(
    r"((?P<stem>[^-_|\n]{2,24})[^-_|\n]*).*\n(?P=stem).{0,12}?\s?(?:19|20)\d\d-\d\d-\d\d \d\d:\d\d"
)
"""Its first two lines: the name that stands above the articles, and its stem again."""


class Brands:
    """Cuts `…-<brand>体育官网` off a title and takes lines away that are nothing else.

    A part of a line counts only when brand, fillers (官网, app, 平台 …), digits and Latin letters
    make all of it: a report on a sponsor keeps its name.
    """

    name = "strip.brand"

    def __init__(self, book: RuleBook) -> None:
        by_id = {rule.id: rule for rule in book.of(self.name)}
        rule, banner = by_id["strip.brand.title"], by_id["strip.brand.banner"]
        self._rule, self._banner = rule.id, banner.id
        self._titles, self._banners = book.mask([rule]), book.mask([banner])
        self._limits = np.where(self._banners, _ANY, np.where(self._titles, _LONGEST, 0))
        brand = any_of(rule.literals).pattern
        fill = any_of(book.words("brand_fillers")).pattern
        self._bit = rf"(?:{brand}|{fill}|[\da-z.()\[\]【】\s·])"
        self._word = rf"{self._bit}*?{brand}{self._bit}*"

    # Long alternations, which few runs meet: each is compiled when it is first asked for.

    @cached_property
    def _branded(self) -> regex.Pattern[str]:
        return regex.compile(self._word)

    @cached_property
    def _filler(self) -> regex.Pattern[str]:
        return regex.compile(rf"{self._bit}+")

    @cached_property
    def _before(self) -> regex.Pattern[str]:
        return regex.compile(rf"\s*{self._word}(?::|\s*(?:[_|丨–—~]+|(?<=\s)-+(?=\s)))\s*(?=\S)")

    @cached_property
    def _around(self) -> regex.Pattern[str]:
        return regex.compile(rf"(\s*{self._word}\s+)\S.*?(\s+{self._word})")

    def suspects(self, batch: Batch) -> Mask:
        return lines_with_literal(batch, self._limits)

    def edits(self, view: View) -> Iterator[Edit]:
        chains: set[str] = set()
        for line in lines_of(view, self._titles):
            folded = view.folded[line.start : line.end]
            if len(folded) <= _LONGEST and not _SENTENCE.search(folded):
                yield from self._on_line(view, line, folded)
                if (opening := _CHAIN.match(folded)) is not None:
                    chains.add(opening[1])
        for chain in sorted(chains):
            for match in regex.finditer(regex.escape(chain), view.folded):
                yield Edit(*match.span(), "", self._rule)
        if view.hits_among(self._banners):
            yield from self._template(view)

    def _template(self, view: View) -> Iterator[Edit]:
        """The lines of the template that say nothing but the brand, and the rows of stars."""
        texts = [(line, view.folded[line.start : line.end].strip()) for line in view.lines]
        written = [(line, text) for line, text in texts if text]
        top = "\n".join(text for _, text in written[:2])
        named = _TEMPLATE.fullmatch(top) if len(top) <= _LONGEST else None
        if named is None:
            return
        for number, (line, text) in enumerate(written):
            if number < 2 or text in (named["stem"], named[1].strip()):
                yield line_deletion(view, line, self._banner)
            for match in _STARS.finditer(view.folded, line.start, line.end):
                put = "\n" if match["more"] is not None else ""
                yield Edit(*match.span(), put, self._rule)  # no border: it stands below a title

    def _on_line(self, view: View, line: Line, folded: str) -> Iterator[Edit]:
        start = self._tail(folded)
        if start == 0:
            yield line_deletion(view, line, self._rule)
        elif start < len(folded.rstrip()):
            yield Edit(line.start + start, line.end, "", self._rule)
        else:
            yield from self._head(line, folded)

    def _head(self, line: Line, folded: str) -> Iterator[Edit]:
        """Brands before a title; behind a mere blank they count only where others stand behind
        the title too, or a report on a sponsor would lose its subject."""
        if before := self._before.match(folded):
            yield Edit(line.start, line.start + before.end(), "", self._rule)
        elif around := self._around.fullmatch(folded):
            yield Edit(line.start, line.start + around.end(1), "", self._rule)
            yield Edit(line.start + around.start(2), line.end, "", self._rule)

    def _tail(self, folded: str) -> int:
        """Where the brands at the end of a line begin, with the separator before them; the
        length of the line without any."""
        cuts = [(0, len(folded) - len(folded.lstrip()))]
        cuts += [(m.start(), m.end()) for m in _SEPARATOR.finditer(folded)]
        end, tail, found = len(folded), len(folded), False
        for start, after in reversed(cuts):
            part = folded[after:end].strip()
            branded = self._branded.fullmatch(part) is not None
            if part and not branded and not self._filler.fullmatch(part):
                break
            found = found or branded
            if branded:
                tail = start
            end = start
        return tail if found else len(folded)
