"""The spellings of escapes, and what each stands for.

Two families. A *character escape* names one code point (`&#20013;`, `\\u4e2d`, `%u4e2d`); a
*byte escape* names bytes, and a run of them must decode as a whole (`%E4%B8%AD`, `=E4=B8=AD`,
`\\xe4\\xb8\\xad`, `\\344\\270\\255`).
"""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Iterator
from html.entities import html5
from typing import NamedTuple

import regex

from cleaner.kernels.text import Class, classify, encode

_AMP = r"[&＆](?:(?:amp|\#0*38|\#[xX]26)[;；])*"
_NAME = r"[A-Za-z][A-Za-z0-9]{1,31}"
CHARACTER_KINDS = {
    "entity": regex.compile(
        rf"{_AMP}\s?(?:\#\s?(?P<dec>\d{{2,7}})|\#[xX](?P<hex>[0-9a-fA-F]{{2,6}})|(?P<name>{_NAME}))"
        r"(?P<end>\s?[;；])?"
    ),
    "unicode": regex.compile(
        r"\\{1,2}[uU](?:(?P<hex>[0-9a-fA-F]{4})|\{(?P<hex>[0-9a-fA-F]{1,6})\})"
    ),
    "percent_u": regex.compile(r"%(?:25)*u(?P<hex>[0-9a-fA-F]{4})"),
    "bare_u": regex.compile(r"u(?P<hex>[0-9a-f]{4})"),
}
BYTE_KINDS = {
    "percent": regex.compile(r"(?:%(?:25)*(?P<hex>[0-9A-Fa-f]{2}))+"),
    "quoted": regex.compile(r"(?:=(?P<hex>[0-9A-Fa-f]{2})(?:=\r?\n(?==))?)+"),
    "hex": regex.compile(r"(?:\\{1,2}x(?P<hex>[0-9a-fA-F]{2}))+"),
    "octal": regex.compile(r"(?:\\(?P<oct>[0-3][0-7]{2}))+"),
}
_OPENERS = {"entity": "&＆", "percent_u": "%", "bare_u": "u", "percent": "%", "quoted": "="}
"""What each escape of a kind begins with; the others begin with a backslash."""
_HZ = regex.compile(r"~\{((?:[\x21-\x77][\x21-\x7E])+)~\}")
_UTF7 = regex.compile(r"\+([A-Za-z0-9+/]{3,})-?")

# Without its semicolon an entity may be meant as text (`&copy`, `R&reg`): these never are.
_BARE_NAMES = {"nbsp", "ldquo", "rdquo", "lsquo", "rsquo", "mdash", "ndash", "hellip", "middot"}
_BARE_NAMES |= {"ensp", "emsp", "thinsp", "bull", "quot", "lt", "gt", "amp", "laquo", "raquo"}
_SPACES = str.maketrans({"\xa0": " ", "\r": "\n"})


class Unit(NamedTuple):
    """An escape at [start, end), and the text that it stands for."""

    start: int
    end: int
    text: str
    sure: bool  # spelled in a way that nobody writes by hand in running text


def kinds_in(text: str) -> tuple[list[str], list[str]]:
    """The kinds of character escapes and of byte escapes that a text may hold."""
    characters, bytes_ = (
        [kind for kind in kinds if any(map(text.__contains__, _OPENERS.get(kind, "\\")))]
        for kinds in (CHARACTER_KINDS, BYTE_KINDS)
    )
    return characters, bytes_


def character_units(kind: str, text: str) -> Iterator[Unit]:
    """The character escapes of one kind; halves of surrogate pairs are put together."""
    pending: Unit | None = None
    for match in CHARACTER_KINDS[kind].finditer(text):
        unit = _entity(match, text) if kind == "entity" else _hexadecimal(match)
        if unit is None:
            continue
        if pending and pending.end == unit.start and _is_low(unit.text):
            pair = (pending.text + unit.text).encode("utf-16-le", "surrogatepass")
            yield Unit(pending.start, unit.end, pair.decode("utf-16-le"), True)
            pending = None
            continue
        pending = unit if _is_high(unit.text) else None
        if pending is None and not _is_low(unit.text):
            yield unit


def byte_units(kind: str, text: str) -> Iterator[Unit]:
    """Runs of byte escapes of one kind that decode as a whole; `sure` where bytes above
    0x7F were among them."""
    runs = [(match, _raw(match, kind)) for match in BYTE_KINDS[kind].finditer(text)]
    gbk = any(_is_gbk(raw) for _, raw in runs)
    for match, raw in runs:
        decoded = _decode(raw, gbk)
        if decoded is not None:
            yield Unit(match.start(), match.end(), decoded, any(byte > 0x7F for byte in raw))


def modal_units(text: str) -> Iterator[tuple[str, Unit]]:
    """Runs in HZ (RFC 1843) and in UTF-7 (RFC 2152) that give common Chinese characters."""
    for name, pattern, decode in (("hz", _HZ, _from_hz), ("utf7", _UTF7, _from_utf7)):
        for match in pattern.finditer(text):
            decoded = decode(match[1])
            if decoded is not None and is_chinese(decoded):
                yield name, Unit(match.start(), match.end(), decoded, len(decoded) > 1)


def is_chinese(text: str) -> bool:
    """Chinese characters, nearly all of them common, with their punctuation; nothing else."""
    if not text or not all(map(_is_wide, text)):
        return False
    rare = int((classify(encode(text)) == Class.RARE_HAN).sum())
    return rare <= 0.3 * len(text)


def has_chinese(text: str) -> bool:
    """At least one Chinese character or mark of punctuation."""
    return any(map(_is_wide, text))


def _is_wide(character: str) -> bool:
    return (
        "\u2e80" <= character <= "\u9fff"
        or "\uff01" <= character <= "\uff5e"
        or character in "“”‘’—…·×÷°→"
    )


def _entity(match: regex.Match[str], text: str) -> Unit | None:
    closed, end = match["end"] is not None, match.end()
    if match["name"]:
        decoded = _named(match["name"], closed, text[end : end + 1])
    elif closed:
        decoded = _numbered(match["dec"], match["hex"])
    else:
        decoded, extra = _open_number(match["dec"], match["hex"])
        end -= extra
    if not decoded or decoded == "\ufffd" or (ord(decoded[0]) < 32 and decoded not in "\t\n\r"):
        return None
    sure = closed or match["name"] is None
    return Unit(match.start(), end, decoded.translate(_SPACES), sure)


def _numbered(decimal: str | None, hexadecimal: str | None) -> str:
    """The character of a numeric reference, as HTML 5 reads it; halves of pairs stay."""
    code = int(decimal) if decimal else int(hexadecimal or "0", 16)
    return chr(code) if 0xD800 <= code < 0xE000 else html.unescape(f"&#{code};")


def _open_number(decimal: str | None, hexadecimal: str | None) -> tuple[str | None, int]:
    """A reference without its semicolon, and how many of its digits belong to what follows:
    the longest that gives a Chinese character."""
    digits = decimal or hexadecimal or ""
    for size in range(min(5 if decimal else 4, len(digits)), 1, -1):
        head = digits[:size]
        text = _numbered(head, None) if decimal else _numbered(None, head)
        if has_chinese(text) or text in "\xa0•":
            return text, len(digits) - size
    return None, 0


def _named(name: str, closed: bool, following: str) -> str | None:
    if closed:
        return html5.get(name + ";")
    if name in _BARE_NAMES and following != "=":
        return html5[name + ";"]
    return None


def _hexadecimal(match: regex.Match[str]) -> Unit | None:
    codes = [int(code, 16) for code in match.captures("hex")]
    if max(codes) >= 0x110000 or (min(codes) < 32 and codes[0] not in (9, 10, 13)):
        return None
    text = "".join(map(chr, codes)).translate(_SPACES)
    return Unit(match.start(), match.end(), text, True)


def _is_high(text: str) -> bool:
    return len(text) == 1 and "\ud800" <= text < "\udc00"


def _is_low(text: str) -> bool:
    return len(text) == 1 and "\udc00" <= text < "\ue000"


def _raw(match: regex.Match[str], kind: str) -> bytes:
    """The bytes that a run names."""
    if kind == "octal":
        return bytes(int(code, 8) & 0xFF for code in match.captures("oct"))
    return bytes(int(code, 16) for code in match.captures("hex"))


def _is_gbk(raw: bytes) -> bool:
    """No UTF-8, and common Chinese characters in GBK."""
    if _strictly(raw, "utf-8") is not None:
        return False
    text = _strictly(raw, "gb18030")
    return text is not None and is_chinese(regex.sub(r"[\x20-\x7E\s]", "", text))


def _decode(raw: bytes, gbk: bool) -> str | None:
    """UTF-8, or GBK where a page has runs that are no UTF-8; NUL and its like are refused."""
    text = _strictly(raw, "utf-8")
    if gbk and (text is None or not has_chinese(text)):
        text = _strictly(raw, "gb18030")
    if text is None or regex.search(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]", text):
        return None
    return text.replace("\r\n", "\n").translate(_SPACES)


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _from_hz(body: str) -> str | None:
    try:
        return bytes(ord(letter) | 0x80 for letter in body).decode("gb2312")
    except UnicodeDecodeError:
        return None


def _from_utf7(body: str) -> str | None:
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4))
        return raw[: len(raw) // 2 * 2].decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
