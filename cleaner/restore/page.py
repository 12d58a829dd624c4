"""restore.page: splits a page into its articles, puts cut columns in order and joins them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.document import Keep, Piece
from cleaner.models import flow, leads, pages
from cleaner.restore import seams, topics
from cleaner.restore.blocks import Kind, Unit, spans_of, units_of
from cleaner.restore.chains import chains
from cleaner.restore.moves import PLAIN, Weights, may_open
from cleaner.restore.pieces import pieces
from cleaner.restore.screen import promising
from cleaner.restore.states import Evidence, Link
from cleaner.rules import RuleBook

Reals = npt.NDArray[np.float64]

_MIN_UNITS, _MAX_UNITS = 4, 400
_MIN_CUTS, _PARAGRAPH = 2, 20
"""A page with this many cut paragraphs, of so many characters at least, was set in columns."""

_HEADINGS, _TEXTS = 16, 0.77
"""A page with so many headings that are most of its lines, or leave texts this share of its
characters at most, is one of menus and titles; newspaper pages have .79."""

_FLOW, _LONE = 8.0, 3.0
"""Nats that the flow of a text says at most; and how plainly (nats) another line than the next
continues the only cut one of a page of columns."""

_VERSE = 0.5
"""A page with this share of lines that are either headings or cut is made of verse."""

_CONTINUES, _PLAINER = 1.0, 4.0
"""Seam gain (nats) from which the next line continues a cut one; and how much more plainly a
later line does where the next one does not for all that."""


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
        units = units_of(view)
        evidence = gather(view, units)
        if evidence.columns or _several(evidence):
            evidence = with_topics(view, evidence)
            found = chains(evidence, self._weights)
        else:
            found = [tuple(Link(at, _is_text(evidence, at)) for at in range(len(units)))]
        parts = pieces(view, evidence, found)
        return parts if parts and view.under(self.name, promising) else whole


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
    texts = (at for at, unit in enumerate(evidence.units) if unit.kind is Kind.TEXT)
    first = next(texts, len(evidence.units))
    return any(may_open(evidence, at) for at in range(first + 1, len(evidence.units)))


def _is_text(evidence: Evidence, at: int) -> bool:
    """True for a text, and for what looks like a heading but is plainly continued by the next
    line."""
    unit = evidence.units[at]
    if unit.kind is not Kind.HEADING or not unit.cut or at + 1 == len(evidence.units):
        return unit.kind is Kind.TEXT
    return evidence.gain[at][at + 1] > PLAIN and evidence.abrupt[at + 1] > 0


def gather(view: View, units: tuple[Unit, ...]) -> Evidence:
    """The evidence on a page but for its topics, which few pages need; gains are computed for
    cut ends and starts of texts only."""
    n = len(units)
    starts = [at for at, unit in enumerate(units) if unit.kind is Kind.TEXT or unit.cut]
    ends = [at for at, unit in enumerate(units) if unit.cut]
    gain = np.full((n, n), seams.NEVER)
    chosen = [units[at] for at in starts]
    abrupt = np.zeros(n)
    gain[np.ix_(ends, starts)], abrupt[starts] = seams.measured(
        view, [units[at] for at in ends], chosen
    )
    goes_on = np.zeros((n, n))
    columns = _in_columns(units, gain, abrupt, 0.0)
    if columns:
        edges = _edges(units)
        scores = flow.load().scores(view.folded_codes, edges[ends], edges[starts])
        goes_on[np.ix_(ends, starts)] = scores
        columns = _in_columns(units, gain + np.clip(goes_on, -_FLOW, _FLOW), abrupt, _LONE)
    rows = gain.tolist(), abrupt.tolist()
    return Evidence(units, *rows, topics.NONE, [], goes_on.tolist(), columns)


def with_topics(view: View, evidence: Evidence) -> Evidence:
    """The evidence with what each unit speaks of, and how much it begins as reports do."""
    edges = _edges(evidence.units)
    leading = leads.scores(view.folded_codes, edges[:, 0], edges[:, 1]).tolist()
    return evidence._replace(words=topics.words_of(view, evidence.units), leads=leading)


def _edges(units: Sequence[Unit]) -> Ints:
    """Where each unit begins and ends, shape (n, 2)."""
    return np.array([(unit.start, unit.end) for unit in units])


def _in_columns(units: tuple[Unit, ...], fit: Reals, abrupt: Reals, lone: float) -> bool:
    """True where cut paragraphs are not continued by the next line, but one of them by a line
    further down: at least by `lone` (nats), where it is the only one."""
    cut = [
        at
        for at, unit in enumerate(units[:-1])
        if at > 0  # a long first line without an end mark is a title
        and unit.kind is Kind.TEXT
        and unit.cut
        and not unit.soft  # columns end anywhere, lines broken by hand behind commas
        and unit.end - unit.start >= _PARAGRAPH
    ]
    loose = []
    for at in cut:
        later = fit[at, at + 2 :]
        far = later[(abrupt[at + 2 :] > 0) | (later > PLAIN)].max(initial=0.0)
        near = fit[at, at + 1] if units[at + 1].kind is Kind.TEXT else seams.NEVER
        if near < _CONTINUES or near < far - _PLAINER:
            loose.append(far)
    return max(loose, default=0.0) > (_CONTINUES if len(loose) >= _MIN_CUTS else lone)
