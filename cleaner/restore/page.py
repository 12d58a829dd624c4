"""restore.page: splits a page into its articles, puts cut columns in order and joins them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Mask, View
from cleaner.cuts import lines_of, opens_report
from cleaner.document import Keep, Piece, Put
from cleaner.models import leads, pages
from cleaner.restore import seams, topics
from cleaner.restore.blocks import Kind, Unit, units_of
from cleaner.restore.chains import Evidence, Link, Weights, chains
from cleaner.rules import RuleBook

Reals = npt.NDArray[np.float64]

_MIN_UNITS, _MAX_UNITS = 4, 400
_MIN_CUTS, _PARAGRAPH = 2, 20
"""A page with this many cut paragraphs, of so many characters at least, was set in columns."""

JOIN = 1.0
"""Seam gain (nats) below which two halves stand in order, but are not joined."""


class Page:
    """The Restorer `restore.page`."""

    name = "restore.page"

    def __init__(self, book: RuleBook, weights: Weights | None = None) -> None:
        self._weights = weights if weights is not None else pages.load()

    def suspects(self, batch: Batch) -> Mask:
        return promising(batch)

    def arrange(self, view: View) -> list[list[Piece]]:
        whole: list[list[Piece]] = [[Keep(0, len(view.text))]]
        units = units_of(view)
        if not _MIN_UNITS <= len(units) <= _MAX_UNITS or not promising(Batch([view.doc]))[0]:
            return whole
        evidence = gather(view, units)
        return _pieces(view, evidence, chains(evidence, self._weights)) or whole


def promising(batch: Batch) -> Mask:
    """Which documents show a cut line, or two lines that open articles."""
    if not len(batch):
        return np.zeros(0, np.bool_)
    lines = lines_of(batch)
    opening = opens_report(batch, lines)
    cut = np.bincount(lines.doc[lines.open_end | lines.bad_start], minlength=len(batch))
    opened = np.bincount(lines.doc[opening], minlength=len(batch))
    return (cut >= 1) | (opened >= 2)


def gather(view: View, units: tuple[Unit, ...]) -> Evidence:
    """The evidence on a page; gains are computed for cut ends and starts of texts only."""
    n = len(units)
    starts = [at for at, unit in enumerate(units) if unit.kind is Kind.TEXT or unit.cut]
    ends = [at for at, unit in enumerate(units) if unit.cut]
    gain = np.full((n, n), -20.0)
    chosen = [units[at] for at in starts]
    gain[np.ix_(ends, starts)] = seams.gains(view, [units[at] for at in ends], chosen)
    abrupt = np.zeros(n)
    abrupt[starts] = seams.abruptness(view, chosen)
    words = topics.words_of([topics.pairs_of(view, u.start, u.end) for u in units])
    columns = _loose_cuts(units, gain) >= _MIN_CUTS
    leading = [leads.score(view.folded_codes[u.start : u.end]) for u in units]
    return Evidence(units, gain.tolist(), abrupt.tolist(), words, leading, bool(columns))


def _loose_cuts(units: tuple[Unit, ...], gain: Reals) -> int:
    """How many cut paragraphs the next unit does not continue."""
    return sum(
        one.kind is Kind.TEXT
        and one.cut
        and one.end - one.start >= _PARAGRAPH
        and (two.kind is not Kind.TEXT or gain[at, at + 1] < JOIN)
        for at, (one, two) in enumerate(pairwise(units))
    )


def _pieces(view: View, evidence: Evidence, found: list[tuple[Link, ...]]) -> list[list[Piece]]:
    """The chains as pieces. The blank space behind a unit goes with it, or stays where the next
    unit of its chain is also the next one of the page. Empty where nothing would change."""
    units = evidence.units
    edges = [unit.start for unit in units] + [len(view.text)]
    edges[0] = 0
    parts: list[list[Piece]] = []
    for chain in found:
        pieces: list[Piece] = []
        for link, after in zip(chain, [*chain[1:], None], strict=True):
            at = link.unit
            pieces.append(Keep(edges[at], units[at].end))
            gap = units[at].end, edges[at + 1]
            if after is None:
                pieces.append(Put("", *gap, "restore.page.border"))
            elif _joined(evidence, link, after):
                pieces.append(Put("", *gap, "restore.page.join"))
            elif after.unit == at + 1:
                pieces.append(Keep(*gap))
            else:
                pieces.append(Put("\n\n", *gap, "restore.page.order"))
        parts.append(pieces)
    changed = len(parts) > 1 or any(isinstance(piece, Put) for piece in parts[0][:-1])
    return parts if changed else []


def _joined(evidence: Evidence, one: Link, two: Link) -> bool:
    cut = one.text and two.text and evidence.units[one.unit].cut
    return cut and evidence.gain[one.unit][two.unit] > JOIN
