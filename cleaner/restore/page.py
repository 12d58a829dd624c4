"""restore.page: splits a page into its articles, puts cut columns in order and joins them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np

from cleaner.batch import Batch, Mask, View
from cleaner.document import Keep, Piece
from cleaner.models import flow, kin, leads, pages
from cleaner.restore import seams, states, topics
from cleaner.restore.blocks import Kind, Unit, spans_of, units_of
from cleaner.restore.chains import chains
from cleaner.restore.ends import Weights
from cleaner.restore.evidence import Evidence, Link, Reals
from cleaner.restore.moves import PLAIN, may_open
from cleaner.restore.pieces import pieces
from cleaner.restore.screen import promising
from cleaner.rules import RuleBook

_MIN_UNITS, _MAX_UNITS = 4, 400
_PARAGRAPH = 15
"""Characters of a paragraph at least that may be cut at the end of a column."""

_HEADINGS, _TEXTS = 16, 0.77
"""A page with so many headings that are most of its lines, or leave texts this share of its
characters at most, is one of menus and titles; newspaper pages have .79."""

_FITS, _PLAIN_SHARE = 2.0, 0.1
"""Nats from which the continuation of a cut end is plain, and the share of continuations that are:
of pages of newspapers with words lost nearly all have .17, of pages without marks none."""

_ALIKE = 2
"""Columns as high as others of their articles that show how a page is set: on pages that are not
set in columns hardly one is."""

_VERSE = 0.5
"""A page with this share of lines that are either headings or cut is made of verse."""


class Page:
    """The Restorer `restore.page`."""

    name = "restore.page"

    def __init__(self, book: RuleBook, weights: Weights | None = None) -> None:
        self._weights = weights if weights is not None else pages.load()

    def suspects(self, batch: Batch) -> Mask:
        batch.memo[self.name] = found = promising(batch)
        return found

    def arrange(self, view: View) -> list[list[Piece]]:
        whole: list[list[Piece]] = [[Keep(0, len(view.text))]]
        if not _MIN_UNITS <= len(spans_of(view)) <= _MAX_UNITS or _of_lines(units_of(view)):
            return whole
        evidence = gather(view, units_of(view))
        if evidence.columns or _several(evidence):
            evidence = with_models(view, evidence)
        parts = pieces(view, evidence, self._chains(evidence))
        return parts if parts and view.under(self.name, promising) else whole

    def _chains(self, evidence: Evidence) -> Sequence[Sequence[Link]]:
        """The articles; text is moved about only where cut ends plainly go on further down."""
        if evidence.columns:
            found = chains(evidence, self._weights)
            if _plainly_cut(evidence, found):
                return found
        if _several(evidence):
            return chains(evidence._replace(columns=False), self._weights)
        return [[Link(at, _is_text(evidence, at)) for at in range(len(evidence.units))]]


def _of_lines(units: tuple[Unit, ...]) -> bool:
    """True for verse, and for a page of many headings and little text: neither holds articles to
    part."""
    sizes = [unit.end - unit.start for unit in units]
    headings = [unit.kind is Kind.HEADING for unit in units]
    texts = sum(size for size, unit in zip(sizes, units, strict=True) if unit.kind is Kind.TEXT)
    few = 2 * sum(headings) > len(units) or texts < _TEXTS * sum(sizes)
    if sum(headings) >= _HEADINGS and few:
        return True
    cut = sum(heading and unit.cut for heading, unit in zip(headings, units, strict=True))
    return cut > _VERSE * len(units)


def _several(evidence: Evidence) -> bool:
    """True where something behind the first text may open another article."""
    first = int(evidence.text.argmax())
    return any(may_open(evidence, at) for at in range(first + 1, len(evidence.units)))


def _column_ends(unit: Unit) -> bool:
    """True for a paragraph that is cut; columns end anywhere, lines broken by hand at commas."""
    size = unit.end - unit.start
    return unit.kind is Kind.TEXT and unit.cut and not unit.soft and size >= _PARAGRAPH


def _plainly_cut(evidence: Evidence, found: Sequence[Sequence[Link]]) -> bool:
    """True where some of the cut ends that are continued further down are so plainly, or the
    columns are of one height; a page from which no text was moved needs no such proof."""
    texts = [[link.unit for link in chain if link.text] for chain in found]
    moved = [(one, two) for chain in texts for one, two in pairwise(chain) if two > one + 1]
    fits = [evidence.gain[seam] + evidence.flow[seam] for seam in moved if evidence.cut[seam[0]]]
    plain = sum(fit > _FITS for fit in fits)
    fitting = plain > 0 and plain >= _PLAIN_SHARE * len(fits)
    return not moved or fitting or _of_one_height(evidence, texts)


def _of_one_height(evidence: Evidence, texts: Sequence[Sequence[int]]) -> bool:
    """True where not a few articles come back in further columns, most of these as high as those
    before, and half of them in mid-sentence."""
    heights = states.heights(evidence)
    home = {at: number for number, units in enumerate(texts) for at in units}
    before: dict[int, list[float]] = defaultdict(list)
    last: dict[int, int] = {}
    found: list[tuple[float, float, bool]] = []
    for number, units in groupby(sorted(home), home.__getitem__):
        column = list(units)
        height = float(heights[column].sum())
        if others := before[number]:
            torn = evidence.cut[last[number]] or evidence.abrupt[column[0]] > seams.ABRUPT
            found.append((height, sum(others) / len(others), bool(torn)))
        others.append(height)
        last[number] = column[-1]
    again, usual, torn = np.array(found).reshape(-1, 3).T
    alike = int((np.abs(again - usual) < states.uneven(usual)).sum())
    return alike >= max(_ALIKE, len(found) / 2, len(texts) / 3) and torn.sum() >= len(found) / 2


def _is_text(evidence: Evidence, at: int) -> bool:
    """True for a text, and for what looks like a heading but is plainly continued by the next
    line."""
    unit = evidence.units[at]
    if unit.kind is not Kind.HEADING or not unit.cut or at + 1 == len(evidence.units):
        return unit.kind is Kind.TEXT
    return bool(evidence.gain[at, at + 1] > PLAIN and evidence.abrupt[at + 1] > 0)


def gather(view: View, units: tuple[Unit, ...]) -> Evidence:
    """The evidence on a page but for what the learned models say, which few pages need; gains are
    computed for cut ends and starts of texts only."""
    n = len(units)
    text = np.array([unit.kind is Kind.TEXT for unit in units], np.bool_)
    cut = np.array([unit.cut for unit in units], np.bool_)
    starts, ends = np.flatnonzero(text | cut), np.flatnonzero(cut)
    gain = np.full((n, n), seams.NEVER)
    chosen = [units[at] for at in starts]
    abrupt = np.zeros(n)
    gain[np.ix_(ends, starts)], abrupt[starts] = seams.measured(
        view, [units[at] for at in ends], chosen
    )
    columns = any(map(_column_ends, units[1:-1]))  # a long first line is a title
    nothing = np.zeros((n, n)), columns, topics.NONE, np.zeros((n, 0)), np.zeros(n)
    return Evidence(units, text, cut, gain, abrupt, *nothing)


def with_models(view: View, evidence: Evidence) -> Evidence:
    """The evidence with what each unit speaks of, how much it begins as reports do, and, where
    columns may end, how well the text goes on from each cut end in each start; ends of columns
    that look like headings show by that."""
    codes, edges = view.folded_codes, np.array([unit[:2] for unit in evidence.units])
    flowing = evidence.flow.copy()
    if evidence.columns or _goes_on_below(evidence, evidence.gain):
        ends, starts = np.flatnonzero(evidence.cut), np.flatnonzero(evidence.text | evidence.cut)
        flowing[np.ix_(ends, starts)] = flow.load().scores(codes, edges[ends], edges[starts])
    fit = evidence.gain + np.minimum(flowing, 0)
    return evidence._replace(
        columns=evidence.columns or _goes_on_below(evidence, fit),
        flow=flowing,
        words=topics.words_of(view, evidence.units),
        topics=kin.load().of(codes, edges),
        leads=leads.scores(codes, edges[:, 0], edges[:, 1]),
    )


def _goes_on_below(evidence: Evidence, fit: Reals) -> bool:
    """True where a text further down plainly continues a cut end, by a table as `gain`."""
    below = np.triu(fit, 2)[1:, evidence.abrupt > seams.ABRUPT]
    return bool(below.max(initial=0.0) > PLAIN)
