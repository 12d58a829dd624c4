"""The kept documents on disk: append-only, cut back to any earlier length.

`docs.log` has one record of fixed size for each document (where its text begins, sizes, keys),
`texts.log` the ids and texts. Tables in memory are built from the first and need nothing else.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.errors import InputError
from cleaner.io.files import write_all, writing
from cleaner.kernels.shingles import Hashes, Text


class Log:
    """Documents numbered from 0 in order of `append`; files are opened when first needed."""

    def __init__(self, keys: int, folder: Path | None = None) -> None:
        """In `folder`, anew, or in a temporary one. Raises OutputError."""
        self._record = np.dtype(
            [("at", "<u8"), ("id", "<u4"), ("text", "<u4"), ("wide", "<u4"), ("keys", "<u8", keys)]
        )
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="cleaner-")
        self._folder = folder or Path(self._temporary.name)  # type: ignore[union-attr]
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._docs = _open(self._folder / "docs.log")
            self._texts = _open(self._folder / "texts.log")
        self._count = self._bytes = 0

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Bytes on disk."""
        return self._count * self._record.itemsize + self._bytes

    def append(self, ids: Sequence[str], texts: Sequence[Text], keys: Hashes) -> None:
        """Add documents; `keys` has shape (documents, keys a document)."""
        names = [name.encode("utf-8", "surrogatepass") for name in ids]
        records = np.zeros(len(ids), self._record)
        records["id"] = np.fromiter(map(len, names), np.uint32, len(ids))
        records["text"] = np.fromiter(map(len, texts), np.uint32, len(ids))
        records["wide"] = [text.itemsize == 4 for text in texts]
        records["keys"] = keys
        sizes = records["id"].astype(np.int64) + records["text"] * (2 + 2 * records["wide"])
        records["at"] = self._bytes + np.cumsum(sizes) - sizes
        blobs = [name + text.tobytes() for name, text in zip(names, texts, strict=True)]
        with writing(self._folder):
            write_all(self._texts, b"".join(blobs), self._bytes)
            write_all(self._docs, records.tobytes(), self._count * self._record.itemsize)
        self._bytes, self._count = self._bytes + int(sizes.sum()), self._count + len(ids)

    def keys(self, first: int, last: int) -> Hashes:
        """The keys of documents [first, last), shape (last - first, keys a document)."""
        keys: Hashes = self._records(first, last)["keys"]
        return keys

    def id(self, doc: int) -> str:
        """The id that a document was added under."""
        (record,) = self._records(doc, doc + 1)
        raw = os.pread(self._texts, int(record["id"]), int(record["at"]))
        return raw.decode("utf-8", "surrogatepass")

    def text(self, doc: int) -> Text:
        """The text that a document was added with."""
        (record,) = self._records(doc, doc + 1)
        kind = np.dtype(np.uint32 if record["wide"] else np.uint16)
        size = int(record["text"]) * kind.itemsize
        raw = os.pread(self._texts, size, int(record["at"]) + int(record["id"]))
        return np.frombuffer(raw, kind)

    def mark(self) -> tuple[int, int]:
        """(documents, bytes of text) that are safely on disk now; see `cut`."""
        with writing(self._folder):
            for file in (self._docs, self._texts):
                os.fsync(file)
        return self._count, self._bytes

    def cut(self, count: int, size: int) -> None:
        """Forget all but the first `count` documents, whose texts take `size` bytes."""
        wanted = ((self._docs, count * self._record.itemsize), (self._texts, size))
        for file, length in wanted:
            if os.fstat(file).st_size < length:
                raise InputError(f"{self._folder}: shorter than its checkpoint; start anew")
            with writing(self._folder):
                os.ftruncate(file, length)
        self._count, self._bytes = count, size

    def close(self) -> None:
        """Close the files; temporary ones are gone then."""
        for file in (self._docs, self._texts):
            os.close(file)
        if self._temporary:
            self._temporary.cleanup()

    def _records(self, first: int, last: int) -> npt.NDArray[np.void]:
        size = self._record.itemsize
        raw = os.pread(self._docs, (last - first) * size, first * size)
        return np.frombuffer(raw, self._record)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
