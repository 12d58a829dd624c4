"""Texts for training and tuning, from files of any format that `clean` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from cleaner.errors import InputError
from cleaner.io import records
from cleaner.io.inputs import Input, format_of
from cleaner.io.lines import CHUNK_BYTES
from cleaner.io.sources import chunks_of


def rows(paths: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The objects of JSON lines (or Parquet rows) of some files; lines that are none are
    passed over. A text file is one object with its `text`."""
    for path in paths:
        fmt = format_of(path)
        with closing(Input(path)) as source:
            for chunk in chunks_of(source, fmt, CHUNK_BYTES):
                if fmt == "text":
                    yield {"text": chunk.data.decode("utf-8", "replace")}
                    continue
                for line in chunk.data.splitlines():
                    if line.strip():
                        yield from _object(line)


def groups(
    paths: Sequence[str], group_field: str, text_field: str = "text"
) -> dict[str, list[str]]:
    """Texts by what their `group_field` says; raises InputError where there is no text."""
    found: dict[str, list[str]] = {}
    for row in rows(paths):
        text = row.get(text_field)
        if isinstance(text, str) and text.strip():
            found.setdefault(str(row.get(group_field) or "all"), []).append(text)
    if not found:
        named = ", ".join(paths)
        raise InputError(f"{named}: no line with a text in the field {text_field!r}")
    return found


def _object(line: bytes) -> Iterator[dict[str, Any]]:
    try:
        yield records.parse(line).fields
    except ValueError:
        return
