"""Which of two twins stays: the better one by a signal, in two passes.

The first pass spools what the indexes need to know of every document; the second admits them from
the best down. Equal documents by the signal go by a hash of what is compared and only then by
their order, so that the same texts are kept however the input is ordered. Nothing is cleaned
twice.
"""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import xxhash

from cleaner.document import Document, Reason
from cleaner.errors import RecipeError
from cleaner.filter import Divisible
from cleaner.pipeline import Cleaned, Pipeline, Record

LENGTH = "length"
"""What every document has, whether a filter scores it or not: its characters."""

_TOGETHER = 500


class Ranking:
    """Documents numbered from 0 in order of `add`, kept on disk; 24 bytes of RAM for each."""

    def __init__(self, pipe: Pipeline) -> None:
        """Raises RecipeError where an index of the pipeline cannot rank."""
        for index in pipe.dedup:
            if not isinstance(index, Divisible):
                raise RecipeError(f"{index.name}: cannot keep the best: it has no split and join")
        self._pipe = pipe
        self._indexes = cast(Sequence[Divisible], pipe.dedup)
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115
        self._values = array("d")
        self._digests = array("Q")
        self._places = array("q")

    def add(
        self,
        ids: Sequence[str],
        kept: Sequence[bool],
        values: Sequence[float],
        sketches: Sequence[Any],
    ) -> None:
        """Documents that were cleaned together; `values` say how good each is."""
        columns = [i.split(sketch) for i, sketch in zip(self._indexes, sketches, strict=True)]
        parts = zip(*columns, strict=True) if columns else [()] * len(ids)
        for name, may_stay, value, part in zip(ids, kept, values, parts, strict=True):
            self._values.append(value if value == value else -np.inf)  # NaN is the worst
            self._digests.append(xxhash.xxh3_64_intdigest(b"".join(part)))
            self._places.append(self._spool.tell() if may_stay else -1)
            if may_stay:
                pickle.dump((name, part), self._spool, pickle.HIGHEST_PROTOCOL)

    def decide(self) -> dict[int, Reason]:
        """Why each document that is dropped for a twin is, by its number."""
        places = np.array(self._places, np.int64)
        order = np.lexsort((np.array(self._digests), -np.array(self._values)))
        order = order[places[order] >= 0]
        whys: dict[int, Reason] = {}
        for first in range(0, len(order), _TOGETHER):
            numbers = order[first : first + _TOGETHER].tolist()
            read = [self._read(int(places[number])) for number in numbers]
            sketches = [
                index.join([parts[at] for _, parts in read])
                for at, index in enumerate(self._indexes)
            ]
            found = self._pipe.twins([name for name, _ in read], [True] * len(read), sketches)
            whys |= {n: why for n, why in zip(numbers, found, strict=True) if why is not None}
        self._spool.close()
        return whys

    def _read(self, place: int) -> tuple[str, tuple[bytes, ...]]:
        self._spool.seek(place)
        found: tuple[str, tuple[bytes, ...]] = pickle.load(self._spool)
        return found


def check(pipe: Pipeline, signal: str) -> None:
    """RecipeError unless `signal` can rank documents."""
    if signal != LENGTH and signal not in pipe.owners:
        known = ", ".join(sorted({LENGTH, *pipe.owners}))
        raise RecipeError(f"best by {signal!r}: no such signal; there are: {known}")


def best(pipe: Pipeline, records: Iterable[Record], signal: str) -> Iterator[Document]:
    """As `pipe(records)`, but of twins the one with the highest `signal` stays."""
    check(pipe, signal)
    ranking = Ranking(pipe)
    with tempfile.TemporaryFile() as spool:
        for cleaned in pipe.cleaned(records):
            docs = cleaned.docs
            values = [doc.signals.get(signal, len(doc.text)) for doc in docs]
            kept = [doc.kept for doc in docs]
            ranking.add([doc.id for doc in docs], kept, values, cleaned.sketches)
            pickle.dump(replace(cleaned, sketches=()), spool, pickle.HIGHEST_PROTOCOL)
        whys = ranking.decide()
        end = spool.tell()
        spool.seek(0)
        number = 0
        while spool.tell() < end:
            again: Cleaned = pickle.load(spool)
            for doc in again.docs:
                why = whys.get(number)
                number += 1
                yield doc if why is None else replace(doc, reasons=(*doc.reasons, why))
