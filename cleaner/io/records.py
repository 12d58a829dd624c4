"""JSON lines as bytes: read without loss, changed by splicing, so that all else stays as it was.

A record is never written anew. Its text is replaced within the bytes of its line; numbers of
thirty digits, NaN, repeated keys and the spelling of escapes go through untouched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from json.decoder import JSONDecoder
from typing import Any, NamedTuple

import orjson

from cleaner.io.decoding import decode

Fields = dict[str, Any]

_SPACE = " \t\r\n"
_DECODER = JSONDecoder(strict=False)
_CONTROL = re.compile("[\x00-\x1f]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Record(NamedTuple):
    """One line: its fields, its JSON in valid UTF-8, and the encoding that it came in. Control
    characters, which strings must not hold as they are, stand escaped.

    `replaced` counts U+FFFD that stand for broken bytes.
    """

    fields: Fields
    json: bytes
    encoding: str = "utf-8"
    replaced: int = 0


class Member(NamedTuple):
    """One member of a JSON object, by ranges of the text."""

    key: str
    start: int
    value: int
    end: int


def parse(raw: bytes) -> Record:
    """The record of a line; raises ValueError that says why it is none."""
    encoding, replaced = "utf-8", 0
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        text, encoding, replaced = decode(raw)
        fields = _loads(text)
        raw = _escaped(text).encode("utf-8")
    if not isinstance(fields, dict):
        raise ValueError(f"no object: a line must be {{…}}, this is {_kind(fields)}")
    return Record(fields, raw, encoding, replaced)


def dumps(value: Any) -> bytes:
    """JSON in UTF-8; lone surrogates, which UTF-8 cannot hold, are escaped."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=str).encode()


def replaced(record: Record, changes: Mapping[str, Any]) -> bytes:
    """The JSON of a record with these fields replaced, and those added that it lacks."""
    spots = dict.fromkeys(changes, (-1, -1))
    if len(changes) == 1 and (spot := _quick_spot(record, *changes)):
        spots[next(iter(changes))] = spot
        raw = record.json
    else:
        text = record.json.decode("utf-8")
        for member in members(text):  # of repeated keys the last counts
            if member.key in spots:
                spots[member.key] = (member.value, member.end)
        # From here on in bytes: every range moves by the width of what stands before it.
        spots = {k: (_width(text, a), _width(text, b)) for k, (a, b) in spots.items() if a >= 0}
        raw = record.json
    for key, (start, end) in sorted(spots.items(), key=lambda item: item[1], reverse=True):
        if start >= 0:
            raw = raw[:start] + dumps(changes[key]) + raw[end:]
    for key, value in changes.items():
        if key not in record.fields:
            raw = closed(head(raw), dumps(key), dumps(value))
    return raw


def without(record: Record, key: str) -> bytes:
    """The JSON of a record less one field."""
    text = record.json.decode("utf-8")
    found = list(members(text))
    kept = [text[m.start : m.end] for m in found if m.key != key]
    return ("{" + ",".join(kept) + "}").encode("utf-8")


def head(raw: bytes) -> bytes:
    """A JSON object without its closing brace."""
    return raw.rstrip()[:-1].rstrip()


def closed(opened: bytes, key: bytes, value: bytes) -> bytes:
    """`opened` (see `head`) with one more member, and closed."""
    comma = b"" if opened.endswith(b"{") else b","
    return b"%b%b%b:%b}" % (opened, comma, key, value)


def members(text: str) -> Iterator[Member]:
    """The members of a JSON object that is known to be valid."""
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        start = at
        key, at = _DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, value)
        yield Member(key, start, value, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _quick_spot(record: Record, key: str) -> tuple[int, int] | None:
    """Where the string of `key` stands, if that can be told without parsing again: the record
    is flat, and its key occurs once."""
    raw, name = record.json, dumps(key)
    if raw.count(name) != 1 or any(isinstance(v, dict | list) for v in record.fields.values()):
        return None
    at = raw.find(name) + len(name)
    start = at + len(raw[at : at + 32]) - len(raw[at : at + 32].lstrip())
    if raw[start : start + 1] != b":":
        return None
    start += 1
    while raw[start : start + 1] in (b" ", b"\t", b"\r", b"\n"):
        start += 1
    if raw[start : start + 1] != b'"':
        return None
    return start, _string_end(raw, start)


def _string_end(raw: bytes, start: int) -> int:
    """Behind the closing quote of the JSON string that opens at `start`."""
    at = start
    while True:
        at = raw.index(b'"', at + 1)
        before = at
        while raw[before - 1 : before] == b"\\":
            before -= 1
        if (at - before) % 2 == 0:
            return at + 1


def _loads(text: str) -> Any:
    """What orjson refuses: NaN, huge numbers, lone surrogates."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("JSON is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"broken JSON at character {error.pos}: {error.msg}") from error


def _escaped(text: str) -> str:
    """Valid JSON but for control characters in strings, with these escaped."""
    if not _CONTROL.search(text):
        return text
    return _STRING.sub(
        lambda string: _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", string[0]), text
    )


def _skip(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at


def _width(text: str, at: int) -> int:
    return len(text[:at].encode("utf-8"))


def _kind(value: Any) -> str:
    kinds = {list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
