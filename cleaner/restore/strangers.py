"""Which paragraphs of a page speak of nothing that the others speak of."""

from __future__ import annotations

from collections.abc import Sequence

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
_SPEAKS = regex.compile(r'["“]|[^。]{0,25}(?:说|表示|认为|指出|强调|介绍|称|告诉)')


def evidence(view: View, units: Sequence[Unit], words: Words, borders: Sequence[int]) -> Reals:
    """Features of every unit for every border, shape (borders, units n, features)."""
    n = len(units)
    at = np.asarray(borders)
    shared, names, own = _shares(words)
    mass = np.array([words.weight[of].sum() for of in words.of])
    table = np.zeros((len(at), n, len(FEATURES)))
    table[:, :, 0] = 1
    table[:, :, 1] = np.log1p(shared[at])
    table[:, :, 2] = np.log1p(names[at])
    table[:, :, 3] = np.log1p(mass)[None, :]
    table[:, :, 4] = np.log1p(own[at])[:, None]
    table[:, :, 5:11] = _neighbours(words, at)
    table[:, :, 11:21] = np.array([_manner(view, unit) for unit in units])[None]
    table[:, :, 21:] = _closest(words, at)
    return table


def _shares(words: Words) -> tuple[Reals, Reals, Reals]:
    """Weight (and weight as names) of the pairs of unit i that occur before unit b, shape
    (n + 1, n) each; weight of all pairs before b, shape (n + 1,)."""
    n = len(words.of)
    first = np.full(len(words.weight), n)
    for at in range(n - 1, -1, -1):
        first[words.of[at]] = at
    columns = []
    for values in (words.weight, words.rare):
        hist = np.stack([np.bincount(first[of], values[of], n) for of in words.of])
        columns.append(np.concatenate([np.zeros((n, 1)), np.cumsum(hist, axis=1)], axis=1).T)
    own = np.concatenate([[0.0], np.cumsum(np.bincount(first, words.weight, n)[:n])])
    return columns[0], columns[1], own


def _neighbours(words: Words, borders: Ints) -> Reals:
    """What unit i shares with units i − 1 and i + 1, where those are not before the border;
    shape (borders, n, 6)."""
    n = len(words.of)
    pairs = [np.intersect1d(a, b) for a, b in zip(words.of, words.of[1:], strict=False)]
    shared = np.array([0.0, *(np.log1p(words.weight[both].sum()) for both in pairs), 0.0])
    names = np.array([0.0, *(np.log1p(words.rare[both].sum()) for both in pairs), 0.0])
    at = np.arange(n)
    inside = at[None, :] > borders[:, None]  # the unit before i is not before b
    table = np.zeros((len(borders), n, 6))
    table[:, :, 0] = shared[:-1] * inside
    table[:, :, 1] = names[:-1] * inside
    table[:, :, 2] = shared[1:]
    table[:, :, 3] = names[1:]
    table[:, :, 4] = ~inside
    table[:, :, 5] = at == n - 1
    return table


def _closest(words: Words, borders: Ints) -> Reals:
    """The most that unit i shares with one unit before the border, shape (borders, n, 2)."""
    n = len(words.of)
    sizes = [len(of) for of in words.of]
    flat = np.concatenate([*words.of])
    owner = np.repeat(np.arange(n), sizes)
    table = np.zeros((len(borders), n, 2))
    shared = np.zeros((2, n, n))
    for unit, of in enumerate(words.of):
        held = np.zeros(len(words.weight), np.bool_)
        held[of] = True
        both = held[flat]
        for row, values in enumerate((words.weight, words.rare)):
            shared[row, unit] = np.bincount(owner[both], values[flat[both]], n)
    most = np.maximum.accumulate(shared, axis=1)
    for row in range(2):
        table[:, :, row] = np.log1p(most[row, borders - 1])
    return table


def dated(view: View, unit: Unit) -> bool:
    """True where a unit begins with a date, as news items do."""
    return _DATED.match(view.folded[unit.start : unit.end]) is not None


def credit(view: View, unit: Unit) -> bool:
    """True where a unit says who made the article, or where it comes from."""
    return not unit.opens and _CREDIT.search(view.folded[unit.start : unit.end]) is not None


def _manner(view: View, unit: Unit) -> list[float]:
    folded = view.folded[unit.start : unit.end]
    return [
        float(unit.cut),
        float(unit.opens or unit.leads),
        float(dated(view, unit)),
        float(_GOES_ON.match(folded) is not None),
        float(_SPEAKS.match(folded) is not None),
        float(unit.signed),
        float(np.log(max(len(folded), 1))),
        float(unit.kind is not Kind.TEXT),
        leads.score(view.folded_codes[unit.start : unit.end]),
        float(credit(view, unit)),
    ]
