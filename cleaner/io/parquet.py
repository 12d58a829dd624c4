"""Parquet in and out, by pyarrow (the extra `parquet`). Other columns stay as they are.

Rows are worked on as JSON lines. On the way out a row is taken from the source file again, so
that no value of another column ever passes through JSON; only the text, the field `clean` and
what names a part are set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError, InputError, OutputError, cause
from cleaner.io import lines
from cleaner.io.inputs import Input
from cleaner.io.lines import Chunk
from cleaner.io.outputs import Output, part_of, spool_of
from cleaner.io.records import dumps, parse

_ROWS = 500
_ADDED = ("clean", "part_of", "id")


def check() -> None:
    """Raises CleanerError where Parquet can be neither read nor written."""
    _arrow()


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
        raise InputError(f"{path}: cannot be read as Parquet: {cause(error)}") from error


class ParquetOutput:
    """One Parquet file; has the methods of `outputs.Output`.

    A Parquet file cannot be cut back to a mark, so rows wait as packed JSON lines beside it, each
    with the number of its row in the source, and the file is made of them when it is closed.
    `source` is the Parquet file that the rows come from, or None: then the columns are those
    of the first rows, and a later row that does not fit raises OutputError.
    """

    def __init__(
        self, path: str | Path, source: str | None, text_field: str, length: int = 0
    ) -> None:
        self.path = str(path)
        self._source = source
        self._text = text_field
        self._spool = Output(spool_of(Path(path)), length)

    def write(self, data: bytes, row: int = 0) -> None:
        """Take one JSON line, which row `row` (from 1) of the source became."""
        self._spool.write(b"%d\t%b" % (row, data))

    def flush(self) -> None:
        """Hand over what is waiting."""
        self._spool.flush()

    def mark(self) -> int:
        """Bring everything to disk; the length of what waits."""
        return self._spool.mark()

    def close(self) -> int:
        """The output is whole, though not yet under its name; without rows it has the columns
        of its source. The waiting rows go when it gets its name."""
        length = self._spool.close()
        source = _Rows(self._source) if self._source else None
        writer: Any = None
        try:
            for rows in _waiting(part_of(spool_of(Path(self.path)))):
                for _, record in rows:
                    record["clean"] = dumps(record["clean"]).decode()
                table = source.taken(rows, self._text) if source else self._table(rows, writer)
                writer = writer or self._writer(table.schema)
                writer.write_table(table)
            if writer is None:
                empty = source.empty() if source else _arrow().table({"clean": []})
                writer = self._writer(empty.schema)
            writer.close()
        except (_arrow().ArrowException, OSError, ValueError) as error:
            raise OutputError(f"{self.path}: cannot be written: {cause(error)}") from error
        return length

    def abandon(self) -> None:
        """Close the file as it is; what was written stays for `--resume`."""
        self._spool.abandon()

    def _writer(self, schema: Any) -> Any:
        import pyarrow.parquet as pq

        return pq.ParquetWriter(part_of(Path(self.path)), schema)

    def _table(self, rows: Sequence[tuple[int, Mapping[str, Any]]], writer: Any) -> Any:
        records = [record for _, record in rows]
        schema = writer.schema if writer else None
        if schema is not None:
            new = sorted({key for record in records for key in record} - set(schema.names))
            if new:
                raise OutputError(
                    f"{self.path}: field {new[0]!r} is not in the first rows; write .jsonl instead"
                )
            return _arrow().Table.from_pylist(records, schema=schema)
        names = dict.fromkeys(key for record in records for key in record)
        full = [{name: record.get(name) for name in names} for record in records]
        return _arrow().Table.from_pylist(full)


def _waiting(spool: Path) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """The rows of a spool in groups."""
    rows: list[tuple[int, dict[str, Any]]] = []
    source = Input(str(spool), packed=".zst")
    try:
        for chunk in lines.chunks(source.blocks()):
            for start, end in lines.split(chunk.data):
                number, _, record = chunk.data[start:end].partition(b"\t")
                rows.append((int(number), parse(record).fields))
                if len(rows) == _ROWS:
                    yield rows
                    rows = []
    finally:
        source.close()
    if rows:
        yield rows


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
        raise InputError(f"{path}: cannot be read as Parquet: {cause(error)}") from error


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise CleanerError(
            "Parquet needs pyarrow: pip install 'corpus-mend[parquet]', or convert to .jsonl"
        ) from error
    return pyarrow
