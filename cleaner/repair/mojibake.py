"""Text that was decoded in the wrong codec, given back line by line.

A table of odd characters finds the lines worth a look. Each route that could have made such a
line is walked back, and the language model says which of the results is Chinese. Two rounds:
text may have been misread twice. A line is taken only if at least four Han come out of it, or
if other lines of the document went the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit
from cleaner.kernels.text import Class, Codes, class_table, encode, fold
from cleaner.models.lm import load as load_model
from cleaner.repair.fill import Draft, Part, fill
from cleaner.repair.routes import Route, attempt, common_share, plausible
from cleaner.repair.screen import Look, documents, odd_table, positions
from cleaner.rules import RuleBook

_FEWEST_ODD = 4
_FEWEST_HAN = 4
_ROUNDS = 2
_SAMPLE = 2  # lines on which all routes are tried
_COMMON = 0.97
_LEAST_MEAN: Mapping[str, float] = {"utf-8": -8.3, "gbk": -7.4, "big5": -7.4, "utf-16-le": -7.4}
"""The least ln p a character of what comes out. The structure of UTF-8 is evidence by itself;
two bytes of any kind make a character of GBK or Big5, so there the model must be content."""
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
        odd = odd_table().take(view.codes)
        counts = [int(odd[line.start : line.end].sum()) for line in view.lines]
        chosen = [k for k, count in enumerate(counts) if count >= _FEWEST_ODD]
        if not chosen:
            return
        lines = {k: view.text[start:end] for k, (start, end) in enumerate(view.lines)}
        mended = _mended_alike({k: lines[k] for k in chosen})
        votes = tuple(Counter(found.route for found in mended.values()))
        rest = {k: line for k, line in lines.items() if votes and line and k not in mended}
        mended |= mend(rest, votes, fewest=1)
        for k, found in sorted(mended.items()):
            yield _edit(view.lines[k].start, lines[k], found)


def _mended_alike(lines: Mapping[int, str]) -> dict[int, Mended]:
    """The lines that are mended, where most went the way of the longest: all other routes are
    tried only on those that did not."""
    if sum(len(plausible(line, None)) for line in lines.values()) <= len(lines):
        return mend(lines)
    longest = sorted(lines, key=lambda k: -len(lines[k]))[:_SAMPLE]
    mended = mend({k: lines[k] for k in longest})
    if len(mended) == len(lines):
        return mended
    votes = tuple(Counter(found.route for found in mended.values()))
    rest = {k: line for k, line in lines.items() if k not in longest}
    mended |= mend(rest, votes) if votes else {}
    return mended | mend({k: line for k, line in rest.items() if k not in mended})


def mend(
    lines: Mapping[int, str], routes: tuple[Route, ...] | None = None, fewest: int = _FEWEST_HAN
) -> dict[int, Mended]:
    """The lines that a route mends, each by its best route; without `routes` all are tried."""
    tried = _filled(
        [(number, *draft) for number, line in lines.items() for draft in _drafts(line, routes)]
    )
    best: dict[int, Mended] = {}
    if not tried:
        return best
    for (number, *_), found in zip(tried, _measured(tried, lines), strict=True):
        if _sound(found, lines[number], fewest) and (
            number not in best or _rank(found) > _rank(best[number])
        ):
            best[number] = found
    return best


def _filled(tried: Sequence[tuple[int, Route, Draft]]) -> list[tuple[int, Route, list[Part]]]:
    """The parts of all drafts, every gap filled; those in which nothing changed are left out."""
    filled = fill([draft for _, _, draft in tried])
    return [
        (number, route, parts)
        for (number, route, _), parts in zip(tried, filled, strict=True)
        if any(part.kind != "foreign" and not part.text.isascii() for part in parts)
    ]


def _drafts(
    line: str, routes: tuple[Route, ...] | None, rounds: int = _ROUNDS
) -> list[tuple[Route, Draft]]:
    """What each route makes of a line, and what further routes make of that."""
    results: list[tuple[Route, Draft]] = []
    seen: set[str] = set()
    for route in plausible(line, routes):
        draft = attempt(route, line)
        if draft is None:
            continue
        text = _text(draft.parts)
        if not draft.gaps and text in seen:
            continue
        seen.add(text)
        if _certain(route, draft, text):
            return [(route, draft)]
        results.append((route, draft))
        if rounds > 1 and route.right == "utf-8" and draft.whole:
            deeper = _drafts(text, None, rounds - 1)
            if deeper and _certain(*deeper[0], _text(deeper[0][1].parts)):
                return [(route, deeper[0][1])]
            results += [(route, further) for _, further in deeper]
    return results


def _certain(route: Route, draft: Draft, text: str) -> bool:
    """Whether no other route needs to be tried: the line is UTF-8 from end to end, or GBK of
    common characters only, and nothing odd is left."""
    if not draft.whole or route.right == "big5":
        return False
    codes = encode(text)
    han = int(_is_han(codes).sum())
    if han < max(_FEWEST_HAN, len(text) // 3) or odd_table().take(codes).any():
        return False
    return route.right == "utf-8" or (han >= 2 * _FEWEST_HAN and common_share(text) >= _COMMON)


def _rank(found: Mended) -> float:
    return found.mean + (1.0 if found.route.right == "utf-8" else 0.0)


def _sound(found: Mended, line: str, fewest: int) -> bool:
    least = _LEAST_MEAN[found.route.right] - (1.5 if fewest < _FEWEST_HAN else 0)
    outer = len(line) - len(line.encode("ascii", "ignore"))
    return found.han >= fewest and found.mean >= least and found.gain >= _LEAST_GAIN * outer


def _measured(
    tried: Sequence[tuple[int, Route, list[Part]]], lines: Mapping[int, str]
) -> Iterable[Mended]:
    """Ask the language model about all results, and all lines, at once."""
    texts = [*(_text(parts) for _, _, parts in tried), *lines.values()]
    codes = encode("\n".join([*texts, ""]))
    scores = load_model().scores(fold(codes)).astype(np.float64)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    totals = dict(zip(lines, np.add.reduceat(scores, starts[len(tried) : -1]), strict=True))
    for (number, route, parts), start in zip(tried, starts.tolist(), strict=False):
        text = _text(parts)
        own, own_codes = scores[start : start + len(text)], codes[start : start + len(text)]
        changed = _changed(parts) & (own_codes >= 0x80)
        mean = float(own[changed].mean()) if changed.any() else -np.inf
        han = int(_is_han(own_codes[changed]).sum())
        yield Mended(route, text, parts, mean, float(own.sum() - totals[number]), han)


def _changed(parts: Sequence[Part]) -> npt.NDArray[np.bool_]:
    sizes = [len(part.text) for part in parts]
    return np.repeat([part.kind != "foreign" for part in parts], sizes)


def _is_han(codes: Codes) -> npt.NDArray[np.bool_]:
    classes = class_table().take(codes)
    found: npt.NDArray[np.bool_] = (classes == Class.HAN) | (classes == Class.RARE_HAN)
    return found


def _text(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


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
