"""Inputs as blocks of bytes: files by their name, compressed or not, and standard input.

Damage does not raise: a truncated or corrupt file gives all that stands before the damage, and
`Input.damage` says afterwards what was wrong.
"""

from __future__ import annotations

import bz2
import codecs
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

import zstandard

from cleaner.errors import InputError

Format = Literal["jsonl", "text", "parquet"]

STDIN = "-"
_PLAIN = 1 << 20
_PACKED = 1 << 12
"""Packed bytes are fed in small pieces: what a decoder had made of a piece is lost with it when
the piece proves corrupt."""

DECODERS: dict[str, Callable[[], Any]] = {
    ".gz": lambda: zlib.decompressobj(wbits=31),
    ".zst": lambda: zstandard.ZstdDecompressor().decompressobj(),
    ".xz": lzma.LZMADecompressor,
    ".bz2": bz2.BZ2Decompressor,
}
_ERRORS = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError)
_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def format_of(path: str) -> Format:
    """The format that the name of a file stands for; anything unknown is JSON lines."""
    name = Path(path).name.lower()
    for suffix in DECODERS:
        name = name.removesuffix(suffix)
    formats: dict[str, Format] = {".txt": "text", ".parquet": "parquet"}
    return formats.get(Path(name).suffix, "jsonl")


def check(path: str) -> int:
    """The size of an input in bytes, 0 for standard input; raises InputError."""
    if path == STDIN:
        return 0
    try:
        with Path(path).open("rb") as file:
            return os.fstat(file.fileno()).st_size
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder; name its files, as in {path}/*.jsonl") from error
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; look at the name") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


class Input:
    """One input, open for one pass over its bytes. `packed` says how, where the name does not."""

    def __init__(self, path: str, packed: str | None = None) -> None:
        check(path)
        self.path = path
        self._packed = packed or Path(path).suffix.lower()
        self.damage: str | None = None
        self._file: BinaryIO = sys.stdin.buffer if path == STDIN else Path(path).open("rb")  # noqa: SIM115
        self._consumed = 0

    @property
    def consumed(self) -> int:
        """How many bytes of the file itself were read so far, for progress."""
        return self._consumed

    def blocks(self, skip: int = 0) -> Iterator[bytes]:
        """The content, unpacked and in UTF-8 where it was UTF-16, less its first `skip` bytes."""
        blocks = _in_utf8(self._unpacked())
        for block in blocks:
            if skip >= len(block):
                skip -= len(block)
                continue
            yield block[skip:] if skip else block
            skip = 0

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self.path != STDIN:
            self._file.close()

    def _unpacked(self) -> Iterator[bytes]:
        make = DECODERS.get(self._packed)
        if make is None or self.path == STDIN:
            yield from self._raw(_PLAIN)
            return
        decoder = make()
        fed = False
        for block in self._raw(_PACKED):
            try:
                while block:
                    if decoder.eof:
                        if not block.strip(b"\0"):
                            break  # padding, as tape and some archives leave it
                        decoder = make()
                    fed = True
                    yield decoder.decompress(block)
                    block = decoder.unused_data if decoder.eof else b""
            except _ERRORS as error:
                self.damage = f"corrupt near byte {self._consumed}: {error}"
                return
        if fed and not decoder.eof:
            self.damage = f"truncated at byte {self._consumed}"

    def _raw(self, size: int) -> Iterator[bytes]:
        while True:
            try:
                block = self._file.read(size) if self.path != STDIN else _read1(self._file, size)
            except OSError as error:
                self.damage = f"cannot be read after byte {self._consumed}: {error.strerror}"
                return
            if not block:
                return
            self._consumed += len(block)
            yield block


def _read1(file: BinaryIO, size: int) -> bytes:
    """What a pipe has now, so that a slow writer's lines are not held back."""
    read1: Callable[[int], bytes] = getattr(file, "read1", file.read)
    return read1(size)


def _in_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks without a byte order mark; UTF-16, told by its mark, becomes UTF-8."""
    head = b""
    for block in blocks:
        head += block
        if len(head) >= 3:
            break
    if head[:3] == codecs.BOM_UTF8:
        head = head[3:]
    encoding = _BOMS.get(head[:2])
    if encoding is None:
        if head:
            yield head
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(head[2:]).encode("utf-8", "replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")
