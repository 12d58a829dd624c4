"""GBK that was read as UTF-8 where it happened to be UTF-8, and as Latin-1 byte by byte elsewhere.

A character from U+0100 on was read as UTF-8, so its bytes are known. One of U+0080–U+00FF was
either a byte by itself or two bytes of UTF-8. `hybrid_lattice` finds the readings whose
characters are common enough; where several are left, the language model decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from cleaner.models.lm import sequence_scores
from cleaner.repair.fill import Draft, Part
from cleaner.repair.hybrid_lattice import BLANK_COST, spots_of_all, utf8_of
from cleaner.repair.stream import gbk_characters

_CONTENT = -4.6
"""ln p a character above which the plain reading is believed at once."""
_WHOLE = re.compile("[^\x00-\xff]+")
_CONTEXT = 2  # characters on each side that the model sees


def decode(line: str) -> Draft | None:
    """The line read as GBK, or None where it cannot be."""
    return decode_all([line])[0]


def decode_all(lines: Sequence[str]) -> list[Draft | None]:
    """`decode` of many lines."""
    texts: list[str | None] = [
        plain(line).encode("latin-1").decode("gbk", "replace") for line in lines
    ]
    read = [text for text in texts if text and "\ufffd" not in text]
    scores = zip(read, sequence_scores(read).tolist() if read else (), strict=True)
    content = {text for text, score in scores if score / len(text) >= _CONTENT}
    doubtful = [k for k, text in enumerate(texts) if text not in content]
    for k, text in zip(doubtful, _searched([lines[k] for k in doubtful]), strict=True):
        texts[k] = text
    return [Draft([Part(text, "sound")]) if text else None for text in texts]


def plain(line: str) -> str:
    """The bytes of a line if every character up to U+00FF was a byte by itself."""
    return _WHOLE.sub(lambda match: utf8_of(match[0]), line)


def _searched(lines: Sequence[str]) -> list[str | None]:
    """The likeliest reading of each line, or None where there is none."""
    texts = [_texts(spots) for spots in spots_of_all(lines)] if lines else []
    doubtful = [(own, at) for own in texts for at, ways in enumerate(own) if len(ways) > 1]
    asked = [text for own, at in doubtful for text in _in_place(own, at)]
    scores = iter(sequence_scores(asked).tolist() if asked else ())
    for own, at in doubtful:
        worth = [next(scores) - BLANK_COST * text.count("\u3000") for text in own[at]]
        own[at] = [own[at][int(np.argmax(worth))]]
    return ["".join(ways[0] for ways in own) if own else None for own in texts]


def _texts(spots: Sequence[Sequence[str]]) -> list[list[str]]:
    """The texts of the ways to read each spot; all ways of one leave the same byte waiting."""
    texts = []
    pending = ""
    for ways in spots:
        read = [_read(pending + data) for data in ways]
        texts.append([text for text, _ in read])
        pending = read[0][1]
    return texts


def _read(data: str) -> tuple[str, str]:
    """The text of some bytes, and the byte that waits for a second one."""
    chars: list[str] = []
    pending = ""
    for byte in data:
        if pending:
            chars.append(gbk_characters()[pending + byte])
            pending = ""
        elif byte < "\x80":
            chars.append(byte)
        else:
            pending = byte
    return "".join(chars), pending


def _in_place(texts: Sequence[Sequence[str]], at: int) -> list[str]:
    """The texts of a spot between its neighbours, of which there is one text each."""
    before = texts[at - 1][0][-_CONTEXT:] if at else ""
    after = texts[at + 1][0][:_CONTEXT] if at + 1 < len(texts) else ""
    return [before + text + after or " " for text in texts[at]]
