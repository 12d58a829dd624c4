"""By which keys similar documents meet: each scheme is a way to make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from cleaner.dedup.plan import Plan
from cleaner.kernels import minhash, shingles
from cleaner.kernels.minhash import Signatures
from cleaner.kernels.postings import NONE
from cleaner.kernels.shingles import Hashes, Ints
from cleaner.kernels.text import Codes, decode


class Keys(NamedTuple):
    """`posted`, shape (documents, width): the keys that a kept document stands under; NONE is no
    key. `asked`: those under which a document looks for kept ones, one document after the other,
    `counts` for each; None where they are the same."""

    posted: Hashes
    asked: Hashes | None
    counts: Ints


class Scheme(Protocol):
    """Makes keys."""

    form: str
    """What the keys are, in words; keys of different forms never meet."""
    width: int
    """How many keys a kept document has."""

    def keys(self, codes: Codes, lengths: Ints) -> Keys:
        """The keys of texts that stand one after the other in `codes`."""


class Bands:
    """Bands of MinHash signatures: those of `kernels.minhash` ("oph") or of datasketch."""

    def __init__(self, plan: Plan, n: int, source: str) -> None:
        self.width = plan.bands
        self.form = f"{source} n={n} slots={plan.slots} bands={plan.bands}x{plan.rows}"
        self._plan = plan
        self._n = n
        self._source = source

    def keys(self, codes: Codes, lengths: Ints) -> Keys:
        make = minhash.signatures if self._source == "oph" else datasketch_signatures
        signature = make(codes, lengths, n=self._n, slots=self._plan.slots)
        posted = minhash.band_keys(signature, self._plan.bands, self._plan.rows)
        return Keys(posted, None, np.full(len(lengths), self.width))


class Anchors:
    """Single shingles, one in RATE by its hash: for containment, which signatures cannot tell.

    A kept document is posted under the POSTED smallest of its anchors, and a new one asks for all
    of its own. A document of m shingles, of which the share c stands in another, is found with
    probability 1 - (1 - c / RATE)^m as long as it has at most POSTED anchors.
    """

    RATE = 8
    POSTED = 32

    def __init__(self, n: int) -> None:
        self.width = self.POSTED
        self.form = f"anchors n={n} 1/{self.RATE} posted={self.POSTED}"
        self._n = n

    def keys(self, codes: Codes, lengths: Ints) -> Keys:
        posted = np.full((len(lengths), self.POSTED), NONE, np.uint64)
        asked: list[Hashes] = []
        limit = np.uint64((1 << 64) // self.RATE)
        ends = np.cumsum(lengths).tolist()
        for row, (end, size) in enumerate(zip(ends, lengths.tolist(), strict=True)):
            found = shingles.distinct(codes[end - size : end], self._n)
            asked.append(_spread(found[: np.searchsorted(found, limit)]))
            posted[row, : min(len(asked[-1]), self.POSTED)] = asked[-1][: self.POSTED]
        counts = np.array([len(keys) for keys in asked], np.int64)
        return Keys(posted, np.concatenate([np.zeros(0, np.uint64), *asked]), counts)


def datasketch_signatures(codes: Codes, lengths: Ints, *, n: int, slots: int) -> Signatures:
    """The values of `datasketch.MinHash(num_perm=slots)` with its defaults over the UTF-8 of the
    shingles, shape (texts, slots); rows of texts without shingles are EMPTY."""
    datasketch = _datasketch()
    result = np.full((len(lengths), slots), minhash.EMPTY, np.uint32)
    ends = np.cumsum(lengths).tolist()
    for row, (end, size) in enumerate(zip(ends, lengths.tolist(), strict=True)):
        if size:
            sketch = datasketch.MinHash(num_perm=slots)
            sketch.update_batch(_grams(decode(codes[end - size : end]), n))
            result[row] = sketch.hashvalues
    return result


def scheme(name: str, measure: str, plan: Plan, n: int) -> Scheme:
    """The scheme for a measure; raises ValueError for a name that is none."""
    if name not in ("oph", "datasketch"):
        raise ValueError(f'scheme = {name!r}; write "oph" or "datasketch"')
    if measure not in ("jaccard", "containment"):
        raise ValueError(f'measure = {measure!r}; write "jaccard" or "containment"')
    if measure == "containment":
        return Anchors(n)
    source = name if name == "oph" else f"datasketch {_datasketch().__version__.split('.')[0]}"
    return Bands(plan, n, source)


def _datasketch() -> Any:
    import datasketch  # takes most of a second: imported by those who ask for it

    return datasketch


def _grams(text: str, n: int) -> Sequence[bytes]:
    grams = {text[at : at + n] for at in range(max(1, len(text) - n + 1))}
    return [gram.encode("utf-8", "surrogatepass") for gram in sorted(grams)]


def _spread(anchors: Hashes) -> Hashes:
    """Anchors as keys: they are all small, and a table places keys by their top bits."""
    return anchors * np.uint64(0xFF51AFD7ED558CCD)
