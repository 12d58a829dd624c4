"""GBK that was read as UTF-8 where it happened to be UTF-8, and as Latin-1 byte by byte elsewhere.

A character from U+0100 on was read as UTF-8, so its bytes are known. One of U+0080–U+00FF was
either a byte by itself or two bytes of UTF-8; a beam over both, told apart first by how common
the characters are that come out, then by the language model.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from cleaner.kernels.text import encode, fold
from cleaner.models.lm import load as load_model
from cleaner.models.lm import sequence_scores
from cleaner.repair.fill import Draft, Part
from cleaner.repair.stream import pair

_BEAM = 40
_STRIDE = 6  # characters between two looks of the language model
_CONTENT = -4.6
"""ln p a character above which the plain reading is believed at once."""


class _Path(NamedTuple):
    score: float
    text: str
    pending: str  # the first byte of a character, or none


def decode(line: str) -> Draft | None:
    """The line read as GBK, or None where it cannot be."""
    text: str | None = plain(line).encode("latin-1").decode("gbk", "replace")
    if text is None or "\ufffd" in text or _mean(text) < _CONTENT:
        text = _search(line)
    return Draft([Part(text, "sound")]) if text else None


def plain(line: str) -> str:
    """The bytes of a line if every character up to U+00FF was a byte by itself."""
    return "".join(char if char <= "\xff" else _utf8(char) for char in line)


def _mean(text: str) -> float:
    return float(sequence_scores([text])[0]) / len(text)


def _search(line: str) -> str | None:
    """The likeliest reading of a line, or None where there is none."""
    paths = [_Path(0.0, "", "")]
    for number, char in enumerate(line):
        options = (
            [char] if char < "\x80" else [_utf8(char)] if char > "\xff" else [char, _utf8(char)]
        )
        grown = [grown for path in paths for data in options if (grown := _grow(path, data))]
        if number % _STRIDE == 0:
            grown = _reread(grown)
        paths = sorted(set(grown), reverse=True)[:_BEAM]
    texts = [path.text for path in paths if not path.pending]
    if not texts:
        return None
    return texts[int(np.argmax(sequence_scores(texts)))]


def _reread(paths: list[_Path]) -> list[_Path]:
    """The paths with the score that the language model gives them."""
    scores = sequence_scores([path.text or " " for path in paths]) if paths else ()
    return [path._replace(score=float(score)) for path, score in zip(paths, scores, strict=True)]


def _grow(path: _Path, data: str) -> _Path | None:
    score, text, pending = path
    for byte in data:
        if not pending and byte < "\x80":
            text += byte
            continue
        if not pending:
            pending = byte
            continue
        char = pair(pending, byte)
        if not isinstance(char, str):
            return None
        score, text, pending = score + _common(char), text + char, ""
    return _Path(score, text, pending)


@lru_cache(maxsize=1 << 12)
def _utf8(char: str) -> str:
    return char.encode("utf-8", "surrogatepass").decode("latin-1")


@cache
def _common(char: str) -> float:
    """ln p of a character by itself."""
    model = load_model()
    return float(model.unigram[model.numbers[fold(encode(char))[0]]])
