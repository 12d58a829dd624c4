"""What the routes back from a misreading make of a line, and which of it is worth filling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import Class, Codes, class_table, encode, fold
from cleaner.models.lm import load as load_model
from cleaner.repair import hybrid
from cleaner.repair.fill import Draft, Part
from cleaner.repair.routes import HYBRID, Route, attempt, common_share, plausible
from cleaner.repair.screen import odd_table

Try = tuple[int, Route, Draft]
"""A line by its number, a route, and what it makes of the line."""

FEWEST_HAN = 4
_ROUNDS = 2
_COMMON = 0.97
_LEAST_MEAN: Mapping[str, float] = {"utf-8": -8.3, "gbk": -7.4, "big5": -7.4, "utf-16-le": -7.4}
"""The least ln p a character of what comes out. The structure of UTF-8 is evidence by itself;
two bytes of any kind make a character of GBK or Big5, so there the model must be content."""
_GLANCE = 200
_HOPELESS, _ENOUGH = 2.5, 8
"""So far below, by so many characters that were not lost, and what was lost cannot help: right
decodings are hardly ever below by 1, wrong ones by 3 to 6."""


def every_draft(
    lines: Sequence[tuple[str, tuple[Route, ...] | None]],
) -> list[list[tuple[Route, Draft]]]:
    """`drafts_of` of many lines with the routes to try."""
    mixed = list(dict.fromkeys(line for line, own in lines if HYBRID in plausible(line, own)))
    mixtures = dict(zip(mixed, hybrid.decode_all(mixed), strict=True))
    return [drafts_of(line, routes, mixtures) for line, routes in lines]


def drafts_of(
    line: str,
    routes: tuple[Route, ...] | None,
    mixtures: Mapping[str, Draft | None] = MappingProxyType({}),
    rounds: int = _ROUNDS,
) -> list[tuple[Route, Draft]]:
    """What each route makes of a line, and what further routes make of that; of lines in
    `mixtures` it is known what HYBRID makes of them."""
    results: list[tuple[Route, Draft]] = []
    seen: set[str] = set()
    for route in plausible(line, routes):
        known = route == HYBRID and line in mixtures
        draft = mixtures[line] if known else attempt(route, line)
        if draft is None:
            continue
        text = text_of(draft.parts)
        if not draft.gaps and text in seen:
            continue
        seen.add(text)
        if _certain(route, draft, text):
            return [(route, draft)]
        results.append((route, draft))
        if rounds > 1 and route.right == "utf-8" and draft.whole:
            deeper = drafts_of(text, None, rounds=rounds - 1)
            if deeper and _certain(*deeper[0], text_of(deeper[0][1].parts)):
                return [(route, deeper[0][1])]
            results += [(route, further) for _, further in deeper]
    return results


def _certain(route: Route, draft: Draft, text: str) -> bool:
    """Whether no other route needs to be tried: the line is UTF-8 from end to end, or GBK of
    common characters only, and nothing odd is left."""
    if not draft.whole or route.right == "big5":
        return False
    codes = encode(text)
    han = int(is_han(codes).sum())
    if han < max(FEWEST_HAN, len(text) // 3) or odd_table().take(codes).any():
        return False
    return route.right == "utf-8" or (han >= 2 * FEWEST_HAN and common_share(text) >= _COMMON)


def hopeful(tried: Sequence[Try], means: Iterable[float], fewest: int) -> list[Try]:
    """The drafts without those with gaps whose sound parts, of these `sound_means`, are so far
    from Chinese that no gap needs to be filled."""
    mean = iter(means)
    return [
        (number, route, draft)
        for number, route, draft in tried
        if not draft.gaps or next(mean) >= least_mean(route, fewest) - _HOPELESS
    ]


def sound_means(drafts: Sequence[Draft]) -> list[float]:
    """ln p a character beyond ASCII of the sound parts of each draft, of a sample of them; 0 where
    these are few."""
    if not drafts:
        return []
    texts = [
        "\ufffd".join(part.text for part in draft.parts if part.kind == "sound")[:_GLANCE] + "\n"
        for draft in drafts
    ]
    codes = encode("".join(texts))
    outer = (codes >= 0x80) & (codes != 0xFFFD)
    scores = np.where(outer, load_model().scores(fold(codes)), 0).astype(np.float64)
    starts = np.cumsum([0, *map(len, texts[:-1])])
    totals, counts = (np.add.reduceat(v, starts) for v in (scores, outer.astype(np.float64)))
    means: list[float] = np.where(counts < _ENOUGH, 0, totals / np.maximum(counts, 1)).tolist()
    return means


def is_changed(parts: Sequence[Part]) -> bool:
    """Whether a route made anything else of a line."""
    return any(part.kind != "foreign" and not part.text.isascii() for part in parts)


def least_mean(route: Route, fewest: int) -> float:
    """The least ln p a character of what a route gives, where so few Han are asked for."""
    return _LEAST_MEAN[route.right] - (1.5 if fewest < FEWEST_HAN else 0)


def is_han(codes: Codes) -> npt.NDArray[np.bool_]:
    """Which code points are Chinese characters, shape like `codes`."""
    classes = class_table().take(codes)
    found: npt.NDArray[np.bool_] = (classes == Class.HAN) | (classes == Class.RARE_HAN)
    return found


def text_of(parts: Sequence[Part]) -> str:
    """The text of some parts."""
    return "".join(part.text for part in parts)
