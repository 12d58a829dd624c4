"""Text that was decoded in the wrong codec, given back line by line.

A table of odd characters finds the lines worth a look. Each route that could have made such a
line is walked back, and the language model says which of the results is Chinese. Two rounds:
text may have been misread twice. A line is taken only if at least four Han come out of it, or
if other lines of the document went the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import encode
from cleaner.repair.drafts import (
    FEWEST_HAN,
    every_draft,
    hopeful,
    is_changed,
    least_mean,
    sound_means,
)
from cleaner.repair.fill import fill
from cleaner.repair.in_step import Ask, Pages, Task
from cleaner.repair.results import LEAST_GAIN, Mended, weighed
from cleaner.repair.routes import Route, plausible
from cleaner.repair.screen import (
    Look,
    documents,
    odd_table,
    positions,
    positions_in,
    uncommon_table,
)
from cleaner.rules import RuleBook

_FEWEST_ODD = 4
_SAMPLE = 2  # lines on which all routes are tried
_CLOSE, _STRANGE = 6, 0.25  # of misread text at least half is uncommon


class Mojibake:
    """The Editor `repair.mojibake`."""

    name = "repair.mojibake"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        """Documents with at least four odd characters."""
        return _suspects(batch)

    def edits(self, view: View) -> Iterator[Edit]:
        pages = view.of_batch("repair.mojibake", lambda batch: Pages(batch, _suspects, _of_page))
        mended = pages.result(view)
        for line in view.lines if mended else ():
            text = view.text[line.start : line.end]
            if text in mended:
                yield _edit(line.start, text, mended[text])


def _suspects(batch: Batch) -> Mask:
    return documents(batch, positions(batch, Look.ODD), _FEWEST_ODD)


def _of_page(view: View) -> Task[dict[str, Mended]]:
    own = np.searchsorted(view.line_ends, positions_in(view, Look.ODD))
    chosen = np.flatnonzero(np.bincount(own) >= _FEWEST_ODD).tolist()
    if not chosen:
        return {}
    lines = view.text.split("\n")
    return (yield from _mended_lines(list(dict.fromkeys(lines)), {lines[k] for k in chosen}))


def _mended_lines(lines: Sequence[str], chosen: Collection[str]) -> Task[dict[str, Mended]]:
    """Those of some distinct lines that are mended; all routes are tried on the `chosen` ones, and
    what leads back from these on all others."""
    numbered = dict(enumerate(lines))
    mended = yield from _mended_alike({k: line for k, line in numbered.items() if line in chosen})
    votes = tuple(Counter(found.route for found in mended.values()))
    rest = {k: line for k, line in numbered.items() if votes and k not in mended}
    mended |= yield from mend(_strange(rest), votes, fewest=1)
    return {lines[k]: found for k, found in mended.items()}


def _strange(lines: Mapping[int, str]) -> dict[int, str]:
    """The lines that may have been misread in some part: with two characters close together that
    sound lines hardly have, or with few others."""
    codes = encode("\n".join([*lines.values(), ""]))
    ends = np.flatnonzero(codes == 10)
    at = np.flatnonzero(uncommon_table().take(codes) | odd_table().take(codes))
    own = np.searchsorted(ends, at)
    count = np.bincount(own, minlength=len(ends))
    close = (at[1:] - at[:-1] <= _CLOSE) & (own[1:] == own[:-1])
    outer = np.bincount(np.searchsorted(ends, np.flatnonzero(codes >= 0x80)), minlength=len(ends))
    strange = (count > 0) & (count >= _STRANGE * outer)
    strange[own[1:][close]] = True
    return {k: line for (k, line), found in zip(lines.items(), strange, strict=True) if found}


def _mended_alike(lines: Mapping[int, str]) -> Task[dict[int, Mended]]:
    """The lines that are mended, where most went the way of the longest: all other routes are
    tried only on those that did not."""
    longest = sorted(lines, key=lambda k: -len(lines[k]))[:_SAMPLE]
    routes = {route for k in longest for route in plausible(lines[k], None)}
    if len(routes) == 1:
        mended = yield from mend(lines, tuple(routes))
        rest = {k: line for k, line in lines.items() if k not in mended}
        rest = {k: v for k, v in rest.items() if not routes.issuperset(plausible(v, None))}
        return mended | (yield from mend(rest))
    mended = yield from mend({k: lines[k] for k in longest})
    if len(mended) == len(lines):
        return mended
    votes = tuple(Counter(found.route for found in mended.values()))
    rest = {k: line for k, line in lines.items() if k not in longest}
    if votes:
        mended |= yield from mend(rest, votes)
    return mended | (yield from mend({k: v for k, v in rest.items() if k not in mended}))


def mend(
    lines: Mapping[int, str], routes: tuple[Route, ...] | None = None, fewest: int = FEWEST_HAN
) -> Task[dict[int, Mended]]:
    """The lines that a route mends, each by its best route; without `routes` all are tried."""
    made = yield Ask(every_draft, [(line, routes) for line in lines.values()])
    drafts = [(number, *own) for number, found in zip(lines, made, strict=True) for own in found]
    means = yield Ask(sound_means, [draft for _, _, draft in drafts if draft.gaps])
    hoped = hopeful(drafts, means, fewest)
    parts = yield Ask(fill, [draft for _, _, draft in hoped])
    rows = zip(hoped, parts, strict=True)
    tried = [(number, route, own) for (number, route, _), own in rows if is_changed(own)]
    best: dict[int, Mended] = {}
    for (number, *_), found in zip(tried, (yield from weighed(tried, lines)), strict=True):
        if _sound(found, lines[number], fewest) and (
            number not in best or _rank(found) > _rank(best[number])
        ):
            best[number] = found
    return best


def _rank(found: Mended) -> float:
    return found.mean + (1.0 if found.route.right == "utf-8" else 0.0)


def _sound(found: Mended, line: str, fewest: int) -> bool:
    outer = len(line) - len(line.encode("ascii", "ignore"))
    return (
        found.han >= fewest
        and found.mean >= least_mean(found.route, fewest)
        and found.gain >= LEAST_GAIN * outer
    )


def _edit(start: int, old: str, found: Mended) -> Edit:
    """The Edit that replaces what differs between a line and its mended form."""
    new = found.text
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    stop = len(new) - tail
    return Edit(
        start + head, start + len(old) - tail, new[head:stop], found.route.rule, found.confidence
    )
