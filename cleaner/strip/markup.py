"""Remnants of tags and templates in prose; pages about code keep theirs."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.rules import RuleBook, RuleEditor

_CODE = regex.compile(
    r"```|<!doctype|<html|<\?php|<\?xml|function\s*\(|\w\(\)\s*[;{]|=>|[;{]\s*$|^\s*\}\s*$|^\s*(?:import|def|class|var|let"
    r"|const|#include|public|private)\s|标签|代码|&lt;|元素|html5?(?!\w)|css|javascript|xml",
    regex.MULTILINE,
)


class Markup:
    """What the rules of `strip.markup` find, unless the page talks of code: there a tag is a
    word of the text."""

    name = "strip.markup"

    def __init__(self, book: RuleBook) -> None:
        self._rules = RuleEditor(self.name, book)

    def suspects(self, batch: Batch) -> Mask:
        return self._rules.suspects(batch)

    def edits(self, view: View) -> Iterator[Edit]:
        if not _CODE.search(view.folded):
            yield from self._rules.edits(view)
