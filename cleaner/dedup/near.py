"""`dedup.near`: drops a document of which a kept one is a near-duplicate, and names it.

Documents that share a band of their MinHash signatures are candidates; each is verified by the
exact similarity of the two sets of character n-grams, so nothing is dropped on an estimate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cleaner.batch import Batch, Ints, Mask
from cleaner.dedup.plan import RECALL, Plan, plan
from cleaner.dedup.store import opened
from cleaner.dedup.text import checked, plain
from cleaner.errors import RecipeError
from cleaner.filter import Twin
from cleaner.kernels import minhash, shingles
from cleaner.kernels.shingles import Hashes, Text
from cleaner.kernels.text import Codes
from cleaner.rules import RuleBook

CROWD = 64
"""Documents that one band key may stand for; later ones are found by their other bands."""

CHECKS = 64
"""Candidates of one document that are verified, those that share most bands first."""

_PAIR = 1 << 32


class Sketch(NamedTuple):
    """What the index needs to know of a batch."""

    codes: Text  # what is compared of each document, one after the other
    lengths: Ints  # in code points, shape (documents,)
    keys: Hashes  # shape (documents, bands)

    def texts(self) -> list[Text]:
        """What is compared of each document."""
        ends = np.cumsum(self.lengths).tolist()
        return [self.codes[end - size : end] for end, size in zip(ends, self.lengths, strict=True)]


class Near:
    """MinHash, banding and verification.

    `threshold`: the Jaccard similarity from which on a document is a duplicate. `n`: characters
    of a shingle. `ignore`: groups of `dedup.text.GROUPS` that are left out first. `slots` of the
    signature and expected `recall` just above the threshold decide on the bands; see `plan`.
    `index`: a folder that remembers documents from run to run, on disk.
    """

    name = "dedup.near"

    def __init__(
        self,
        book: RuleBook,
        *,
        threshold: float = 0.8,
        n: int = 5,
        ignore: Sequence[str] = ("space", "punctuation"),
        slots: int = 128,
        recall: float = RECALL,
        index: str | None = None,
    ) -> None:
        if n < 1:
            raise RecipeError(f"dedup.near: n = {n}; a shingle has at least one character")
        self._ignore = checked(self.name, ignore)
        self.plan = _planned(threshold, slots, recall)
        self._n = n
        bands = self.plan.bands
        self._store = opened(index, self.name, self._form(), keys=bands, looked_up=bands)
        self._crowded: Mask = np.zeros((0, bands), np.bool_)  # of the documents just admitted

    def sketch(self, batch: Batch) -> Sketch:
        codes, lengths = plain(batch, self._ignore)
        signature = minhash.signatures(codes, lengths, n=self._n, slots=self.plan.slots)
        keys = minhash.band_keys(signature, self.plan.bands, self.plan.rows)
        return Sketch(_narrow(codes), lengths, keys)

    def admit(self, sketch: Sketch, ids: Sequence[str], eligible: Mask) -> list[Twin | None]:
        twins: list[Twin | None] = [None] * len(ids)
        texts = sketch.texts()
        rows = np.flatnonzero(eligible & (sketch.lengths > 0))
        older, crowded = self._older(sketch.keys, rows)
        fresh = _Fresh(sketch.keys, rows)
        for row in sorted(older.keys() | fresh.linked):
            candidates = [*older.get(row, ()), *(~other for other in fresh.like(row))]
            twins[row] = self._twin(texts[row], candidates[:CHECKS], texts, ids)
            if twins[row] is None:
                fresh.keep(row)
        self._crowded = crowded
        return twins

    def keep(self, sketch: Sketch, ids: Sequence[str], kept: Mask) -> None:
        rows = np.flatnonzero(kept & (sketch.lengths > 0)).tolist()
        texts = sketch.texts()
        keys = np.where(self._crowded, np.uint64(0), sketch.keys)[rows]
        self._store.append([ids[row] for row in rows], [texts[row] for row in rows], keys)

    def split(self, sketch: Sketch) -> list[bytes]:
        pairs = zip(sketch.keys, sketch.texts(), strict=True)
        return [keys.tobytes() + text.astype(np.uint32).tobytes() for keys, text in pairs]

    def join(self, parts: Sequence[bytes]) -> Sketch:
        border = 8 * self.plan.bands
        keys = np.frombuffer(b"".join(part[:border] for part in parts), np.uint64)
        codes = np.frombuffer(b"".join(part[border:] for part in parts), np.uint32)
        lengths = np.array([(len(part) - border) // 4 for part in parts], np.int64)
        return Sketch(_narrow(codes), lengths, keys.reshape(-1, self.plan.bands))

    def begin(self, folder: Path, mark: Mapping[str, Any] | None = None) -> None:
        self._store.begin(folder, mark)

    def checkpoint(self) -> dict[str, Any]:
        return self._store.checkpoint()

    def finish(self) -> None:
        self._store.finish()

    def _older(self, keys: Hashes, rows: Ints) -> tuple[dict[int, list[int]], Mask]:
        """For each of `rows` its candidates among the kept documents, those that share most
        bands first; and which keys are so crowded that no more documents go under them."""
        crowded = np.zeros(keys.shape, np.bool_)
        query, doc = self._store.find(keys[rows].ravel())
        if len(query) == 0:
            return {}, crowded
        query, doc = _unpacked(np.unique(query * _PAIR + doc))
        crowd = np.bincount(query, minlength=len(rows) * keys.shape[1]) >= CROWD
        crowded[rows] = crowd.reshape(len(rows), -1)
        pairs, bands = np.unique(rows[query // keys.shape[1]] * _PAIR + doc, return_counts=True)
        row, doc = _unpacked(pairs)
        order = np.lexsort((doc, -bands, row))
        found: dict[int, list[int]] = defaultdict(list)
        for at, candidate in zip(row[order].tolist(), doc[order].tolist(), strict=True):
            found[at].append(candidate)
        return found, crowded

    def _twin(
        self, text: Text, candidates: Iterable[int], texts: Sequence[Text], ids: Sequence[str]
    ) -> Twin | None:
        """The first candidate that is similar enough: a kept document by its number, or one of
        the batch by the complement (~) of its place."""
        mine = _Shingled(text, self._n)
        for candidate in candidates:
            fresh = candidate < 0
            similarity = mine.jaccard(texts[~candidate] if fresh else self._store.text(candidate))
            if similarity >= self.plan.threshold:
                name = ids[~candidate] if fresh else self._store.id(candidate)
                return Twin(name, similarity, self.plan.threshold)
        return None

    def _form(self) -> str:
        plan = self.plan
        return (
            f"{self.name} 1 oph n={self._n} slots={plan.slots} {plan.bands}x{plan.rows} "
            f"ignore={sorted(self._ignore)}"
        )


class _Shingled:
    """A text, and its shingles once they are asked for."""

    def __init__(self, text: Text, n: int) -> None:
        self._text = text
        self._n = n
        self._shingles: Hashes | None = None

    def jaccard(self, other: Text) -> float:
        """The exact similarity of the two sets of shingles."""
        if np.array_equal(self._text, other):
            return 1.0
        if self._shingles is None:
            self._shingles = shingles.distinct(self._text, self._n)
        theirs = shingles.distinct(other, self._n)
        both = shingles.shared(self._shingles, theirs)
        return both / (len(self._shingles) + len(theirs) - both)


class _Fresh:
    """The kept documents of the batch itself, found by the keys that occur in it twice."""

    def __init__(self, keys: Hashes, rows: Ints) -> None:
        flat = keys[rows].ravel()
        values, counts = np.unique(flat, return_counts=True)
        self._keys = keys
        self._kept: dict[int, list[int]] = {key: [] for key in values[counts > 1].tolist()}
        again = np.isin(keys[rows], values[counts > 1]).any(axis=1)
        self.linked: set[int] = set(rows[again].tolist())
        """Documents that share a key with another one of the batch."""

    def like(self, row: int) -> list[int]:
        """Kept documents that share a key with `row`, in order."""
        if row not in self.linked:
            return []
        keys = self._keys[row].tolist()
        return sorted({other for key in keys for other in self._kept.get(key, ())})

    def keep(self, row: int) -> None:
        """Remember `row` under its keys."""
        if row in self.linked:
            for key in self._keys[row].tolist():
                if len(self._kept.get(key, range(CROWD))) < CROWD:
                    self._kept[key].append(row)


def _narrow(codes: Codes) -> Text:
    """The code points in two bytes each, where all of them fit."""
    wide = len(codes) > 0 and int(codes.max()) > 0xFFFF
    return codes if wide else codes.astype(np.uint16)


def _unpacked(pairs: Ints) -> tuple[Ints, Ints]:
    return pairs // _PAIR, pairs % _PAIR


def _planned(threshold: float, slots: int, recall: float) -> Plan:
    try:
        return plan(threshold, slots, recall)
    except ValueError as error:
        raise RecipeError(f"dedup.near: {error}") from error
