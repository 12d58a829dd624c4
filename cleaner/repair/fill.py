"""Decodes bytes of which some were lost; the language model chooses what stood there.

Bytes are Latin-1 strings as in `cleaner.repair.readers`: LOST is one unknown byte from 0x80 on,
SWALLOWED one unknown byte below 0x40.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleaner.kernels.text import encode, fold, fold_text
from cleaner.models.lm import UNKNOWN
from cleaner.models.lm import load as load_model
from cleaner.repair.readers import LOST, SWALLOWED, Reader

Floats = npt.NDArray[np.float64]

_BEAM = 48
_SURE = 0.75
_MOST_OPTIONS = 400
_LONGEST_GAP = 12  # bytes; a longer stretch that does not decode was not damaged this way

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
        options, bias = _options(stretch, following, right, reader)
        if options:
            gaps.append(_Gap(options, bias, len(parts)))
            parts.append(Part("", "filled"))
        else:
            parts.append(Part(reader.to_text(stretch), "foreign"))
    if gaps:
        _choose(parts, gaps)
    return parts


def sequence_scores(texts: Sequence[str]) -> Floats:
    """ln p of each text (none holds a newline, none is empty), shape (n,)."""
    codes = fold(encode("\n".join(texts)))
    scores = load_model().scores(codes).astype(np.float64)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    return np.add.reduceat(scores, starts)


def _choose(parts: list[Part], gaps: list[_Gap]) -> None:
    """Fill the gaps, twice over: the second time with their neighbours filled."""
    traditional = _traditional("".join(part.text for part in parts))
    for _ in range(2):
        todo = [gap for gap in gaps if not gap.chosen or _near_gap(parts, gap.place)]
        if not todo:
            return
        texts, sizes, bias = [], [], []
        for gap in todo:
            left, right = _context(parts, gap.place)
            texts += [left + option + right for option in gap.options]
            bias += [_script_bias(option, traditional) for option in gap.options]
            if not right:
                bias[-len(gap.options) :] = np.add(
                    bias[-len(gap.options) :], [_end_bias(o) for o in gap.options]
                ).tolist()
            bias[-len(gap.options) :] = np.add(bias[-len(gap.options) :], gap.bias).tolist()
            sizes.append(len(gap.options))
        scores = sequence_scores([text or " " for text in texts]) + np.array(bias)
        at = 0
        for gap, size in zip(todo, sizes, strict=True):
            own = scores[at : at + size]
            best = int(own.argmax())
            shares = np.exp(own - own[best])
            gap.chosen = _honest(gap.options, best, shares)
            gap.confidence = float(1 / shares.sum())
            parts[gap.place] = Part(gap.chosen, "filled", gap.confidence)
            at += size


def _honest(options: Sequence[str], best: int, shares: Floats) -> str:
    """The best option, with `?` for a digit at its end that may well be another one: what was
    swallowed is unknown, and a wrong figure is worse than none."""
    text = options[best]
    if not ("0" <= text[-1:] <= "9"):
        return text
    alike = [k for k, option in enumerate(options) if option[:-1] == text[:-1]]
    return text if 1 / shares[alike].sum() >= _SURE else text[:-1] + "?"


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


def _options(gap: str, following: str, right: str, reader: Reader) -> tuple[list[str], list[float]]:
    """What a gap may have been, each with a bias."""
    if len(gap) > _LONGEST_GAP or not (LOST in gap or SWALLOWED in gap):
        return [], []
    texts: list[str] = []
    bias: list[float] = []
    for pieces in _compositions(gap, right):
        found = _strings(pieces, following, right, reader)
        texts += [text for text, _ in found]
        bias += [value for _, value in found]
    return texts, bias


def _compositions(gap: str, right: str, at: int = 0) -> Iterator[list[str]]:
    """Every way to cut a gap into the bytes of whole characters."""
    if at == len(gap):
        yield []
        return
    for size in _sizes(gap, right, at):
        if at + size <= len(gap):
            for rest in _compositions(gap, right, at + size):
                yield [gap[at : at + size], *rest]


def _sizes(gap: str, right: str, at: int) -> tuple[int, ...]:
    byte = gap[at]
    if byte < "\x80" or byte == SWALLOWED:
        return (1,)
    if right != "utf-8":
        return (2,)
    if byte == LOST:
        return (3, 2)
    return (3,) if "\xe0" <= byte <= "\xef" else (2,) if "\xc2" <= byte <= "\xdf" else ()


def _strings(
    pieces: Sequence[str], following: str, right: str, reader: Reader
) -> list[tuple[str, float]]:
    """Candidates for a sequence of characters, the best by themselves if there are too many."""
    found = [("", 0.0)]
    for place, piece in enumerate(pieces):
        after = pieces[place + 1][0] if place + 1 < len(pieces) else following
        own = _characters(piece, after, right, reader)
        grown = [(text + char, score + bias) for text, score in found for char, bias in own]
        if len(grown) > _MOST_OPTIONS or (len(pieces) > 1 and len(grown) > _BEAM):
            scores = sequence_scores([text or " " for text, _ in grown])
            scores += np.array([score for _, score in grown])
            room = _BEAM if len(pieces) > 1 else _MOST_OPTIONS
            grown = [grown[k] for k in np.argsort(-scores, kind="stable")[:room].tolist()]
        found = grown
    return found


@lru_cache(maxsize=1 << 16)
def _characters(piece: str, after: str, right: str, reader: Reader) -> list[tuple[str, float]]:
    """The characters that the bytes of `piece` may be, each with a bias.

    `after` is the byte that follows: where the reader would not have lost a byte in front of
    it, the byte was not lost.
    """
    if piece == SWALLOWED:
        end = [("", 0.0)] if after in ("", "\n") else []
        return [*((chr(code), 0.0) for code in range(0x20, 0x40)), ("\n", -9.0), *end]
    if LOST not in piece:
        char = piece.encode("latin-1").decode(right, "ignore")
        return [(char, 0.0)] if char else []
    table = _table(right)
    rows = table.of_size(len(piece))
    for place, byte in enumerate(piece):
        if byte != LOST:
            rows = rows[table.data[rows, place] == ord(byte)]
    for place, byte in enumerate(piece):
        if byte == LOST and after != SWALLOWED:
            last = place + 1 == len(piece)
            if last and after == LOST:
                continue
            behind = ord(after or "\0") if last else table.data[rows, place + 1]
            rows = rows[reader.fails[table.data[rows, place], behind]]
    return [(table.chars[row], float(table.bias[row])) for row in rows.tolist()]


@dataclass(frozen=True, eq=False)
class _Table:
    """Every character that a lost byte may belong to, with its bytes, shape (n, 3)."""

    chars: str
    data: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.int64]
    bias: Floats

    def of_size(self, size: int) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self.sizes == size)


@cache
def _table(right: str) -> _Table:
    model = load_model()
    pool = [chr(code) for code in _repertoire()]
    known = model.numbers.take(fold(encode("".join(pool)))) != UNKNOWN
    rows = [(char, char.encode(right, "ignore")) for char, k in zip(pool, known, strict=True) if k]
    rows = [(char, data) for char, data in rows if len(data) > 1]
    # The model sees folded text: of characters that fold alike, the ordinary ones come first.
    bias = [0.0 if char in _ordinary() else -6.0 for char, _ in rows]
    return _Table(
        "".join(char for char, _ in rows),
        np.array([list(data.ljust(3, b"\0")[:3]) for _, data in rows], np.uint8),
        np.array([len(data) for _, data in rows]),
        np.array(bias),
    )


@cache
def _repertoire() -> list[int]:
    every = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xF900, 0xFFE6)]))
    both = (
        every.encode("gbk", "ignore").decode("gbk"),
        every.encode("big5", "ignore").decode("big5"),
    )
    return sorted(set(map(ord, "".join(both))))


@cache
def _ordinary() -> frozenset[str]:
    marks = "，。、；：？！“”‘’（）《》〈〉【】「」『』—…·％～"
    pool = "".join(map(chr, _repertoire()))
    sets = (
        pool.encode("gb2312", "ignore").decode("gb2312"),
        pool.encode("big5", "ignore").decode("big5"),
    )
    return frozenset(c for c in "".join(sets) if c in marks or "\u4e00" <= c <= "\u9fff")


@cache
def _scripts() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of Traditional text only, and of Simplified text only."""
    han = "".join(char for char in map(chr, _repertoire()) if "\u4e00" <= char <= "\u9fff")
    folded = fold_text(han)
    traditional = {a for a, b in zip(han, folded, strict=True) if a != b}
    simplified = {b for a, b in zip(han, folded, strict=True) if a != b}
    return frozenset(traditional), frozenset(
        simplified - set(han.encode("big5", "ignore").decode("big5"))
    )


def _traditional(text: str) -> bool:
    traditional, simplified = _scripts()
    return sum(c in traditional for c in text) > sum(c in simplified for c in text)


def _script_bias(option: str, traditional: bool) -> float:
    other = _scripts()[1 if traditional else 0]
    return -5.0 * sum(char in other for char in option)


def _end_bias(option: str) -> float:
    """How well a text ends a line, which the model does not know."""
    return 4.0 * (option[-1:] in _ENDS) - 4.0 * (option[-1:] in _NO_ENDS)


_ENDS = frozenset("。！？”）》】；…")
_NO_ENDS = frozenset("，、（《【“")
