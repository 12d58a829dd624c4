"""Spam headers and tails: rows of search words of porn, gambling, loans, clinics and VPN sellers
that hijacked sites carry above, below and on the very line of sound text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Line, Mask, View
from cleaner.document import Edit
from cleaner.rules import Rule, RuleBook, line_deletion
from cleaner.strip.spans import Span, any_of, covered, hits_per_line, merged, spans_of

_WORD = regex.compile(r"[\p{L}\p{N}]")
_SENTENCE_END = regex.compile(r"[。;]|[!?](?=[^!?]*\p{Han}{2})")
_BREAK = regex.compile(r"[_,|丨/、+\-]|\si\s|\s|(?=[【「《\[(])|(?<=[】」》\])])")
_LONE = regex.compile(r"[\s?]*\?[\s?]*")

_UNIT = 840
"""What a condemned line weighs; a multiple of every small `least`, so that shares are whole."""

_GAP = 24
"""An innocent item may stand between two spam words, but hardly more than one."""
_ITEM = 14
"""The rest of an item before its first and after its last spam word."""
_LEFT_OVER = 6
"""Fewer letters than this beside the spam of a line are no text of their own."""
_INNOCENT = 0.3
"""A line of which no more than this lies outside of the spam goes as a whole."""


@dataclass(frozen=True)
class Family:
    """The words of one trade, how many of them condemn a line, and the share of its letters that
    they and the common fillers must cover."""

    rule: Rule
    literals: Ints
    least: int
    share: float


class Spam:
    """Takes spam lines away, and spam that shares its line with sound text.

    Words of one family that stand close together make a cluster. It is judged by their number
    (nested words count once), by the share of letters that they and common fillers cover, and by
    what must not be there: sentences, and the words of news about vice.
    """

    name = "strip.spam"

    def __init__(self, book: RuleBook) -> None:
        self._families = tuple(
            Family(rule, book.numbers([rule]), rule.options["least"], rule.options["share"])
            for rule in book.of(self.name)
        )
        # A line of `least` words of one family weighs 1; so the sum over all families is never
        # less than what `edits` asks for.
        self._weights = np.zeros(len(book.literals), np.int64)
        for family in self._families:
            weight = -(-_UNIT // family.least)
            np.maximum.at(self._weights, family.literals, weight)
        self._common = any_of(book.words("spam_common"))
        self._vetoes = any_of(book.words("spam_vetoes"))

    def suspects(self, batch: Batch) -> Mask:
        lines, weights = hits_per_line(batch, self._weights)
        found = np.zeros(len(batch), np.bool_)
        found[batch.line_docs[lines[weights >= _UNIT]]] = True
        return found

    def edits(self, view: View) -> Iterator[Edit]:
        spans = [(family, spans_of(view, family.literals)) for family in self._families]
        spans = [(family, found) for family, found in spans if len(found) >= family.least]
        if not spans:
            return
        before = False
        for line in view.lines:
            folded = view.folded[line.start : line.end]
            if before and _LONE.fullmatch(folded):
                yield line_deletion(view, line, "strip.spam.lone")
            elif folded.strip():
                found = list(self._on_line(view, line, spans))
                before = bool(found)
                yield from found

    def _on_line(
        self, view: View, line: Line, spans: Sequence[tuple[Family, list[Span]]]
    ) -> Iterator[Edit]:
        for family, found in spans:
            inside = [s for s in found if line.start <= s.start and s.end <= line.end]
            for cluster in _clusters(view.folded, inside):
                if len(cluster) < family.least:
                    continue
                edit = self._judge(view, line, cluster, family)
                if edit is not None:
                    yield edit
                    return

    def _judge(self, view: View, line: Line, cluster: list[Span], family: Family) -> Edit | None:
        """The edit for one cluster: the whole line, or what stands at one of its ends."""
        start, end = _widened(view.folded, line, cluster)
        text = view.folded[start:end]
        fillers = [Span(start + m.start(), start + m.end()) for m in self._common.finditer(text)]
        letters = len(_WORD.findall(text))
        share = covered(merged([*cluster, *fillers])) / max(1, letters)
        vetoes = len(self._vetoes.findall(view.folded[line.start : line.end]))
        if share < family.share or 3 * vetoes > len(cluster):
            return None
        rest = (view.folded[line.start : start], view.folded[end : line.end])
        outside = sum(len(_WORD.findall(part)) for part in rest)
        stated = "。" in view.folded[line.start : line.end]
        if not stated and (outside < _LEFT_OVER or outside <= _INNOCENT * (outside + letters)):
            return line_deletion(view, line, family.rule.id)
        if len(cluster) <= family.least or outside < _LEFT_OVER:
            return None  # beside other text we ask for more
        if len(_WORD.findall(rest[0])) < _LEFT_OVER:
            return Edit(line.start, end, "", family.rule.id, 0.9)
        if len(_WORD.findall(rest[1])) < _LEFT_OVER:
            return Edit(start, line.end, "", family.rule.id, 0.9)
        return None


def _clusters(folded: str, spans: Sequence[Span]) -> list[list[Span]]:
    """Spans of one line, grouped: no wide gap and no end of a sentence between neighbours."""
    groups: list[list[Span]] = []
    for span in spans:
        last = groups[-1][-1] if groups else None
        between = folded[last.end : span.start] if last else ""
        if last and len(between) <= _GAP and not _SENTENCE_END.search(between):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _widened(folded: str, line: Line, cluster: Sequence[Span]) -> tuple[int, int]:
    """The cluster with the rest of its first and last item, up to the next break."""
    low, high = cluster[0].start, cluster[-1].end
    before = folded[max(line.start, low - _ITEM) : low]
    breaks = [m.end() for m in _BREAK.finditer(before)]
    if breaks:
        low += breaks[-1] - len(before)
    elif low - line.start <= _ITEM:
        low = line.start
    after = folded[high : min(line.end, high + _ITEM)]
    found = _BREAK.search(after)
    if found:
        high += found.end()
    elif line.end - high <= _ITEM:
        high = line.end
    return low, high
