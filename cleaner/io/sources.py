"""Chunks of an input, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.io.inputs import Format, Input
from cleaner.io.lines import Chunk, chunks


def chunks_of(
    source: Input, fmt: Format, size: int, line: int = 1, offset: int = 0
) -> Iterator[Chunk]:
    """The chunks of an open input from a line and its offset on. A text file is one chunk."""
    if fmt == "text":
        if offset == 0:
            yield Chunk(1, 0, b"".join(source.blocks()))
    else:
        yield from chunks(source.blocks(offset), size, line, offset)
