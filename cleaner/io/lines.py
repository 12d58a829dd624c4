"""Chunks of whole lines, cut by the bytes of the input alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

CHUNK_BYTES = 1 << 20
_NEWLINE = 10


class Chunk(NamedTuple):
    """Whole lines of one input: the number of the first (from 1), the offset of its first byte
    in the unpacked input, and the bytes."""

    line: int
    offset: int
    data: bytes

    @property
    def end(self) -> int:
        """The offset behind the chunk."""
        return self.offset + len(self.data)

    @property
    def lines(self) -> int:
        """How many lines it holds; a last line without a newline counts."""
        # NumPy counts five times as fast as bytes.count does.
        newlines = int(np.count_nonzero(np.frombuffer(self.data, np.uint8) == _NEWLINE))
        return newlines + (not self.data.endswith(b"\n"))

    def only(self, line: int) -> Chunk:
        """The chunk of one of its lines."""
        at = 0
        for _ in range(line - self.line):
            at = self.data.index(b"\n", at) + 1
        end = self.data.find(b"\n", at) + 1 or len(self.data)
        return Chunk(line, self.offset + at, self.data[at:end])

    def halves(self) -> tuple[Chunk, Chunk] | None:
        """Two chunks with half of the lines each, or None for a single line."""
        cut = 0
        for _ in range(self.lines // 2):
            cut = self.data.index(b"\n", cut) + 1
        if not 0 < cut < len(self.data):
            return None
        first = Chunk(self.line, self.offset, self.data[:cut])
        return first, Chunk(self.line + first.lines, self.offset + cut, self.data[cut:])


def chunks(
    blocks: Iterable[bytes], size: int = CHUNK_BYTES, line: int = 1, offset: int = 0
) -> Iterator[Chunk]:
    """Each chunk is the shortest run of whole lines of at least `size` bytes, however the bytes
    came in; `line` and `offset` say where `blocks` begin."""
    buffer = bytearray()
    searched = 0
    for block in blocks:
        buffer += block
        while len(buffer) >= size:
            end = buffer.find(b"\n", max(size - 1, searched)) + 1
            if not end:
                searched = len(buffer)
                break
            with memoryview(buffer) as view:  # a slice of the buffer itself would be copied twice
                chunk = Chunk(line, offset, bytes(view[:end]))
            del buffer[:end]
            line, offset, searched = line + chunk.lines, chunk.end, 0
            yield chunk
    if buffer:
        yield Chunk(line, offset, bytes(buffer))


def split(data: bytes) -> Iterator[tuple[int, int]]:
    """The range of every line of a chunk, without its newline; the last may lack one."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        yield at, end
        at = end + 1
