"""What a passage speaks of: a learned vector, near to those of passages of the same article.

The sum of vectors of its pairs of characters, each as long as it is telling (the bag of fastText,
Joulin et al. 2016), learned on paragraphs of news so that those of one article lie together and
those of other articles of the same day apart (supervised contrast, Khosla et al. 2020).
`benchmarks.train_kin` says how it was made.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.text import Codes
from cleaner.models.flow import Int8s, Ints, Vocabulary
from cleaner.models.packed import packed, unpacked

Reals = npt.NDArray[np.float64]

_FILE = Path(__file__).with_name("kin.zst")


class Kin(NamedTuple):
    """The model: `vectors` (pairs + 1, d), that of no pair first."""

    vocabulary: Vocabulary
    vectors: Int8s

    def of(self, folded: Codes, edges: Ints) -> Reals:
        """Vectors of length 1 of n passages [start, end) of a folded text, `edges` (n, 2); shape
        (n, d). A passage without known pairs has zeros."""
        numbers = self.vocabulary.numbers(folded)
        pairs = self.vocabulary.paired(numbers[:-1], numbers[1:])
        vectors = self.vectors.take(np.append(pairs, 0), axis=0)
        # Each passage and what lies behind it are summed up in turn.
        borders = np.stack([edges[:, 0], np.maximum(edges[:, 1] - 1, edges[:, 0])], axis=1)
        sums = np.add.reduceat(vectors, borders.ravel(), axis=0, dtype=np.int32)[::2]
        sums[borders[:, 0] == borders[:, 1]] = 0
        length = np.sqrt((sums.astype(np.float64) ** 2).sum(axis=1))
        return np.asarray(sums / np.maximum(length, 1.0)[:, None])

    def to_bytes(self) -> bytes:
        """The model as one compressed file; the same model gives the same bytes."""
        return packed((*self.vocabulary, self.vectors))


def from_bytes(data: bytes) -> Kin:
    """The model that `to_bytes` wrote."""
    alphabet, pairs, vectors = unpacked(data)
    return Kin(Vocabulary(alphabet, pairs), vectors)


@cache
def load(path: Path = _FILE) -> Kin:
    """The shipped model, or the one at `path`."""
    return from_bytes(path.read_bytes())
