"""Arrays as one compressed file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

Array = npt.NDArray[Any]


def packed(arrays: Iterable[Array]) -> bytes:
    """Arrays one after the other; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    for array in arrays:
        np.lib.format.write_array(buffer, np.ascontiguousarray(array))
    return zstandard.ZstdCompressor(level=19, threads=0).compress(buffer.getvalue())


def unpacked(data: bytes) -> list[Array]:
    """The arrays that `packed` wrote."""
    raw = zstandard.ZstdDecompressor().decompress(data)
    buffer = io.BytesIO(raw)
    found = []
    while buffer.tell() < len(raw):
        found.append(np.lib.format.read_array(buffer))
    return found
