"""`dedup.exact`: drops a document whose text was kept before, but for width, case and script."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xxhash

from cleaner.batch import Batch, Ints, Mask
from cleaner.dedup.store import Remembered, opened
from cleaner.dedup.text import checked, plain
from cleaner.filter import Twin
from cleaner.kernels.shingles import Hashes
from cleaner.rules import RuleBook

_NO_TEXT = np.zeros(0, np.uint16)


class Exact(Remembered):
    """Remembers a 128-bit hash (xxh3) of the folded text of every kept document.

    `ignore`: the groups of `dedup.text.GROUPS` that play no part. Without `fold`, width, case and
    script count. `index`: a folder that remembers
    documents from run to run, on disk.
    """

    name = "dedup.exact"

    def __init__(
        self,
        book: RuleBook,
        *,
        ignore: Sequence[str] = ("space",),
        fold: bool = True,
        index: str | None = None,
    ) -> None:
        self._ignore = checked(self.name, ignore)
        self._fold = fold
        form = f"{self.name} 1 {sorted(self._ignore)}{'' if fold else ' unfolded'}"
        # The second word of a hash is logged, but not looked up.
        self._store = opened(index, self.name, form, keys=2, looked_up=1)

    def sketch(self, batch: Batch) -> Hashes:
        """The hash of each document as two words, shape (n, 2)."""
        codes, lengths = plain(batch, self._ignore, fold=self._fold)
        raw = codes.astype("<u4", copy=False).view(np.uint8).data
        digests = []
        at = 0
        for end in (np.cumsum(lengths) * 4).tolist():
            digests.append(xxhash.xxh3_128_digest(raw[at:end]))
            at = end
        return np.frombuffer(b"".join(digests), ">u8").astype(np.uint64).reshape(-1, 2)

    def admit(self, sketch: Hashes, ids: Sequence[str], eligible: Mask) -> list[Twin | None]:
        twins: list[Twin | None] = [None] * len(ids)
        rows = np.flatnonzero(eligible)
        raw = sketch.tobytes()
        for row, doc in self._known(sketch, rows).items():
            twins[row] = Twin(self._store.id(doc), 1.0)
        first: dict[bytes, int] = {}
        for row in rows.tolist():
            if twins[row] is None:
                earlier = first.setdefault(raw[16 * row : 16 * row + 16], row)
                twins[row] = Twin(ids[earlier], 1.0) if earlier != row else None
        return twins

    def keep(self, sketch: Hashes, ids: Sequence[str], kept: Mask) -> None:
        rows = np.flatnonzero(kept).tolist()
        self._store.append([ids[row] for row in rows], [_NO_TEXT] * len(rows), sketch[rows])

    def split(self, sketch: Hashes) -> list[bytes]:
        return [row.tobytes() for row in sketch]

    def join(self, parts: Sequence[bytes]) -> Hashes:
        return np.frombuffer(b"".join(parts), np.uint64).reshape(-1, 2)

    def _known(self, sketch: Hashes, rows: Ints) -> dict[int, int]:
        """The kept document (by number) that each of `rows` repeats, if any."""
        query, doc = self._store.find(sketch[rows, 0])
        pairs = zip(rows[query].tolist(), doc.tolist(), strict=True)
        return {row: doc for row, doc in pairs if (self._store.keys(doc) == sketch[row]).all()}
