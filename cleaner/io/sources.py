"""Chunks of an input, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.errors import InputError
from cleaner.io import parquet
from cleaner.io.inputs import Format, Input
from cleaner.io.lines import Chunk, chunks


def chunks_of(
    source: Input, fmt: Format, size: int, line: int = 1, offset: int = 0
) -> Iterator[Chunk]:
    """The chunks of an open input from a line and its offset on. A text file is one chunk.

    A Parquet file that cannot be read is damaged, as a packed file can be.
    """
    if fmt == "parquet":
        try:
            yield from parquet.chunks(source.path, line)
        except InputError as error:
            source.damage = str(error).partition(": ")[2]
    elif fmt == "text":
        if offset == 0:
            yield Chunk(1, 0, b"".join(source.blocks()))
    else:
        yield from chunks(source.blocks(offset), size, line, offset)
