"""Parquet in and out, by pyarrow (the extra `parquet`). Other columns stay as they are.

Rows are worked on as JSON lines. On the way out a row is taken from the source file again, so
that no value of another column ever passes through JSON; only the text, the field `clean` and
what names a part are set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError, InputError, OutputError
from cleaner.io.lines import Chunk
from cleaner.io.outputs import part_of
from cleaner.io.records import dumps

_ROWS = 500
_ADDED = ("clean", "part_of", "id")


def chunks(path: str, line: int = 1) -> Iterator[Chunk]:
    """The rows of a file as JSON lines, from row `line` (from 1) on; raises InputError.

    The offset of a chunk is the number of rows before it.
    """
    at = 0
    try:
        for batch in _file(path).iter_batches(batch_size=_ROWS):
            rows = batch.to_pylist()
            if at + len(rows) >= line:
                first = max(0, line - 1 - at)
                data = b"".join(dumps(row) + b"\n" for row in rows[first:])
                yield Chunk(at + first + 1, at + first, data)
            at += len(rows)
    except _arrow().ArrowException as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error


class ParquetOutput:
    """One Parquet file; has the methods of `outputs.Output`, but cannot be cut back.

    `source` is the Parquet file that the rows come from, or None: then the columns are those
    of the first rows, and a later row that does not fit raises OutputError.
    """

    def __init__(self, path: str | Path, source: str | None, text_field: str) -> None:
        self.path = str(path)
        self.length = 0
        self._text = text_field
        self._rows: list[tuple[int, dict[str, Any]]] = []
        self._source = _Rows(source) if source else None
        self._writer: Any = None
        Path(path).parent.mkdir(parents=True, exist_ok=True)

    def write(self, data: bytes, row: int = 0) -> None:
        """Take one JSON line, which row `row` (from 1) of the source became."""
        self._rows.append((row, json.loads(data)))
        if len(self._rows) >= _ROWS:
            self.flush()

    def flush(self) -> None:
        """Write a row group of what is waiting."""
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        for _, record in rows:
            record["clean"] = dumps(record["clean"]).decode()
        try:
            self._put(self._source.taken(rows, self._text) if self._source else self._table(rows))
        except (_arrow().ArrowException, OSError) as error:
            raise OutputError(f"{self.path}: cannot be written: {error}") from error

    def mark(self) -> int:
        """Write what is waiting; a Parquet file has no length to be cut back to."""
        self.flush()
        return 0

    def close(self) -> int:
        """The output is whole, though not yet under its name; without rows it has the columns
        of its source."""
        self.flush()
        if self._writer is None:
            self._put(self._source.empty() if self._source else _arrow().table({"clean": []}))
        self.abandon()
        return self.length

    def abandon(self) -> None:
        """Close the file as it is."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _put(self, table: Any) -> None:
        if self._writer is None:
            import pyarrow.parquet as pq

            self._writer = pq.ParquetWriter(part_of(Path(self.path)), table.schema)
        self._writer.write_table(table)

    def _table(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Any:
        records = [record for _, record in rows]
        schema = self._writer.schema if self._writer else None
        if schema is not None:
            new = sorted({key for record in records for key in record} - set(schema.names))
            if new:
                raise OutputError(
                    f"{self.path}: field {new[0]!r} is not in the first rows; write .jsonl instead"
                )
        return _arrow().Table.from_pylist(records, schema=schema)


class _Rows:
    """Rows of a Parquet file by number, asked for in order."""

    def __init__(self, path: str) -> None:
        pa = _arrow()
        file = _file(path)
        self._batches = file.iter_batches(batch_size=_ROWS)
        self._table = pa.Table.from_batches([], schema=file.schema_arrow)
        self._first = 1
        names = file.schema_arrow.names
        self._added = [name for name in _ADDED if name == "clean" or name not in names]

    def empty(self) -> Any:
        """A table without rows, with all columns of the output."""
        return self.taken([], "")

    def taken(self, rows: Sequence[tuple[int, Mapping[str, Any]]], text_field: str) -> Any:
        """The rows with these numbers, with what was made of them."""
        pa = _arrow()
        while rows and self._first + self._table.num_rows <= rows[-1][0]:
            fresh = pa.Table.from_batches([next(self._batches)])
            keep = max(0, rows[0][0] - self._first)
            self._first += min(keep, self._table.num_rows)
            self._table = pa.concat_tables([self._table.slice(keep), fresh])
        table = self._table.take(pa.array([number - self._first for number, _ in rows], pa.int64()))
        for name in dict.fromkeys((*self._added, text_field, "id")):
            at = table.schema.get_field_index(name)
            if at < 0 and name not in self._added:
                continue
            kind = pa.string() if at < 0 or name == "clean" else table.schema.field(at).type
            if name == "id" and at >= 0 and not pa.types.is_string(kind):
                continue
            values = pa.array([record.get(name) for _, record in rows], kind)
            table = (
                table.append_column(name, values)
                if at < 0
                else table.set_column(at, pa.field(name, kind), values)
            )
        return table


def _file(path: str) -> Any:
    pa = _arrow()
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise CleanerError(
            "Parquet needs pyarrow: pip install 'corpus-mend[parquet]', or convert to .jsonl"
        ) from error
    return pyarrow
