"""Which paragraphs of a page speak of nothing that the others speak of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.batch import Ints, View
from cleaner.models import leads
from cleaner.restore.blocks import Kind, Unit
from cleaner.restore.topics import Words

Reals = npt.NDArray[np.float64]

FEATURES = (
    "bias",
    "shared",
    "names",
    "mass",
    "own",
    "before",
    "before.names",
    "after",
    "after.names",
    "first",
    "last",
    "cut",
    "opens",
    "dated",
    "goes_on",
    "speaks",
    "signed",
    "long",
    "heading",
    "lead",
    "credit",
    "best",
    "best.names",
)
"""Evidence on unit i, if everything from unit b on were foreign: what it shares with the units
before b (`shared`, `names`, against its own mass and theirs) and with its neighbours within the
rest (`before`, `after`); how it begins and ends."""

_ONE_THREAD = 1 << 18
"""Multiplications in one matrix product for which OpenBLAS does not wake threads, which would
cost more than they save and take the cores of other workers."""
_DATED = regex.compile(
    r"(?:\d{4}年|今年)?\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日[上下]?[午,，]|近日|日前|据"
)
_GOES_ON = regex.compile(
    r"此外|另外|同时|同样|其中|其次|再次|最后|随后|之后|此后|对此|为此|因此|因而|所以|但|而|不过|然而|于是|接着|接下来|"
    r"目前|如今|现在|当天|当日|当时|会上|会议|活动|现场|该|此次|本次|这|那|他|她|它|其|上述|双方|与此|据介绍|据悉|"
    r"第[一二三四五六七八九]|[一二三四五六七八九]是|下一步|未来|截至|记者|事实上|数据显示"
)
_CREDIT = regex.compile(
    r"^[(（【\[《]?(?:[^。]{0,12}(?:编辑|责编|来源|记者|作者|校对|统筹|监制|策划|出品|文[/|]|图[/|])|本报|原标题)|"
    r"[(（]完[)）]|日报[》>]?[(（]?.{0,20}版|电[)）]$|采写[)）]$"
)
_CREDIT_LAST = regex.compile(r"[(（]完[)）]|日报[》>]?[(（]?.{0,20}版|电[)）]$|采写[)）]$")
_DISPATCH = regex.compile(r"[^,，。;；:：(（]{2,20}(?:电|讯|消息|报道)\s{0,3}[(（]")
"""The reporter of a dispatch stands at its beginning."""
_SPEAKS = regex.compile(r'["“]|[^。]{0,25}(?:说|表示|认为|指出|强调|介绍|称|告诉)')


SAID = ("goes_on", "speaks", "credit")
"""Those features that take a pattern each."""


def evidence(view: View, units: Sequence[Unit], words: Words, borders: Sequence[int]) -> Reals:
    """Features of every unit for every border, shape (borders, units n, features); those of
    `SAID` are left to `said`."""
    n = len(units)
    at = np.asarray(borders)
    reused = _reused(words)
    shared, names, own = _shares(words, reused)
    between = _between(reused, n)
    table = np.zeros((len(at), n, len(FEATURES)))
    table[:, :, 0] = 1
    table[:, :, 1] = np.log1p(shared[at])
    table[:, :, 2] = np.log1p(names[at])
    table[:, :, 3] = np.log1p(words.masses)[None, :]
    table[:, :, 4] = np.log1p(own[at])[:, None]
    table[:, :, 5:11] = _neighbours(between, at)
    table[:, :, 11:21] = _manner(view, units)[None]
    table[:, :, 21:] = np.log1p(np.maximum.accumulate(between, axis=1)[:, at - 1]).transpose(
        1, 2, 0
    )
    return table


class Reused(NamedTuple):
    """The pairs that count and stand in several units: each place by unit `owner`, `number` of
    the pair and `first` unit that has it; `weight` and `rare` of each pair."""

    owner: Ints
    number: Ints
    first: Ints
    weight: Reals
    rare: Reals


def _reused(words: Words) -> Reused:
    flat = np.concatenate([*words.of])
    owner = np.repeat(np.arange(len(words.of)), [len(of) for of in words.of])
    chosen = (np.bincount(flat, minlength=len(words.weight)) > 1) & (words.weight > 0)
    number = np.cumsum(chosen) - 1
    kept = chosen[flat]
    owner, flat = owner[kept], number[flat[kept]]
    first = np.full(int(chosen.sum()), len(words.of))
    np.minimum.at(first, flat, owner)
    return Reused(owner, flat, first[flat], words.weight[chosen], words.rare[chosen])


def _shares(words: Words, reused: Reused) -> tuple[Reals, Reals, Reals]:
    """Weight (and weight as names) of the pairs of unit i that occur before unit b, where i is
    not before b, shape (n + 1, n) each; weight of all pairs before b, shape (n + 1,)."""
    n = len(words.of)
    columns = []
    for values in (reused.weight, reused.rare):
        cells = reused.owner * n + reused.first
        hist = np.bincount(cells, values[reused.number], n * n).reshape(n, n)
        columns.append(np.concatenate([np.zeros((n, 1)), np.cumsum(hist, axis=1)], axis=1).T)
    again = reused.first < reused.owner
    said = np.bincount(reused.owner[again], reused.weight[reused.number[again]], n)
    own = np.concatenate([[0.0], np.cumsum(words.masses - said)])
    return columns[0], columns[1], own


def _between(reused: Reused, n: int) -> Reals:
    """What units i and j share, by weight and as names; shape (2, n, n)."""
    held = np.zeros((n, len(reused.weight)))
    held[reused.owner, reused.number] = 1.0
    table = np.zeros((2, n, n))
    step = max(1, _ONE_THREAD // (n * n))
    for at in range(0, held.shape[1], step):
        block = slice(at, at + step)
        for row, values in enumerate((reused.weight, reused.rare)):
            table[row] += (held[:, block] * values[block]) @ held[:, block].T
    return table


def _neighbours(between: Reals, borders: Ints) -> Reals:
    """What unit i shares with units i − 1 and i + 1, where those are not before the border;
    shape (borders, n, 6)."""
    n = between.shape[1]
    close = np.log1p(np.diagonal(between, 1, 1, 2))
    at = np.arange(n)
    inside = at[None, :] > borders[:, None]  # the unit before i is not before b
    table = np.zeros((len(borders), n, 6))
    table[:, 1:, 0:2] = close.T * inside[:, 1:, None]
    table[:, :-1, 2:4] = close.T
    table[:, :, 4] = ~inside
    table[:, :, 5] = at == n - 1
    return table


def dated(view: View, unit: Unit) -> bool:
    """True where a unit begins with a date, as news items do."""
    return _DATED.match(view.folded[unit.start : unit.end]) is not None


def credit(view: View, unit: Unit) -> bool:
    """True where a unit says who made the article, or where it comes from."""
    if unit.opens or unit.cut:
        return False
    text = view.folded[unit.start : unit.end]
    return _CREDIT.search(text) is not None and _DISPATCH.match(text) is None


def closing_credit(view: View, unit: Unit) -> bool:
    """True for such a unit that says nothing else, or that closes with it."""
    text = view.folded[unit.start : unit.end]
    return credit(view, unit) and ("。" not in text or _CREDIT_LAST.search(text) is not None)


def said(view: View, units: Sequence[Unit]) -> Reals:
    """The features `SAID` of some units, shape (n, 3)."""
    folded = [view.folded[unit.start : unit.end] for unit in units]
    rows = [
        (_GOES_ON.match(text) is not None, _SPEAKS.match(text) is not None, credit(view, unit))
        for text, unit in zip(folded, units, strict=True)
    ]
    return np.array(rows, np.float64)


def _manner(view: View, units: Sequence[Unit]) -> Reals:
    """How each unit begins and ends, shape (n, 10)."""
    edges = np.array([(unit.start, unit.end) for unit in units])
    table = np.zeros((len(units), 10))
    table[:, 0] = [unit.cut for unit in units]
    table[:, 1] = [unit.opens or unit.leads for unit in units]
    table[:, 2] = [dated(view, unit) for unit in units]
    table[:, 5] = [unit.signed for unit in units]
    table[:, 6] = np.log(edges[:, 1] - edges[:, 0])
    table[:, 7] = [unit.kind is not Kind.TEXT for unit in units]
    table[:, 8] = leads.scores(view.folded_codes, edges[:, 0], edges[:, 1])
    return table
