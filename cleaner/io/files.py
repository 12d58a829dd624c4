"""What writes to disk has in common: short writes go on, and a refusal is one clear error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.errors import OutputError


@contextmanager
def writing(what: str | Path) -> Iterator[None]:
    """Makes an OutputError of what the system refuses; BrokenPipeError passes."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{what}: cannot be written: {error.strerror}") from error


def write_all(file: int, data: bytes, at: int | None = None) -> None:
    """Write all of `data` at the position of the file, or from byte `at` on; raises OSError."""
    rest = memoryview(data)
    while rest:
        done = os.write(file, rest) if at is None else os.pwrite(file, rest, at)
        rest, at = rest[done:], None if at is None else at + done


def save(path: Path, data: bytes) -> None:
    """Write a small file so that at any moment the old one or the new one is whole; what is no
    ordinary file (/dev/stdout) takes the data as it is. Raises OutputError."""
    if path.exists() and not path.is_file():
        with writing(path), path.open("wb") as special:
            special.write(data)
        return
    fresh = path.with_name(f".{path.name}.part")
    with writing(path):
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            write_all(file, data)
            os.fsync(file)
        finally:
            os.close(file)
        fresh.replace(path)
