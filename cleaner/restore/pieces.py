"""The chains of a page as pieces: what is joined, ordered, split and left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

from cleaner.batch import View
from cleaner.document import Keep, Piece, Put
from cleaner.models import pages
from cleaner.restore.blocks import Kind
from cleaner.restore.moves import PLAIN
from cleaner.restore.states import Evidence, Link

Chain = Sequence[Link]

_NEAR, _SOFT = 2.5, 0.0
"""Seam gain (nats) from which neighbouring halves are joined on a page that is not cut; and
behind a comma."""
_PARAGRAPH, _SHORT = 20, 4.0
"""A shorter line may be verse: it wants a clear gain to be joined to the next."""
_CLEAR, _RULE, _FEW = 1.5, 0.6, 4
"""From here on a seam plainly lost nothing; where most of some seams do, a page is whole."""
_INTACT, _FAR = -2.0, 0.5
"""The least gain of a seam of a whole page, and of any other."""
_ENOUGH = 8
"""So many seams tell what a page is like."""
_ORPHAN, _TORN = 20, 2.5
"""An end of a sentence under this size, this abrupt, joined to nothing, is left out …"""
_PAGE = 3
"""… of a page of so many articles at least."""


def pieces(view: View, evidence: Evidence, found: Sequence[Chain]) -> list[list[Piece]]:
    """The pieces of each chain; empty where nothing would change.

    The blank space behind a unit goes with it, or stays where the next unit of its chain is
    also the next one of the page.
    """
    chains = [chain for chain in _headings_home(evidence, found) if chain]
    others = _seams(evidence, chains)
    whole = len(chains) >= _PAGE
    parts = [_part(view, evidence, chain, others, whole) for chain in chains]
    changed = len(parts) > 1 or any(isinstance(piece, Put) for piece in parts[0][:-1])
    return parts if changed else []


def _part(view: View, evidence: Evidence, chain: Chain, others: Seams, whole: bool) -> list[Piece]:
    units = evidence.units
    found: list[Piece] = []
    joins = [joined(evidence, one, two, others) for one, two in pairwise(chain)]
    for number, link in enumerate(chain):
        at = link.unit
        start = units[at].start if at else 0
        end = units[at + 1].start if at + 1 < len(units) else len(view.text)
        gap = units[at].end, end
        torn = number == 0 or not joins[number - 1]
        if whole and torn and orphan(view, evidence, link):
            found.append(Put("", start, end, "restore.page.orphan"))
            continue
        found.append(Keep(start, units[at].end))
        if number == len(joins):
            found.append(Put("", *gap, "restore.page.border"))
        elif joins[number]:
            found.append(Put("", *gap, "restore.page.join"))
        elif chain[number + 1].unit == at + 1:
            found.append(Keep(*gap))
        else:
            found.append(Put("\n\n", *gap, "restore.page.order"))
    return found


class Seams(NamedTuple):
    """How many seams between halves that stand apart a page has, and how many of them plainly
    lost nothing."""

    all: int
    clear: int


def joined(evidence: Evidence, one: Link, two: Link, page: Seams) -> bool:
    """True where two neighbours in a chain are halves of one paragraph; where words may be
    missing between them they stand in order, but apart."""
    unit = evidence.units[one.unit]
    if not (one.text and two.text and unit.cut):
        return False
    gain = evidence.gain[one.unit][two.unit]
    if evidence.columns:
        few = page.clear < _RULE * page.all or page.all < _FEW
        least = _FAR if few and two.unit != one.unit + 1 else _INTACT
        return gain > least and _odds(evidence, one, two, page) > 0
    if unit.kind is Kind.HEADING:
        return gain > PLAIN
    if unit.end - unit.start < _PARAGRAPH:
        return gain > _SHORT
    return gain > (_SOFT if unit.soft else _NEAR)


def _odds(evidence: Evidence, one: Link, two: Link, page: Seams) -> float:
    """Log-odds that nothing is missing between a cut end and what follows it in its chain: by
    the seam, by the length of both, and by what the other seams of the page are like."""
    near = two.unit == one.unit + 1
    fit = _fit(evidence, one, two)
    others = page.all - (not near)
    clear = page.clear - (not near and fit > _CLEAR)
    sizes = (evidence.units[at].end - evidence.units[at].start for at in (one.unit, two.unit))
    first, second = (min(size, 40) / 40 for size in sizes)
    features = {
        "bias": 1.0,
        "gain": min(max(evidence.gain[one.unit][two.unit], -6.0), 10.0),
        "fit": min(max(fit, -6.0), 6.0),
        "clear": log((clear + 1) / (others - clear + 1)),
        "first": first,
        "second": second,
        "others": min(others, _ENOUGH) / _ENOUGH,
    }
    weights = pages.load_joins("near" if near else "far")
    return sum(weights[name] * value for name, value in features.items())


def orphan(view: View, evidence: Evidence, link: Link) -> bool:
    """True for a short end of a sentence that continues nothing and that nothing continues."""
    unit = evidence.units[link.unit]
    return (
        link.text
        and unit.kind is Kind.TEXT
        and not (unit.cut or unit.opens or unit.signed)
        and unit.end - unit.start < _ORPHAN
        and view.text[unit.end - 1] in "。！!"
        and evidence.abrupt[link.unit] > _TORN
    )


def _seams(evidence: Evidence, chains: Sequence[Chain]) -> Seams:
    """What the seams of a page between halves that stand apart are like."""
    fits = [
        _fit(evidence, one, two)
        for chain in chains
        for one, two in pairwise(chain)
        if one.text and two.text and evidence.units[one.unit].cut and two.unit != one.unit + 1
    ]
    return Seams(len(fits), sum(fit > _CLEAR for fit in fits))


def _fit(evidence: Evidence, one: Link, two: Link) -> float:
    """How much the words on both sides of a seam call for each other: the gain less what is
    owed to the abrupt beginning alone."""
    return evidence.gain[one.unit][two.unit] - evidence.abrupt[two.unit]


def _headings_home(evidence: Evidence, found: Sequence[Chain]) -> list[list[Link]]:
    """Headings that stand on the page right before the second half of a paragraph of another
    chain, and apart from their own, belong to that one: they go among its titles."""
    chains = [list(chain) for chain in found]
    home = {link.unit: number for number, chain in enumerate(chains) for link in chain}
    for number, chain in enumerate(chains):
        for link in chain[::-1]:
            other = home.get(link.unit + 1, number)
            first = chains[other][0].unit == link.unit + 1
            heading = evidence.units[link.unit].kind is Kind.HEADING and not link.text
            if len(chain) > 1 and heading and other != number and not first:
                chain.remove(link)
                titles = chains[other]
                at = next((k for k, item in enumerate(titles) if item.text), len(titles))
                titles.insert(at, link)
                home[link.unit] = other
    return chains
