"""`dedup.near`: drops a document of which a kept one is a near-duplicate, and names it.

Documents that share a key (see `schemes`: a band of their MinHash signatures) are candidates; each
is verified by the exact similarity of the two sets of character n-grams, so nothing is dropped on
an estimate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cleaner.batch import Batch, Mask
from cleaner.dedup.fresh import Fresh
from cleaner.dedup.plan import RECALL, Plan, plan
from cleaner.dedup.schemes import Keys, Scheme, scheme
from cleaner.dedup.store import Remembered, opened
from cleaner.dedup.text import checked, plain
from cleaner.dedup.verify import Verifier
from cleaner.errors import RecipeError
from cleaner.filter import Twin
from cleaner.kernels.postings import NONE
from cleaner.kernels.shingles import Hashes, Ints, Text
from cleaner.kernels.text import Codes
from cleaner.rules import RuleBook

CROWD = 64
"""Documents that one key may stand for; later ones are found by their other keys."""

CHECKS = 32
"""Candidates of one document that are verified, those that share most keys first."""

Candidate = tuple[int, int]
"""Minus the number of shared keys, and a kept document."""

_PAIR = 1 << 32


class Sketch(NamedTuple):
    """What the index needs to know of a batch."""

    codes: Text  # what is compared of each document, one after the other
    lengths: Ints  # in code points, shape (documents,)
    keys: Keys

    def texts(self) -> list[Text]:
        """What is compared of each document."""
        ends, sizes = np.cumsum(self.lengths).tolist(), self.lengths.tolist()
        return [self.codes[end - size : end] for end, size in zip(ends, sizes, strict=True)]

    def asked(self, wanted: Mask) -> tuple[Hashes, Ints]:
        """The keys that the documents under `wanted` ask for, and whose each is, both (k,)."""
        owners = np.repeat(np.arange(len(wanted)), self.keys.counts)
        keys = self.keys.posted.ravel() if self.keys.asked is None else self.keys.asked
        if wanted.all():
            return keys, owners
        chosen = wanted[owners]
        return keys[chosen], owners[chosen]


class Near(Remembered):
    """Candidates by MinHash, and verification.

    `threshold`: the similarity from which on a document is a duplicate; `measure`: "jaccard", or
    "containment" for a page that holds a kept article, or is held. `n`: characters of a shingle.
    `ignore`: groups of `dedup.text.GROUPS` that are left out first. Without `fold`, width, case and
    script count. `slots` of the signature and expected `recall` just above the threshold decide on
    the bands; see `plan`. `scheme`: "oph", or
    "datasketch" for the values of that library. `index`: a folder that remembers documents from
    run to run, on disk.
    """

    name = "dedup.near"

    def __init__(
        self,
        book: RuleBook,
        *,
        threshold: float = 0.8,
        n: int = 5,
        ignore: Sequence[str] = ("space", "punctuation"),
        fold: bool = True,
        slots: int = 128,
        recall: float = RECALL,
        scheme: str = "oph",
        measure: str = "jaccard",
        index: str | None = None,
    ) -> None:
        if n < 1:
            raise RecipeError(f"dedup.near: n = {n}; a shingle has at least one character")
        self._ignore = checked(self.name, ignore)
        self._fold = fold
        self.plan, self._scheme = _planned(threshold, slots, recall, scheme, measure, n)
        self._n = n
        self._measure = measure
        form = f"{self.name} 2 {self._scheme.form} ignore={','.join(sorted(self._ignore))}"
        form += "" if fold else " unfolded"
        width = self._scheme.width
        self._store = opened(index, self.name, form, keys=width, looked_up=width)
        self._crowded: Hashes = np.zeros(0, np.uint64)  # keys that the last batch found full

    def sketch(self, batch: Batch) -> Sketch:
        codes, lengths = plain(batch, self._ignore, fold=self._fold)
        return Sketch(_narrow(codes), lengths, self._scheme.keys(codes, lengths))

    def admit(self, sketch: Sketch, ids: Sequence[str], eligible: Mask) -> list[Twin | None]:
        twins: list[Twin | None] = [None] * len(ids)
        texts = sketch.texts()
        keys, owners = sketch.asked(eligible & (sketch.lengths > 0))
        older = self._older(keys, owners)
        fresh = Fresh(keys, owners, CROWD)
        # A kept document goes by its number, one of the batch by the complement (~) of its row.
        verifier = Verifier(
            lambda c: texts[~c] if c < 0 else self._store.text(c), self._n, self._measure
        )
        verifier.prepare([*(~row for row in older.keys() | fresh.linked), *_firsts(older)])
        for row in sorted(older.keys() | fresh.linked):
            candidates = _ranked(older.get(row, []), fresh.like(row))
            twins[row] = self._twin(~row, candidates, verifier, ids)
            if twins[row] is None:
                fresh.add(row)
        return twins

    def keep(self, sketch: Sketch, ids: Sequence[str], kept: Mask) -> None:
        rows = np.flatnonzero(kept & (sketch.lengths > 0)).tolist()
        texts = sketch.texts()
        keys = sketch.keys.posted[rows]
        if len(self._crowded):
            keys = np.where(np.isin(keys, self._crowded), NONE, keys)
        self._store.append([ids[row] for row in rows], [texts[row] for row in rows], keys)

    def split(self, sketch: Sketch) -> list[bytes]:
        keys, owners = sketch.asked(np.ones(len(sketch.lengths), np.bool_))
        borders = np.searchsorted(owners, np.arange(1, len(sketch.lengths)))
        rows = zip(
            sketch.keys.posted, np.split(keys, borders), sketch.keys.counts.astype("<i8"),
            sketch.texts(), strict=True,
        )  # fmt: skip
        return [
            count.tobytes() + posted.tobytes() + asked.tobytes() + text.astype("<u4").tobytes()
            for posted, asked, count, text in rows
        ]

    def join(self, parts: Sequence[bytes]) -> Sketch:
        counts = np.array([int.from_bytes(part[:8], "little") for part in parts], np.int64)
        width = 8 + 8 * self._scheme.width
        ends = (width + 8 * counts).tolist()
        posted = np.frombuffer(b"".join(part[8:width] for part in parts), np.uint64)
        pairs = list(zip(parts, ends, strict=True))
        asked = np.frombuffer(b"".join(part[width:end] for part, end in pairs), np.uint64)
        codes = np.frombuffer(b"".join(part[end:] for part, end in pairs), np.uint32)
        lengths = np.array([(len(part) - end) // 4 for part, end in pairs], np.int64)
        keys = Keys(posted.reshape(-1, self._scheme.width), asked, counts)
        return Sketch(_narrow(codes), lengths, keys)

    def _older(self, keys: Hashes, owners: Ints) -> dict[int, list[Candidate]]:
        """For each document its candidates among the kept ones, best first. Keys that are
        crowded are noted: no more documents go under them."""
        query, doc = self._store.find(keys)
        self._crowded = keys[:0]
        if len(query) == 0:
            return {}
        query, doc = _unpacked(np.unique(query * _PAIR + doc))
        self._crowded = keys[np.bincount(query, minlength=len(keys)) >= CROWD]
        pairs, shared = np.unique(owners[query] * _PAIR + doc, return_counts=True)
        row, doc = _unpacked(pairs)
        order = np.lexsort((doc, -shared, row))
        columns = (column[order].tolist() for column in (row, -shared, doc))
        found: dict[int, list[Candidate]] = defaultdict(list)
        for at, less, candidate in zip(*columns, strict=True):
            if len(found[at]) < CHECKS:
                found[at].append((less, candidate))
        return found

    def _twin(
        self, mine: int, candidates: Iterable[int], verifier: Verifier, ids: Sequence[str]
    ) -> Twin | None:
        """The first candidate that is similar enough."""
        limit = self.plan.threshold
        for candidate in candidates:
            similarity = verifier.similarity(mine, candidate)
            if similarity >= limit:
                name = ids[~candidate] if candidate < 0 else self._store.id(candidate)
                return Twin(name, similarity, limit)
        return None


def _firsts(candidates: Mapping[int, Sequence[Candidate]]) -> list[int]:
    return [first for (_, first), *_ in candidates.values()]


def _ranked(older: list[Candidate], fresh: Mapping[int, int]) -> list[int]:
    """Those that share most keys, earlier ones first: CHECKS of them at most."""
    if not fresh:
        return [number for _, number in older]
    both = [*((less, 0, doc) for less, doc in older), *((-n, 1, row) for row, n in fresh.items())]
    return [~number if late else number for _, late, number in sorted(both)[:CHECKS]]


def _narrow(codes: Codes) -> Text:
    """The code points in two bytes each, where all of them fit."""
    wide = len(codes) > 0 and int(codes.max()) > 0xFFFF
    return codes if wide else codes.astype(np.uint16)


def _unpacked(pairs: Ints) -> tuple[Ints, Ints]:
    return pairs // _PAIR, pairs % _PAIR


def _planned(
    threshold: float, slots: int, recall: float, name: str, measure: str, n: int
) -> tuple[Plan, Scheme]:
    try:
        found = plan(threshold, slots, recall)
        return found, scheme(name, measure, found, n)
    except ValueError as error:
        raise RecipeError(f"dedup.near: {error}") from error
