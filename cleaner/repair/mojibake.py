"""Text that was decoded in the wrong codec, given back line by line.

A table of odd characters finds the lines worth a look. Each route that could have made such a
line is walked back, and the language model says which of the results is Chinese. Two rounds:
text may have been misread twice. A line is taken only if at least four Han come out of it, or
if other lines of the document went the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import encode, fold
from cleaner.models.lm import UNKNOWN, sequence_scores
from cleaner.models.lm import load as load_model
from cleaner.repair.drafts import (
    FEWEST_HAN,
    drafts_of,
    filled,
    hopeful,
    is_han,
    least_mean,
    text_of,
)
from cleaner.repair.fill import Part
from cleaner.repair.routes import Route, plausible
from cleaner.repair.screen import Look, documents, odd_table, positions, uncommon_table
from cleaner.rules import RuleBook

_FEWEST_ODD = 4
_SAMPLE = 2  # lines on which all routes are tried
_CLOSE, _STRANGE = 6, 0.25  # of misread text at least half is uncommon
_BORDER = Part("\n", "foreign")
_LEAST_GAIN = 1.5  # nats for each character of the line that was not ASCII


@dataclass(frozen=True)
class Mended:
    """A line as one route gives it back."""

    route: Route
    text: str
    parts: Sequence[Part]
    mean: float  # ln p a character, of what the route changed
    gain: float  # in ln p, of the whole line against the line as it stands
    han: int  # Han among what the route changed

    @property
    def confidence(self) -> float:
        """Of the edit: that of the worst filled gap, or nearly certain without any."""
        filled = [part.confidence for part in self.parts if part.kind == "filled"]
        return round(min([0.99, *filled]), 3)


class Mojibake:
    """The Editor `repair.mojibake`."""

    name = "repair.mojibake"

    def __init__(self, book: RuleBook) -> None:
        pass

    def suspects(self, batch: Batch) -> Mask:
        """Documents with at least four odd characters."""
        return documents(batch, positions(batch, Look.ODD), _FEWEST_ODD)

    def edits(self, view: View) -> Iterator[Edit]:
        before = np.append(0, np.cumsum(odd_table().take(view.codes)))
        starts, ends = np.array(view.lines).T
        chosen = np.flatnonzero(before[ends] - before[starts] >= _FEWEST_ODD).tolist()
        if not chosen:
            return
        lines = [view.text[start:end] for start, end in view.lines]
        mended = _mended_lines(list(dict.fromkeys(lines)), {lines[k] for k in chosen})
        for line, text in zip(view.lines, lines, strict=True):
            if text in mended:
                yield _edit(line.start, text, mended[text])


def _mended_lines(lines: Sequence[str], chosen: Collection[str]) -> dict[str, Mended]:
    """Those of some distinct lines that are mended; all routes are tried on the `chosen` ones, and
    what leads back from these on all others."""
    numbered = dict(enumerate(lines))
    mended = _mended_alike({k: line for k, line in numbered.items() if line in chosen})
    votes = tuple(Counter(found.route for found in mended.values()))
    rest = {k: line for k, line in numbered.items() if votes and k not in mended}
    mended |= mend(_strange(rest), votes, fewest=1)
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


def _mended_alike(lines: Mapping[int, str]) -> dict[int, Mended]:
    """The lines that are mended, where most went the way of the longest: all other routes are
    tried only on those that did not."""
    longest = sorted(lines, key=lambda k: -len(lines[k]))[:_SAMPLE]
    routes = {route for k in longest for route in plausible(lines[k], None)}
    if len(routes) == 1:
        mended = mend(lines, tuple(routes))
        rest = {k: line for k, line in lines.items() if k not in mended}
        return mended | mend(
            {k: v for k, v in rest.items() if not routes.issuperset(plausible(v, None))}
        )
    mended = mend({k: lines[k] for k in longest})
    if len(mended) == len(lines):
        return mended
    votes = tuple(Counter(found.route for found in mended.values()))
    rest = {k: line for k, line in lines.items() if k not in longest}
    mended |= mend(rest, votes) if votes else {}
    return mended | mend({k: line for k, line in rest.items() if k not in mended})


def mend(
    lines: Mapping[int, str], routes: tuple[Route, ...] | None = None, fewest: int = FEWEST_HAN
) -> dict[int, Mended]:
    """The lines that a route mends, each by its best route; without `routes` all are tried."""
    drafts = [
        (number, *draft) for number, line in lines.items() for draft in drafts_of(line, routes)
    ]
    tried = filled(hopeful(drafts, fewest))
    best: dict[int, Mended] = {}
    if not tried:
        return best
    for (number, *_), found in zip(tried, _measured(tried, lines), strict=True):
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
        and found.gain >= _LEAST_GAIN * outer
    )


def _measured(
    tried: Sequence[tuple[int, Route, list[Part]]], lines: Mapping[int, str]
) -> Iterable[Mended]:
    """Ask the language model about all results at once."""
    texts = [text_of(parts) for _, _, parts in tried]
    codes = encode("\n".join([*texts, ""]))
    scores = load_model().scores(fold(codes)).astype(np.float64)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    changed = _changed([parts for _, _, parts in tried]) & (codes >= 0x80)
    count = np.add.reduceat(changed, starts, dtype=np.int64)
    own = np.add.reduceat(np.where(changed, scores, 0), starts)
    means = np.where(count > 0, own / np.maximum(count, 1), -np.inf).tolist()
    han = np.add.reduceat(changed & is_han(codes), starts, dtype=np.int64).tolist()
    gains = _gains(tried, np.add.reduceat(scores, starts).tolist(), lines)
    for at, (_, route, parts) in enumerate(tried):
        yield Mended(route, texts[at], parts, means[at], gains[at], han[at])


def _gains(
    tried: Sequence[tuple[int, Route, list[Part]]],
    totals: Sequence[float],
    lines: Mapping[int, str],
) -> list[float]:
    """What each result, worth so many nats, gains over its line as it stands, or less than that
    where it is more than enough: what the model does not know in a line bounds its worth."""
    model = load_model()
    codes = encode("\n".join([*lines.values(), ""]))
    folded = fold(codes)
    starts = np.cumsum([0, *(len(line) + 1 for line in lines.values())])[:-1]
    unknown = np.add.reduceat(model.numbers.take(folded) == UNKNOWN, starts, dtype=np.int64)
    outer = np.add.reduceat(codes >= 0x80, starts, dtype=np.int64)
    worth = dict(zip(lines, (unknown * float(model.unigram[UNKNOWN])).tolist(), strict=True))
    least = dict(zip(lines, (_LEAST_GAIN * outer).tolist(), strict=True))
    results = [(number, total) for (number, _, _), total in zip(tried, totals, strict=True)]
    doubtful = {number for number, total in results if total - worth[number] < least[number]}
    if doubtful:
        asked = sorted(doubtful)
        worth |= zip(asked, sequence_scores([lines[k] for k in asked]).tolist(), strict=True)
    return [total - worth[number] for number, total in results]


def _changed(tried: Sequence[Sequence[Part]]) -> Mask:
    """Which characters of several texts, a newline behind each, are in parts that a route
    changed."""
    kinds = [part.kind != "foreign" for parts in tried for part in (*parts, _BORDER)]
    return np.repeat(kinds, [len(part.text) for parts in tried for part in (*parts, _BORDER)])


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
