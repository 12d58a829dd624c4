"""Title, date, source and authors of a page, moved from its lines into its metadata."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.filter import everything
from cleaner.rules import RuleBook
from cleaner.structure import Block, Label, structure_of

_DATE = regex.compile(
    r"(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?"
)
_SOURCE = regex.compile(r"(?:来源|稿源|出处|信息来源)\s*:\s*([^\s:|,()]{2,30})")
_AUTHOR = regex.compile(
    r"(?:作者|记者|通讯员|撰文)\s*:?\s*(\p{Han}{2,4}(?:[\s、,]\p{Han}{2,4}){0,5})"
)
_FIELDS = (("published", _DATE, 0), ("source", _SOURCE, 1), ("authors", _AUTHOR, 1))
_HEAD = 8


class Meta:
    """Moves the lines above the text of a page into `title`, `published`, `source` and `authors`.

    Off unless a recipe names it: by default such lines stay where they are. With
    `remove = false` the fields are filled and the lines stay too.
    """

    name = "strip.meta"

    def __init__(self, book: RuleBook, remove: bool = True) -> None:
        del book
        self._remove = remove

    def suspects(self, batch: Batch) -> Mask:
        return everything(batch)

    def edits(self, view: View) -> Iterator[Edit]:
        done: set[str] = set()
        for block in _head(structure_of(view)):
            if block.label is Label.TITLE and "title" not in done:
                done.add("title")
                yield self._moved(view, block.start, block.end, "title")
            elif block.label in (Label.SOURCE, Label.BYLINE):
                yield from self._line(view, block, done)

    def _line(self, view: View, block: Block, done: set[str]) -> Iterator[Edit]:
        """The fields of one line, and the words between them (`来源:`) gone with them."""
        folded = view.folded[block.start : block.end]
        found = []
        for name, pattern, group in _FIELDS:
            match = pattern.search(folded)
            if match and name not in done:
                found.append((match.start(group), match.end(group), name))
        at = block.start
        for start, end, name in sorted(found):
            if block.start + start < at:
                continue
            done.add(name)
            if self._remove:
                yield Edit(at, block.start + start, "", "strip.meta.line")
            yield self._moved(view, block.start + start, block.start + end, name)
            at = block.start + end
        if found and self._remove:
            yield Edit(at, min(block.end + 1, len(view.text)), "", "strip.meta.line")

    def _moved(self, view: View, start: int, end: int, name: str) -> Edit:
        kept = "" if self._remove else view.text[start:end]
        return Edit(start, end, kept, f"strip.meta.{name}", field=name)


def _head(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The lines above the first paragraph."""
    for block in blocks[:_HEAD]:
        if block.label is Label.BODY:
            return
        yield block
