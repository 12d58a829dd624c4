"""The kept documents, found by their keys: a log on disk with a table over it in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.dedup.log import Log
from cleaner.errors import InputError
from cleaner.kernels.postings import Found, Postings
from cleaner.kernels.shingles import Hashes, Text


class MemoryStore:
    """A Store that is forgotten when the run is over.

    `form` says in words what the keys are: a checkpoint of another form is refused. Of each
    document's `keys` the first `looked_up` can be found.
    """

    def __init__(self, form: str, *, keys: int, looked_up: int) -> None:
        self._form = form
        self._width = keys
        self._looked_up = looked_up
        self._log: Log | None = None
        self._table: Postings | None = None

    @property
    def memory(self) -> int:
        """Bytes of RAM that the documents take."""
        return self._table.nbytes if self._table else 0

    @property
    def disk(self) -> int:
        """Bytes on disk that the documents take."""
        return self._log.nbytes if self._log else 0

    def find(self, keys: Hashes) -> Found:
        return self._opened()[1].find(keys)

    def append(self, ids: Sequence[str], texts: Sequence[Text], keys: Hashes) -> None:
        log, table = self._opened()
        log.append(ids, texts, keys)
        table.add(keys[:, : self._looked_up])

    def id(self, doc: int) -> str:
        return self._opened()[0].id(doc)

    def text(self, doc: int) -> Text:
        return self._opened()[0].text(doc)

    def keys(self, doc: int) -> Hashes:
        row: Hashes = self._opened()[0].keys(doc, doc + 1)[0]
        return row

    def begin(self, folder: Path, mark: Mapping[str, Any] | None) -> None:
        self.finish()
        log, table = self._opened(folder)
        if mark is not None and mark.get("form") != self._form:
            raise InputError(f"{folder}: holds {mark.get('form')}, and this run asks {self._form}")
        log.cut(*((mark["docs"], mark["bytes"]) if mark else (0, 0)))
        for first in range(0, len(log), 1 << 12):
            table.add(log.keys(first, min(first + (1 << 12), len(log)))[:, : self._looked_up])

    def checkpoint(self) -> dict[str, Any]:
        docs, size = self._opened()[0].mark()
        return {"form": self._form, "docs": docs, "bytes": size}

    def finish(self) -> None:
        if self._log:
            self._log.close()
        self._log = self._table = None

    def _opened(self, folder: Path | None = None) -> tuple[Log, Postings]:
        """The log and the table; without `begin` in a temporary folder."""
        if self._log is None or self._table is None:
            log = self._log = Log(self._width, folder)
            width = self._looked_up
            self._table = Postings(lambda first, last: log.keys(first, last)[:, :width])
        return self._log, self._table
