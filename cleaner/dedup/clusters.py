"""Who repeats whom: every twin that is named is noted, and the notes become clusters."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.batch import Batch, Mask
from cleaner.errors import FilterError, InputError
from cleaner.filter import Divisible, Index, Resumable, Twin
from cleaner.io.files import write_all, writing


class Note(NamedTuple):
    """The document `id` was dropped for `twin`; `number` counts the documents of the run."""

    number: int
    id: str
    twin: str
    similarity: float
    filter: str


class Noted:
    """An index that notes the twins it names; in all else it is the index inside.

    The notes stand in a file, which is cut back like any other; `notes` are there at the end.
    """

    def __init__(self, index: Index) -> None:
        self.name = index.name
        self.notes: list[Note] = []
        self._index = index
        self._number = 0
        self._file: int | None = None
        self._waiting: list[bytes] = []
        self._bytes = 0

    def sketch(self, batch: Batch) -> Any:
        return self._index.sketch(batch)

    def admit(self, sketch: Any, ids: Sequence[str], eligible: Mask) -> list[Twin | None]:
        twins = self._index.admit(sketch, ids, eligible)
        for number, (name, twin) in enumerate(zip(ids, twins, strict=True), self._number):
            if twin is not None:
                note = Note(number, name, twin.id, twin.similarity, self.name)
                self._waiting.append(json.dumps(note).encode() + b"\n")
        self._number += len(ids)
        return twins

    def keep(self, sketch: Any, ids: Sequence[str], kept: Mask) -> None:
        self._index.keep(sketch, ids, kept)

    def split(self, sketch: Any) -> list[bytes]:
        return self._divisible().split(sketch)

    def join(self, parts: Sequence[bytes]) -> Any:
        return self._divisible().join(parts)

    def begin(self, folder: Path, mark: Mapping[str, Any] | None = None) -> None:
        inside = mark.get("inside") if mark else None
        if isinstance(self._index, Resumable):
            self._index.begin(folder, inside)
        path = folder / "twins.jsonl"
        self._bytes, self._number = (mark["bytes"], mark["number"]) if mark else (0, 0)
        with writing(path):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            if os.fstat(self._file).st_size < self._bytes:
                raise InputError(f"{path}: shorter than its checkpoint; start anew")
            os.ftruncate(self._file, self._bytes)

    def checkpoint(self) -> dict[str, Any]:
        inside = self._index.checkpoint() if isinstance(self._index, Resumable) else None
        self._flush()
        return {"inside": inside, "bytes": self._bytes, "number": self._number}

    def finish(self) -> None:
        if isinstance(self._index, Resumable):
            self._index.finish()
        with os.fdopen(self._flush(), "rb") as file:
            file.seek(0)
            self.notes = [Note(*json.loads(line)) for line in file]
        self._file = None

    def _flush(self) -> int:
        """Hand over what is waiting; the file."""
        if self._file is None:  # nobody called `begin`
            with tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())
        data = b"".join(self._waiting)
        with writing("twins"):
            write_all(self._file, data, self._bytes)
            os.fsync(self._file)
        self._bytes, self._waiting = self._bytes + len(data), []
        return self._file

    def _divisible(self) -> Divisible:
        if not isinstance(self._index, Divisible):
            raise FilterError(f"{self.name}: its sketches cannot be taken apart")
        return self._index


def clusters(notes: Iterable[Note]) -> Iterator[dict[str, Any]]:
    """For each document that others repeat: its id and those of its members, in order.

    A cluster is a star: members were compared with their representative, which was kept. Where
    one index named a twin that another then dropped, the member goes to what that one repeats.
    """
    ordered = sorted(notes)
    by_id = {note.id: note for note in ordered}
    found: dict[str, list[Note]] = {}
    for note in ordered:
        seen = {note.id}
        last = note
        while last.twin in by_id and last.twin not in seen:
            seen.add(last.twin)
            last = by_id[last.twin]
        found.setdefault(last.twin, []).append(last._replace(id=note.id))
    for representative, members in found.items():
        yield {
            "representative": representative,
            "members": [
                {"id": one.id, "similarity": round(one.similarity, 6), "by": one.filter}
                for one in members
            ],
        }
