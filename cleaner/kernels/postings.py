"""A hash table from 64-bit keys to document numbers, in NumPy, with many documents a key.

Open addressing over buckets of 8 slots: a slot has 2 bytes of fingerprint and 4 bytes of document
number, in two arrays, so that a search reads 16 bytes and mostly needs no more. That is too little
to move a slot to a larger table, so a growing table reads the keys again from the log in which its
owner keeps them anyway, a stretch at each call (as Redis moves its slots): no single call stalls.
Different keys may share place and fingerprint: who asks must verify what is found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.shingles import Hashes, Ints

Log = Callable[[int, int], Hashes]
"""The keys of documents [first, last), shape (last - first, keys a document)."""

NONE = np.uint64(0)
"""The key that is never stored."""

SLOT_BYTES = 6
FULL = 0.7
GROWTH = 1.5
_PACE = 4  # documents moved for each one added, while the table grows
_FIRST_SIZE = 1 << 12
_BUCKET = 8
_ONES = np.uint64(0x0101010101010101)
_STRETCH = 1 << 16  # keys stored at a time


class Found(NamedTuple):
    """Documents that stand under the keys asked for; both of shape (k,), in no set order."""

    query: Ints  # index of the key
    doc: Ints


class Postings:
    """Documents numbered from 0 in order of `add`, each under several keys."""

    def __init__(self, log: Log, size: int = _FIRST_SIZE) -> None:
        self._log = log
        self._area = _Area(size)
        self._old: _Area | None = None
        self._moved = 0  # documents below have been moved from `_old`
        self._border = 0  # documents from here on stand in `_area` alone
        self._docs = 0

    def __len__(self) -> int:
        return self._docs

    @property
    def nbytes(self) -> int:
        """Bytes of the table, of both areas while it grows."""
        return self._area.nbytes + (self._old.nbytes if self._old else 0)

    def find(self, keys: Hashes) -> Found:
        """Every document under any of `keys`, shape (m,); some come twice."""
        query, doc = self._area.find(keys)
        if self._old is not None:
            more = self._old.find(keys)
            query, doc = np.concatenate([query, more.query]), np.concatenate([doc, more.doc])
        return Found(query, doc)

    def add(self, keys: Hashes) -> None:
        """Store the next documents, shape (documents, keys a document); NONE is left out.

        They must be in the log already.
        """
        step = max(1, _STRETCH // max(1, keys.shape[1]))
        for first in range(0, len(keys), step):
            self._add(keys[first : first + step])

    def _add(self, keys: Hashes) -> None:
        if self._old is not None:
            self._move(_PACE * len(keys))
        if self._area.count + keys.size > FULL * self._area.size:
            self._grow(keys.size)
        self._area.add(*_entries(keys, self._docs))
        self._docs += len(keys)

    def _grow(self, coming: int) -> None:
        while self._old is not None:
            self._move(1 << 12)
        self._old, self._moved, self._border = self._area, 0, self._docs
        size = max(self._area.size * GROWTH, (self._area.count + 8 * coming) / FULL)
        self._area = _Area(int(size))

    def _move(self, docs: int) -> None:
        last = min(self._moved + docs, self._border)
        self._area.add(*_entries(self._log(self._moved, last), self._moved))
        self._moved = last
        if last == self._border:
            self._old = None


class _Area:
    """Buckets that fill from their first slot on; a full one overflows into the next.

    A fingerprint of 0 is an empty slot.
    """

    def __init__(self, size: int) -> None:
        self._buckets = -(-size // _BUCKET)
        self.size = self._buckets * _BUCKET
        self.count = 0
        # Zeros come from the system page by page, when they are first touched.
        self._marks = np.zeros((self._buckets, _BUCKET), np.uint16)
        self._docs = np.zeros(self.size, np.uint32)

    @property
    def nbytes(self) -> int:
        return self.size * SLOT_BYTES

    def find(self, keys: Hashes) -> Found:
        query, bucket, marks = np.arange(len(keys)), self._home(keys), _marks(keys)
        queries, slots = [query[:0]], [query[:0]]
        while len(query):
            block = self._marks.take(bucket, axis=0)
            same = block == marks[:, None]
            rows = np.flatnonzero(same.view(np.uint64))
            row, column = np.nonzero(same[rows])
            queries.append(query[rows[row]])
            slots.append(bucket[rows[row]] * _BUCKET + column)
            full = block[:, -1] != 0
            query, marks = query[full], marks[full]
            bucket = (bucket[full] + 1) % self._buckets
        return Found(np.concatenate(queries), self._docs[np.concatenate(slots)].astype(np.int64))

    def add(self, keys: Hashes, docs: Ints) -> None:
        self.count += len(keys)
        bucket, marks, numbers = self._home(keys), _marks(keys), docs.astype(np.uint32)
        flat = self._marks.reshape(-1)
        while len(bucket):
            filled = (
                (self._marks.take(bucket, axis=0) != 0).view(np.uint64)[:, 0] * _ONES
            ) >> np.uint64(56)
            full = filled == _BUCKET
            slot = bucket * _BUCKET + filled.astype(np.int64)
            place = slot[~full]
            # Several may claim one slot: the last writer has it, and the others go on.
            flat[place] = marks[~full]
            self._docs[place] = numbers[~full]
            lost = full.copy()
            lost[~full] = (self._docs[place] != numbers[~full]) | (flat[place] != marks[~full])
            bucket = np.where(full, (bucket + 1) % self._buckets, bucket)[lost]
            marks, numbers = marks[lost], numbers[lost]

    def _home(self, keys: Hashes) -> Ints:
        """The bucket where the search for a key begins: by its top 32 bits."""
        top = keys >> np.uint64(32)
        return ((top * np.uint64(self._buckets)) >> np.uint64(32)).astype(np.int64)


def _marks(keys: Hashes) -> npt.NDArray[np.uint16]:
    """The fingerprint of each key: its low bits, 1 where they are 0."""
    return np.maximum(keys.astype(np.uint16), np.uint16(1))


def _entries(keys: Hashes, first: int) -> tuple[Hashes, Ints]:
    """(keys, document numbers) without those that are NONE; documents count from `first`."""
    flat, docs = keys.ravel(), np.repeat(np.arange(first, first + len(keys)), keys.shape[1])
    stored = flat != NONE
    return (flat, docs) if stored.all() else (flat[stored], docs[stored])
