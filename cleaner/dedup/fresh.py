"""The documents of one batch among themselves."""

from __future__ import annotations

from collections import Counter

import numpy as np

from cleaner.kernels.shingles import Hashes, Ints


class Fresh:
    """Those of a batch that may stay, found by the keys that occur in it more than once.

    `keys` and the documents that ask for them, `owners`, have shape (k,). A key stands for at
    most `crowd` documents.
    """

    def __init__(self, keys: Hashes, owners: Ints, crowd: int) -> None:
        values, counts = np.unique(keys, return_counts=True)
        shared = values[counts > 1]
        again = np.isin(keys, shared)
        self._crowd = crowd
        self._rows: dict[int, list[int]] = {key: [] for key in shared.tolist()}
        self._keys: dict[int, list[int]] = {}
        for key, row in zip(keys[again].tolist(), owners[again].tolist(), strict=True):
            self._keys.setdefault(row, []).append(key)

    @property
    def linked(self) -> set[int]:
        """Documents that share a key with another one of the batch."""
        return set(self._keys)

    def like(self, row: int) -> Counter[int]:
        """Earlier documents that may stay and share keys with `row`: how many each."""
        return Counter(other for key in self._keys.get(row, ()) for other in self._rows[key])

    def add(self, row: int) -> None:
        """`row` may stay."""
        for key in self._keys.get(row, ()):
            if len(self._rows[key]) < self._crowd:
                self._rows[key].append(row)
