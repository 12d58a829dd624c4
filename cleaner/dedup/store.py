"""What an index needs of the place where kept documents are remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from cleaner.dedup.disk import DiskStore
from cleaner.dedup.memory import MemoryStore
from cleaner.kernels.postings import Found
from cleaner.kernels.shingles import Hashes, Text


class Store(Protocol):
    """Documents numbered from 0 in order of `append`, each with an id, a text and keys."""

    def find(self, keys: Hashes) -> Found:
        """Documents under any of `keys`, shape (m,); may hold a pair twice, or wrong ones."""

    def append(self, ids: Sequence[str], texts: Sequence[Text], keys: Hashes) -> None:
        """Add documents; `keys` has shape (documents, keys a document), 0 is no key."""

    def id(self, doc: int) -> str:
        """The id of a document."""

    def text(self, doc: int) -> Text:
        """The text of a document."""

    def keys(self, doc: int) -> Hashes:
        """The keys of a document."""

    def begin(self, folder: Path, mark: Mapping[str, Any] | None) -> None:
        """As `filter.Resumable` says; so do the next two."""

    def checkpoint(self) -> dict[str, Any]: ...

    def finish(self) -> None: ...


class Remembered:
    """An Index that is Resumable because the store behind it is."""

    _store: Store

    def begin(self, folder: Path, mark: Mapping[str, Any] | None = None) -> None:
        self._store.begin(folder, mark)

    def checkpoint(self) -> dict[str, Any]:
        return self._store.checkpoint()

    def finish(self) -> None:
        self._store.finish()


def opened(index: str | None, name: str, form: str, *, keys: int, looked_up: int) -> Store:
    """A store of its own for the filter `name`: in the folder `index`, or for this run only.

    `form` says in words what the keys are. Each document has `keys` keys; the first `looked_up`
    of them can be found.
    """
    if index is None:
        return MemoryStore(form, keys=keys, looked_up=looked_up)
    return DiskStore(Path(index) / f"{name}.sqlite", form, looked_up=looked_up)
