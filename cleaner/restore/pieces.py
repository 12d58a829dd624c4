"""The chains of a page as pieces: what is joined, ordered, split and left out."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import pairwise

from cleaner.batch import View
from cleaner.document import Keep, Piece, Put
from cleaner.restore import joins
from cleaner.restore.blocks import Kind
from cleaner.restore.evidence import Evidence, Link
from cleaner.restore.joins import Seam
from cleaner.restore.moves import PLAIN

Chain = Sequence[Link]

_NEAR, _SOFT = 2.5, 0.0
"""Seam gain (nats) from which neighbouring halves are joined on a page that is not cut; and
behind a comma."""
_PARAGRAPH, _SHORT = 20, 4.0
"""A shorter line may be verse: it wants a clear gain to be joined to the next."""
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
    seams = joins.seams_of(evidence, chains)
    if any(two.unit > one.unit + 1 for chain in chains for one, two in pairwise(chain)):
        joined = joins.joins_of(view, evidence, seams)
    else:
        joined = {seam for seam in seams if _goes_on(evidence, seam)}
    if (
        len(chains) == 1
        and not joined
        and all(two.unit > one.unit for one, two in pairwise(chains[0]))
    ):
        return []
    whole = len(chains) >= _PAGE
    halves = {seam.two for seam in joined}
    chains = [_asides_behind(evidence, chain, halves) for chain in chains]
    parts = [_part(view, evidence, chain, halves, whole) for chain in chains]
    changed = len(parts) > 1 or any(isinstance(piece, Put) for piece in parts[0][:-1])
    return parts if changed else []


def _part(
    view: View, evidence: Evidence, chain: Chain, halves: Container[int], whole: bool
) -> list[Piece]:
    """The pieces of a chain; `halves` are the units joined to the one before."""
    units = evidence.units
    found: list[Piece] = []
    goes_on = [link.unit in halves for link in chain[1:]]
    for number, link in enumerate(chain):
        at = link.unit
        start = units[at].start if at else 0
        end = units[at + 1].start if at + 1 < len(units) else len(view.text)
        gap = units[at].end, end
        torn = number == 0 or not goes_on[number - 1]
        if whole and torn and orphan(view, evidence, link):
            found.append(Put("", start, end, "restore.page.orphan"))
            continue
        found.append(Keep(start, units[at].end))
        if number == len(goes_on):
            found.append(Put("", *gap, "restore.page.border"))
        elif goes_on[number]:
            found.append(Put("", *gap, "restore.page.join"))
        elif chain[number + 1].unit == at + 1:
            found.append(Keep(*gap))
        else:
            found.append(Put("\n\n", *gap, "restore.page.order"))
    return found


def _asides_behind(evidence: Evidence, chain: Chain, halves: Container[int]) -> list[Link]:
    """The chain, what stands between halves that are joined put behind them."""
    found: list[Link] = []
    waiting: list[Link] = []
    for link in chain:
        if joins.aside(evidence, link):
            waiting.append(link)
            continue
        if link.unit not in halves:
            found += waiting
            waiting = []
        found.append(link)
    return found + waiting


def _goes_on(evidence: Evidence, seam: Seam) -> bool:
    """True where a line of a page that is not cut into columns goes on in another."""
    unit = evidence.units[seam.one]
    gain = float(evidence.gain[seam])
    if unit.kind is Kind.HEADING:
        return gain > PLAIN
    if unit.end - unit.start < _PARAGRAPH:
        return gain > _SHORT
    return gain > (_SOFT if unit.soft else _NEAR)


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
