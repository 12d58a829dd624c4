"""The kept documents in a file that outlives the run: for more of them than memory holds, and for
the crawl of tomorrow.

SQLite, because it is in Python's standard library, keeps everything in one file that a crash
cannot tear, cuts back to any earlier state by deleting rows, and its B-tree needs no memory but a
cache. It is some ten times slower than the table in memory.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.errors import InputError, OutputError, cause
from cleaner.kernels.postings import NONE, Found
from cleaner.kernels.shingles import Hashes, Text

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value);
CREATE TABLE IF NOT EXISTS docs (doc INTEGER PRIMARY KEY, id BLOB, text BLOB, wide INTEGER,
  keys BLOB);
CREATE TABLE IF NOT EXISTS postings (key INTEGER, doc INTEGER, PRIMARY KEY (key, doc))
  WITHOUT ROWID;
CREATE TEMP TABLE asked (key INTEGER, query INTEGER);
"""
_CACHE_KIB = 65_536
_COMMIT_EVERY = 50_000
"""Documents after which changes are committed where no checkpoint asks for it."""
_SHIFT = np.uint64(16)  # keys are cut to 48 bits: 6 bytes a row, and candidates are verified


class DiskStore:
    """A Store in the SQLite file `path`, opened when first needed; one run at a time.

    Documents are final once their run has finished: a new run that does not resume begins by
    deleting what a broken run left behind. `form` as in MemoryStore.
    """

    def __init__(self, path: Path, form: str, *, looked_up: int) -> None:
        self.path = path
        self._form = form
        self._looked_up = looked_up
        self._base: sqlite3.Connection | None = None
        self._run = ""
        self._count = 0
        self._uncommitted = 0

    def find(self, keys: Hashes) -> Found:
        base = self._opened()
        base.execute("DELETE FROM asked")
        rows = zip((keys >> _SHIFT).tolist(), range(len(keys)), strict=True)
        base.executemany("INSERT INTO asked VALUES (?, ?)", rows)
        found = base.execute("SELECT query, doc FROM asked JOIN postings USING (key)").fetchall()
        table = np.array(found, np.int64).reshape(-1, 2)
        return Found(table[:, 0], table[:, 1])

    def append(self, ids: Sequence[str], texts: Sequence[Text], keys: Hashes) -> None:
        base = self._opened()
        numbers = range(self._count, self._count + len(ids))
        names = (name.encode("utf-8", "surrogatepass") for name in ids)
        rows = zip(numbers, names, texts, keys, strict=True)
        records = (
            (doc, name, text.tobytes(), text.itemsize == 4, row.astype("<u8").tobytes())
            for doc, name, text, row in rows
        )
        try:
            base.executemany("INSERT INTO docs VALUES (?, ?, ?, ?, ?)", records)
            pairs = sorted(_pairs(self._count, keys[:, : self._looked_up]))
            base.executemany("INSERT OR IGNORE INTO postings VALUES (?, ?)", pairs)
            self._count += len(ids)
            self._uncommitted += len(ids)
            if self._uncommitted >= _COMMIT_EVERY:
                self._commit(base)
        except sqlite3.Error as error:
            raise OutputError(f"index {self.path}: {cause(error)}") from error

    def id(self, doc: int) -> str:
        (raw,) = self._row("id", doc)
        return bytes(raw).decode("utf-8", "surrogatepass")

    def text(self, doc: int) -> Text:
        raw, wide = self._row("text, wide", doc)
        return np.frombuffer(raw, np.uint32) if wide else np.frombuffer(raw, np.uint16)

    def keys(self, doc: int) -> Hashes:
        (raw,) = self._row("keys", doc)
        return np.frombuffer(raw, "<u8").astype(np.uint64)

    def begin(self, folder: Path, mark: Mapping[str, Any] | None) -> None:
        """The state stands in `path`, whatever the folder of the run."""
        self._close()
        self._base = _connected(self.path)
        try:
            if mark is None:
                self._start(self._base)
            else:
                self._go_on(self._base, mark)
        except InputError:
            self._close()
            raise

    def checkpoint(self) -> dict[str, Any]:
        self._commit(self._opened())
        return {"form": self._form, "docs": self._count, "run": self._run}

    def finish(self) -> None:
        if self._base is not None:
            self._base.execute("UPDATE meta SET value = ? WHERE name = 'final'", [self._count])
            self._commit(self._base)
        self._close()

    def _close(self) -> None:
        if self._base is not None:
            self._base.close()
        self._base = None

    def _opened(self) -> sqlite3.Connection:
        if self._base is None:
            self.begin(Path(), None)
        assert self._base is not None
        return self._base

    def _start(self, base: sqlite3.Connection) -> None:
        """A new run: documents of an unfinished one go, and this one gets a name."""
        form = _get(base, "form")
        if form is not None and form != self._form:
            raise InputError(f"index {self.path}: holds {form}, and this run asks {self._form}")
        self._run = uuid.uuid4().hex
        final = int(_get(base, "final") or 0)
        facts = {"form": self._form, "final": final, "run": self._run}
        base.executemany("REPLACE INTO meta VALUES (?, ?)", facts.items())
        self._cut(base, final)

    def _go_on(self, base: sqlite3.Connection, mark: Mapping[str, Any]) -> None:
        """Go on with the unfinished run that `mark` is of."""
        self._run, docs = str(mark.get("run")), int(mark.get("docs", 0))
        (last,) = base.execute("SELECT ifnull(max(doc) + 1, 0) FROM docs").fetchone()
        if _get(base, "run") != self._run or _get(base, "form") != self._form or last < docs:
            raise InputError(f"index {self.path}: another run has used it since; start anew")
        self._cut(base, docs)

    def _cut(self, base: sqlite3.Connection, count: int) -> None:
        """Delete every document from number `count` on."""
        gone = base.execute("SELECT doc, keys FROM docs WHERE doc >= ?", [count]).fetchall()
        for doc, raw in gone:
            keys = np.frombuffer(raw, "<u8")[None, : self._looked_up]
            pairs = _pairs(doc, keys)
            base.executemany("DELETE FROM postings WHERE key = ? AND doc = ?", pairs)
        base.execute("DELETE FROM docs WHERE doc >= ?", [count])
        self._count = count
        self._commit(base)

    def _commit(self, base: sqlite3.Connection) -> None:
        try:
            base.commit()
        except sqlite3.Error as error:
            raise OutputError(f"index {self.path}: {cause(error)}") from error
        self._uncommitted = 0

    def _row(self, columns: str, doc: int) -> tuple[Any, ...]:
        query = f"SELECT {columns} FROM docs WHERE doc = ?"
        row: tuple[Any, ...] = self._opened().execute(query, [doc]).fetchone()
        return row


def _connected(path: Path) -> sqlite3.Connection:
    """The file, made if need be, and locked for this run."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(path, timeout=1)
        base.execute("PRAGMA locking_mode = EXCLUSIVE")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        base.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        base.executescript(_SCHEMA)
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            f"index {path}: {cause(error)}; is it in use, or the index no folder?"
        ) from error
    return base


def _get(base: sqlite3.Connection, name: str) -> Any:
    row = base.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
    return row[0] if row else None


def _pairs(first: int, keys: Hashes) -> list[tuple[int, int]]:
    """(key, document) rows; documents count from `first`."""
    rows, columns = np.nonzero(keys != NONE)
    short = (keys[rows, columns] >> _SHIFT).tolist()
    return list(zip(short, (rows + first).tolist(), strict=True))
