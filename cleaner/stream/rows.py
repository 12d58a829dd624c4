"""What goes in and out of a worker: jobs, and rows on their way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cleaner.document import Document, Reason
from cleaner.io.inputs import Format
from cleaner.io.lines import Chunk
from cleaner.io.records import Record
from cleaner.stream.account import Tally


@dataclass(frozen=True)
class Shape:
    """How records are read and what is written of them."""

    text_field: str = "text"
    id_field: str = "id"
    trace: bool = False
    audit: bool = False
    keep_all: bool = False


class Job(NamedTuple):
    """A chunk of the input number `shard`, which `name` calls in ids."""

    shard: int
    name: str
    format: Format
    chunk: Chunk


class Row(NamedTuple):
    """One document, part or invalid line on its way out.

    `number` counts the lines of the chunk from 0, `span` is the range of this one. `line` is
    the JSON without the closing brace (see `records.head`); empty for a document that is
    written raw. `clean` is the open JSON of what is told about a kept document. `why` is the
    signal of the first reason, `reasons` all of them, both empty for what is kept.
    """

    kind: str  # "document", "part", "invalid"
    id: str
    number: int
    span: tuple[int, int]
    line: bytes
    clean: bytes
    why: str
    reasons: list[dict[str, Any]]
    characters: int

    def dropped(self, why: Reason) -> Row:
        """The row with one more reason against it."""
        return self._replace(reasons=[*self.reasons, why.as_dict()], why=self.why or why.signal)


class Group(NamedTuple):
    """Rows (by number) that were cleaned together, with what the indexes need of them."""

    rows: list[int]
    sketches: tuple[Any, ...]


class Worked(NamedTuple):
    """What came of one job."""

    rows: list[Row]
    groups: list[Group]
    tally: Tally


class Source(NamedTuple):
    """One valid line: where it stands, its record, and its document."""

    number: int
    span: tuple[int, int]
    record: Record
    doc: Document
