"""The chains of a page as pieces: what is joined, ordered, split and left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cleaner.batch import View
from cleaner.document import Keep, Piece, Put
from cleaner.restore.blocks import Kind
from cleaner.restore.chains import PLAIN, Evidence, Link

Chain = Sequence[Link]

_NEAR = 0.0
"""Seam gain (nats) from which neighbouring halves are joined."""
_FAR, _FIT = 0.5, 1.0
"""The same for halves that stand apart: gain, and gain less what is owed to an abrupt beginning,
since words may have been lost before it."""
_INTACT = -2.0
"""The gain for a page that lost nothing: where seams that fit are the rule."""
_CLEAR, _RULE, _FEW = 1.5, 0.6, 4
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
    intact = _intact(evidence, chains)
    whole = len(chains) >= _PAGE
    parts = [_part(view, evidence, chain, intact, whole) for chain in chains]
    changed = len(parts) > 1 or any(isinstance(piece, Put) for piece in parts[0][:-1])
    return parts if changed else []


def _part(view: View, evidence: Evidence, chain: Chain, intact: bool, whole: bool) -> list[Piece]:
    units = evidence.units
    found: list[Piece] = []
    before: Link | None = None
    for link, after in zip(chain, [*chain[1:], None], strict=True):
        at = link.unit
        start = units[at].start if at else 0
        end = units[at + 1].start if at + 1 < len(units) else len(view.text)
        gap = units[at].end, end
        torn = before is None or not joined(evidence, before, link, intact)
        if whole and torn and orphan(view, evidence, link):
            found.append(Put("", start, end, "restore.page.orphan"))
            continue
        found.append(Keep(start, units[at].end))
        if after is None:
            found.append(Put("", *gap, "restore.page.border"))
        elif joined(evidence, link, after, intact):
            found.append(Put("", *gap, "restore.page.join"))
        elif after.unit == at + 1:
            found.append(Keep(*gap))
        else:
            found.append(Put("\n\n", *gap, "restore.page.order"))
        before = link
    return found


def joined(evidence: Evidence, one: Link, two: Link, intact: bool) -> bool:
    """True where two neighbours in a chain are halves of one paragraph; where words may be
    missing between them they stand in order, but apart."""
    if not (one.text and two.text and evidence.units[one.unit].cut):
        return False
    gain = evidence.gain[one.unit][two.unit]
    if two.unit == one.unit + 1:
        unit = evidence.units[one.unit]
        if unit.kind is Kind.HEADING and not evidence.columns:
            return gain > PLAIN
        return gain > (_NEAR if unit.end - unit.start >= _PARAGRAPH else _SHORT)
    if intact:
        return gain > _INTACT
    return gain > _FAR and _fit(evidence, one, two) > _FIT


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


def _intact(evidence: Evidence, chains: Sequence[Chain]) -> bool:
    """True where most seams between cut halves that stand apart are clear."""
    seams = [
        _fit(evidence, one, two)
        for chain in chains
        for one, two in pairwise(chain)
        if one.text and two.text and evidence.units[one.unit].cut and two.unit != one.unit + 1
    ]
    clear = sum(fit > _CLEAR for fit in seams)
    return len(seams) >= _FEW and clear >= _RULE * len(seams)


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
