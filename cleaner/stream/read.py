"""Jobs become documents with their records; what is no document becomes a row at once."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.io import lines, records
from cleaner.io.decoding import decode
from cleaner.io.inputs import Format, Input, format_of
from cleaner.io.lines import CHUNK_BYTES
from cleaner.io.records import Record
from cleaner.io.sources import chunks_of
from cleaner.stream.account import Tally
from cleaner.stream.rows import Job, Row, Shape, Source

_CONTROL = re.compile(rb"[\x00-\x1f]")


def document_at(path: str, line: int, shape: Shape, fmt: Format | None = None) -> Document:
    """The document on line `line` (from 1) of an input; raises InputError where there is none."""
    source = Input(path)
    kind = fmt or format_of(path)
    if kind == "text" and line > 1:
        raise InputError(f"{path}: has no line {line}: a text file is one document")
    try:
        for chunk in chunks_of(source, kind, CHUNK_BYTES):
            if chunk.line <= line < chunk.line + chunk.lines or kind == "text":
                break
        else:
            raise InputError(f"{path}: has no line {line}; count again")
    finally:
        source.close()
    wanted = chunk if kind == "text" else chunk.only(line)
    for item in read(Job(0, path, kind, wanted), shape, Tally()):
        if isinstance(item, Source):
            return item.doc
        raise InputError(f"{path}:{line}: {item.reasons[0]['error']}")
    raise InputError(f"{path}:{line}: is blank; name a line with a document")


def read(job: Job, shape: Shape, tally: Tally) -> Iterator[Row | Source]:
    """The documents of a job in order, and a row for every line that is none; counts both."""
    data = job.chunk.data
    if job.format == "text":
        yield from _read_text(job, tally)
        return
    for number, span in enumerate(lines.split(data)):
        tally.lines += 1
        raw = data[span[0] : span[1]]
        if not raw or raw.isspace():
            tally.blank += 1
            continue
        try:
            record = records.parse(raw)
            text = _text(record, shape.text_field)
        except ValueError as error:
            tally.invalid += 1
            why = str(error).partition(":")[0]
            why = why.partition(" at character")[0]
            tally.invalid_reasons[why] = tally.invalid_reasons.get(why, 0) + 1
            yield invalid_row(job, span, number, str(error))
            continue
        _booked(tally, record, text)
        name = record.fields.get(shape.id_field)
        meta = dict(record.fields)
        del meta[shape.text_field]
        doc_id = str(name) if isinstance(name, str | int) else line_id(job, number)
        yield Source(number, span, record, Document(doc_id, text, meta))


def _read_text(job: Job, tally: Tally) -> Iterator[Source]:
    data = job.chunk.data
    tally.lines += 1
    if not data.strip():
        tally.blank += 1
        return
    text, encoding, replaced = decode(data)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    record = _text_record(job.name, text)._replace(encoding=encoding, replaced=replaced)
    _booked(tally, record, text)
    yield Source(0, (0, len(data)), record, Document(job.name, text))


def _booked(tally: Tally, record: Record, text: str) -> None:
    tally.documents += 1
    tally.characters_in += len(text)
    tally.replaced += record.replaced
    if record.encoding != "utf-8":
        tally.encodings[record.encoding] = tally.encodings.get(record.encoding, 0) + 1


def _text(record: Record, field: str) -> str:
    text = record.fields.get(field)
    if isinstance(text, str):
        return text
    if field in record.fields:
        raise ValueError(f"field {field!r} is no string: name another with --text-field")
    raise ValueError(f"no field {field!r}: name the field with --text-field")


def _text_record(name: str, text: str) -> Record:
    fields = {"id": name, "text": text}
    return Record(fields, records.dumps(fields))


def line_id(job: Job, number: int) -> str:
    """How a line without an id is called."""
    return job.name if job.format == "text" else f"{job.name}:{job.chunk.line + number}"


def invalid_row(job: Job, span: tuple[int, int], number: int, error: str) -> Row:
    """A line that is no document, with all that finds it again."""
    raw = job.chunk.data[span[0] : span[1]]
    told: dict[str, Any] = {"file": job.name, "line": job.chunk.line + number}
    told["offset"] = job.chunk.offset + span[0]
    try:
        told["raw"] = raw.decode("utf-8")
    except UnicodeDecodeError:
        told["raw_base64"] = base64.b64encode(raw).decode()
    reason = {"filter": "read", "signal": "invalid", "error": error}
    line = records.head(records.dumps(told))
    return Row("invalid", line_id(job, number), number, span, line, b"", "invalid", [reason], 0)


def raw_line(row: Row, job: Job) -> bytes:
    """The input of a row as JSON, open for one more member; a field `clean` of its own is gone.

    A text file, which has no JSON, gets a record of its own.
    """
    if job.format == "text":
        return records.head(_text_record(job.name, decode(job.chunk.data).text).json)
    raw = job.chunk.data[row.span[0] : row.span[1]]
    if b'"clean"' in raw:
        try:
            return records.head(records.without(records.parse(raw), "clean"))
        except ValueError:
            pass
    return records.head(raw)


def valid_line(row: Row, job: Job) -> bytes:
    """`raw_line` as valid JSON in UTF-8, for lines that are kept as they came in."""
    opened = raw_line(row, job)
    if not _CONTROL.search(opened):
        try:
            opened.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return opened
    try:
        return records.head(records.parse(opened + b"}").json)
    except ValueError:  # a line that nobody has parsed, since a worker died of it
        return decode(opened).text.encode("utf-8")
