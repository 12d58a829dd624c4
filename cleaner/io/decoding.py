"""Bytes that are not valid UTF-8."""

from __future__ import annotations

from typing import NamedTuple


class Decoded(NamedTuple):
    """A text, the encoding that it came in, and how many U+FFFD stand for lost bytes."""

    text: str
    encoding: str
    replaced: int


def decode(raw: bytes) -> Decoded:
    """The text of bytes in an unknown encoding; never raises.

    What is mostly UTF-8 stays UTF-8, with U+FFFD where bytes are broken. Else strict GB18030,
    then strict Big5, then what charset-normalizer thinks, then UTF-8 as well as it goes.
    """
    try:
        return Decoded(raw.decode("utf-8"), "utf-8", 0)
    except UnicodeDecodeError:
        pass
    text = raw.decode("utf-8", "replace")
    lost = text.count("\ufffd") - raw.count("\ufffd".encode())
    if lost <= sum(1 for char in text if char > "\x7f") - lost:
        return Decoded(text, "utf-8", lost)
    for encoding in ("gb18030", "big5"):
        try:
            return Decoded(raw.decode(encoding), encoding, 0)
        except UnicodeDecodeError:
            continue
    return _guess(raw) or Decoded(text, "utf-8", lost)


def _guess(raw: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes  # slow to import, and seldom needed

    best = from_bytes(raw[: 1 << 16]).best()
    if best is None:
        return None
    text = raw.decode(best.encoding, "replace")
    return Decoded(text, best.encoding, text.count("\ufffd"))
