"""The shipped model behind `news`: what news is written in, by its pairs and triples of
characters."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import zstandard

from cleaner.errors import InputError
from cleaner.models.linear import Linear

_FILE = Path(__file__).with_name("news.zst")


@cache
def load(path: Path = _FILE) -> Linear:
    """The shipped model, or one of your own that `clean train news` made."""
    try:
        return Linear.from_bytes(zstandard.ZstdDecompressor().decompress(path.read_bytes()))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, zstandard.ZstdError) as error:
        raise InputError(f"{path}: no model that `clean train news` wrote: {error}") from error


def to_bytes(model: Linear) -> bytes:
    """The model as a compressed file; the same model gives the same bytes."""
    return zstandard.ZstdCompressor(level=19).compress(model.to_bytes())
