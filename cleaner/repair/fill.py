"""Decodes bytes of which some were lost; the language model chooses what stood there.

Bytes are Latin-1 strings as in `cleaner.repair.readers`: LOST is one unknown byte from 0x80 on,
SWALLOWED one unknown byte below 0x40.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.models.lm import sequence_scores
from cleaner.repair.candidates import options
from cleaner.repair.habits import Habits, habits_of
from cleaner.repair.readers import Reader

Floats = npt.NDArray[np.float64]

_SURE = 0.75

_CHARACTER = {
    "utf-8": r"[\x00-\x19\x1b-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
    r"|\xf0[\x80-\xbf]{3}",
    "gbk": r"[\x00-\x7f]|[\x81-\xfe][\x40-\x7e\x80-\xfe]",
    "big5": r"[\x00-\x7f]|[\xa1-\xf9][\x40-\x7e\xa1-\xfe]",
}
_GAP = {
    "utf-8": rf"(?:(?!{_CHARACTER['utf-8']}).)+",
    "gbk": r"(?:[\x80-\xff]\xff|\xff[\x40-\xff]|[\x80-\xff](?=[\x00-\x7f]|$))+",
    "big5": r"(?:[\x80-\xff]\xff|\xff[\x40-\xff]|[\x80-\xff](?=[\x00-\x7f]|$))+",
}
_SPLIT = {
    right: regex.compile(rf"(?P<sound>(?:{_CHARACTER[right]})+)|(?P<gap>{_GAP[right]})|.", regex.S)
    for right in _CHARACTER
}


class Part(NamedTuple):
    """A stretch of a decoding: `sound` bytes decoded as they are, `filled` by the model, or
    `foreign` ones, which were not damaged and are given back as they were read."""

    text: str
    kind: str
    confidence: float = 1.0


@dataclass(eq=False)
class _Gap:
    """A stretch with lost bytes: what it may have been (with a bias, in nats), what it is."""

    options: list[str]
    bias: list[float]
    place: int  # among the parts
    chosen: str = ""
    confidence: float = 0.0


def decode(data: str, right: str, reader: Reader) -> list[Part]:
    """The parts of `data` (bytes that `reader` gave back) read in the codec `right`."""
    parts: list[Part] = []
    gaps: list[_Gap] = []
    for match in _SPLIT[right].finditer(data):
        stretch = match[0]
        if match.lastgroup == "sound":
            text = stretch.encode("latin-1").decode(right, "replace")
            parts.append(Part(text, "sound"))
            continue
        following = data[match.end() : match.end() + 1]
        found, bias = options(stretch, following, right, reader)
        if found:
            gaps.append(_Gap(found, bias, len(parts)))
            parts.append(Part("", "filled"))
        else:
            parts.append(Part(reader.to_text(stretch), "foreign"))
    if gaps:
        _choose(parts, gaps)
    return parts


def _choose(parts: list[Part], gaps: list[_Gap]) -> None:
    """Fill the gaps, twice over: the second time with their neighbours filled."""
    habits = habits_of("".join(part.text for part in parts))
    for _ in range(2):
        todo = [gap for gap in gaps if not gap.chosen or _near_gap(parts, gap.place)]
        if not todo:
            return
        at = 0
        scores = _scores(parts, todo, habits)
        for gap in todo:
            own = scores[at : at + len(gap.options)]
            at += len(own)
            best = int(own.argmax())
            shares = np.exp(own - own[best])
            gap.chosen = _honest(gap.options, best, shares)
            gap.confidence = float(1 / shares.sum())
            parts[gap.place] = Part(gap.chosen, "filled", gap.confidence)


def _scores(parts: Sequence[Part], gaps: Sequence[_Gap], habits: Habits) -> Floats:
    """ln p of every option of every gap between its neighbours, one after the other."""
    texts: list[str] = []
    bias: list[float] = []
    for gap in gaps:
        left, right = _context(parts, gap.place)
        texts += [left + option + right or " " for option in gap.options]
        own = [habits.bias(option, at_end=not right) for option in gap.options]
        bias += [a + b for a, b in zip(own, gap.bias, strict=True)]
    scores: Floats = sequence_scores(texts) + np.array(bias)
    return scores


def _honest(options: Sequence[str], best: int, shares: Floats) -> str:
    """The best option, with `?` for a digit at its end that may well be another one: what was
    swallowed is unknown, and a wrong figure is worse than none."""
    figures = np.array([option[-1:].isdecimal() for option in options])
    if shares[figures].sum() < shares[~figures].max(initial=0.0) or not figures.any():
        return options[best]
    best = int(np.where(figures, shares, -1.0).argmax())
    text = options[best]
    alike = [k for k, option in enumerate(options) if option[:-1] == text[:-1]]
    return text if shares[best] >= _SURE * shares[alike].sum() else text[:-1] + "?"


def _near_gap(parts: Sequence[Part], at: int) -> bool:
    near = (at - 2, at + 2)
    return any(
        0 <= k < len(parts) and parts[k].kind == "filled" and len(parts[(k + at) // 2].text) < 3
        for k in near
    )


def _context(parts: Sequence[Part], at: int) -> tuple[str, str]:
    """Three characters before and two after a part, within its line; an open gap is unknown."""
    left = "".join(part.text or "\ufffd" for part in parts[max(0, at - 3) : at])[-3:]
    right = "".join(part.text or "\ufffd" for part in parts[at + 1 : at + 4])[:2]
    return left.rpartition("\n")[2], right.partition("\n")[0]
