"""A hash table from 64-bit keys to document numbers, in NumPy, with many documents a key.

Open addressing with linear probing: a slot has 4 bytes of document number and 2 bytes of
fingerprint. That is too little to move a slot to a larger table, so a growing table reads the
keys again from the log in which its owner keeps them anyway, a stretch at each call (as Redis
moves its slots): no single call stalls. Different keys may share place and fingerprint: who asks
must verify what is found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

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
_WIDTH = np.arange(8)  # slots looked at together: at most two cache lines
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
    """Slots; a document number is stored plus one, and 0 is an empty slot."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = 0
        # Zeros come from the system page by page, when they are first touched.
        self._docs = np.zeros(size, np.uint32)
        self._marks = np.zeros(size, np.uint16)

    @property
    def nbytes(self) -> int:
        return self.size * SLOT_BYTES

    def find(self, keys: Hashes) -> Found:
        query, at, marks = np.arange(len(keys)), self._home(keys), keys.astype(np.uint16)
        queries, docs = [query[:0]], [query[:0]]
        while len(query):
            places = at[:, None] + _WIDTH
            block = self._docs.take(places, mode="wrap")
            alive = np.logical_and.accumulate(block != 0, axis=1)
            same = alive & (self._marks.take(places, mode="wrap") == marks[:, None])
            rows, columns = np.nonzero(same)
            queries.append(query[rows])
            docs.append(block[rows, columns].astype(np.int64) - 1)
            more = alive[:, -1]
            query, at, marks = query[more], at[more] + len(_WIDTH), marks[more]
        return Found(np.concatenate(queries), np.concatenate(docs))

    def add(self, keys: Hashes, docs: Ints) -> None:
        self.count += len(keys)
        at, marks, numbers = self._home(keys), keys.astype(np.uint16), docs.astype(np.uint32) + 1
        while len(at):
            free = self._docs.take(at[:, None] + _WIDTH, mode="wrap") == 0
            step = free.argmax(axis=1)
            found = free.any(axis=1)
            at = (at + np.where(found, step, len(_WIDTH))) % self.size
            place = at[found]
            # Several may claim one slot: the last writer has it, and the others go on.
            self._docs[place] = numbers[found]
            self._marks[place] = marks[found]
            lost = ~found
            lost[found] = (self._docs[place] != numbers[found]) | (
                self._marks[place] != marks[found]
            )
            at, marks, numbers = at[lost], marks[lost], numbers[lost]

    def _home(self, keys: Hashes) -> Ints:
        """Where the search for a key begins: by its top 32 bits."""
        top = keys >> np.uint64(32)
        return ((top * np.uint64(self.size)) >> np.uint64(32)).astype(np.int64)


def _entries(keys: Hashes, first: int) -> tuple[Hashes, Ints]:
    """(keys, document numbers) without those that are NONE; documents count from `first`."""
    rows, columns = np.nonzero(keys != NONE)
    return keys[rows, columns], rows + first
