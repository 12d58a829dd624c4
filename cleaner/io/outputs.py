"""Outputs that appear under their name only when they are whole.

A file grows as `.name.part` beside its place. A mark closes the running compressed frame, so
that the file can be cut back to any mark and go on from there.
"""

from __future__ import annotations

import bz2
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard

from cleaner.errors import OutputError
from cleaner.io.files import writing

STDOUT = "-"
_BUFFER = 1 << 20

ENCODERS: dict[str, Callable[[], Any]] = {
    ".gz": lambda: zlib.compressobj(6, zlib.DEFLATED, 31),
    ".zst": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    ".xz": lambda: lzma.LZMACompressor(preset=2),
    ".bz2": bz2.BZ2Compressor,
}


def part_of(path: Path) -> Path:
    """Where an output stands until it is whole."""
    return path.with_name(f".{path.name}.part")


def spool_of(path: Path) -> Path:
    """The output in which the rows of a Parquet file wait; see `parquet.ParquetOutput`."""
    return path.with_name(f"{path.name}.rows.zst")


def reveal(path: Path) -> None:
    """Give a whole output its name; harmless if it has it already. Raises OutputError."""
    with writing(path):
        if part_of(path).exists():
            part_of(path).replace(path)
        part_of(spool_of(path)).unlink(missing_ok=True)


def regular(path: str) -> bool:
    """Whether an output is, or will be, an ordinary file that can be cut back to a mark."""
    if path == STDOUT:
        return False
    return not Path(path).exists() or Path(path).is_file()


class Output:
    """One output file, or standard output with `path` "-".

    With `length` an unfinished file is cut back to that many bytes and continued; the mark
    that named this length made it a border of frames. Every method raises OutputError when
    the system refuses, BrokenPipeError when nobody reads.
    """

    def __init__(self, path: str | Path, length: int = 0) -> None:
        self.path = str(path)
        self._make = None if self.path == STDOUT else ENCODERS.get(Path(path).suffix.lower())
        self._encoder: Any = None
        self._waiting: list[bytes] = []
        self._size = 0
        self.length = length
        try:
            self._fd = -1 if self.path == STDOUT else _open(Path(path), length)
            self._durable = self._fd >= 0 and stat.S_ISREG(os.fstat(self._fd).st_mode)
        except OSError as error:
            raise self._refused(error) from error

    def write(self, data: bytes, row: int = 0) -> None:
        """Take `data`; it reaches the file at the next mark at the latest. Which row of the
        input it came from is of no interest here; see `parquet.ParquetOutput`."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Hand over all that was written, as far as the compression allows."""
        data = b"".join(self._waiting)
        self._waiting, self._size = [], 0
        if self._make and data:
            self._encoder = self._encoder or self._make()
            data = self._encoder.compress(data)
        self._put(data)

    def mark(self) -> int:
        """Bring everything to disk and close the compressed frame; the length of the file."""
        self.flush()
        if self._encoder:
            self._put(self._encoder.flush())
            self._encoder = None
        if self._durable:
            try:
                os.fsync(self._fd)
            except OSError as error:
                raise self._refused(error) from error
        return self.length

    def close(self) -> int:
        """The output is whole, though not yet under its name (see `reveal`); its length."""
        if self._make and not self.length and not self._size:
            self._encoder = self._make()  # an empty frame, so that the file can be read
        length = self.mark()
        self.abandon()
        return length

    def abandon(self) -> None:
        """Close the file as it is; what was written stays for `--resume`."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                written = self._some(rest)
                self.length += written
                rest = rest[written:]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._refused(error) from error

    def _some(self, data: memoryview) -> int:
        """Write some of `data` as the system pleases; how much of it."""
        if self._fd >= 0:
            return os.write(self._fd, data)
        written = sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return written

    def _refused(self, error: OSError) -> OutputError:
        name = "standard output" if self.path == STDOUT else self.path
        return OutputError(f"{name}: cannot be written: {error.strerror}")


def _open(path: Path, length: int) -> int:
    if path.exists() and not path.is_file():
        return os.open(path, os.O_WRONLY)  # /dev/full, /dev/null, a named pipe
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    if length and (not part.is_file() or part.stat().st_size < length):
        raise OutputError(f"{part}: shorter than its checkpoint says; run without --resume")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT, 0o666)
    os.ftruncate(fd, length)
    os.lseek(fd, length, os.SEEK_SET)
    return fd
