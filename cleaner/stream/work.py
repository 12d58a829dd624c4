"""What a worker does to a chunk: lines in, rows out, everything but dedup. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cleaner.document import Change, Document, Keep, Reason
from cleaner.errors import InputError
from cleaner.io import lines, records
from cleaner.io.decoding import decode
from cleaner.io.inputs import Format, Input, format_of
from cleaner.io.lines import CHUNK_BYTES, Chunk
from cleaner.io.records import Record
from cleaner.io.sources import chunks_of
from cleaner.pipeline import Pipeline
from cleaner.stream.account import ERRORS, Tally


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


class _Source(NamedTuple):
    """One valid line: where it stands, its record, and its document."""

    number: int
    span: tuple[int, int]
    record: Record
    doc: Document


class Work:
    """The work on chunks, with a pipeline that is built once in each process."""

    def __init__(self, make: Callable[[], Pipeline], shape: Shape) -> None:
        self.make = make
        self.shape = shape
        self._pipe: Pipeline | None = None

    @property
    def pipe(self) -> Pipeline:
        """The pipeline, built on first use."""
        if self._pipe is None:
            self._pipe = self.make()
        return self._pipe

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pipe": None}

    def __call__(self, job: Job) -> Worked:
        tally = Tally(bytes_in=len(job.chunk.data))
        found: list[tuple[tuple[int, int], list[Row]]] = []
        sources: list[_Source] = []
        for item in _read(job, self.shape, tally):
            if isinstance(item, Row):
                found.append((item.span, [item]))
            elif (size := len(item.doc.text)) > self.pipe.recipe.run.max_chars:
                why = Reason("run.size", "chars", size, self.pipe.recipe.run.max_chars)
                found.append((item.span, [_refused(item, why.as_dict())]))
            else:
                sources.append(item)
        made = list(self._cleaned(sources, tally))
        rows: list[Row] = []
        number_of: dict[tuple[int, int], int] = {}
        for span, part in sorted([*found, *(pair for group, _ in made for pair in group)]):
            number_of[span] = len(rows)
            rows += part
        groups = [
            Group([number_of[span] + k for span, part in group for k in range(len(part))], sketch)
            for group, sketch in made
            if sketch is not None
        ]
        tally.parts = sum(row.kind == "part" for row in rows) - len(
            {row.span for row in rows if row.kind == "part"}
        )
        return Worked(rows, groups, tally)

    def _cleaned(
        self, sources: Sequence[_Source], tally: Tally
    ) -> Iterator[tuple[list[tuple[tuple[int, int], list[Row]]], tuple[Any, ...] | None]]:
        """Rows by line with their sketches; where a filter fails, in ever smaller groups until
        the one document that it fails on is alone."""
        if not sources:
            return
        try:
            cleaned = self.pipe.clean([source.doc for source in sources])
        except Exception as error:
            if len(sources) > 1:
                half = len(sources) // 2
                yield from self._cleaned(sources[:half], tally)
                yield from self._cleaned(sources[half:], tally)
                return
            message = f"{type(error).__name__}: {error}"
            tally.errors = [*tally.errors, f"{sources[0].doc.id}: {message}"][:ERRORS]
            reason = {"filter": "run.error", "signal": "error", "error": message}
            yield [(sources[0].span, [_refused(sources[0], reason)])], None
            return
        for stage, seconds in cleaned.seconds.items():
            tally.seconds[stage] = tally.seconds.get(stage, 0.0) + seconds
        group: list[tuple[tuple[int, int], list[Row]]] = []
        for source, docs in _by_source(sources, cleaned.docs):
            tally.book(docs)
            group.append((source.span, [self._row(source, doc) for doc in docs]))
        yield group, cleaned.sketches

    def _row(self, source: _Source, doc: Document) -> Row:
        shape = self.shape
        reasons = [reason.as_dict() for reason in doc.reasons]
        line = b""
        part = doc.part_of is not None
        if not shape.audit and (part or doc.kept or shape.keep_all):
            line = _line(source, doc, shape)
        told: dict[str, Any] = {"id": doc.id} if shape.audit and part else {}
        told |= {"signals": doc.signals, "edits": doc.edits}
        if source.record.encoding != "utf-8":
            told["encoding"] = source.record.encoding
        if source.record.replaced:
            told["replaced"] = source.record.replaced
        if shape.trace:
            told["original"] = doc.original
            told["changes"] = [_change(change) for change in doc.changes]
        return Row(
            kind="part" if part else "document",
            id=doc.id,
            number=source.number,
            span=source.span,
            line=line,
            clean=records.head(records.dumps(told)),
            why=doc.reasons[0].signal if doc.reasons else "",
            reasons=reasons,
            characters=len(doc.text),
        )


def killed(job: Job, reason: Mapping[str, Any]) -> Worked:
    """A single line that a worker died of: it is not parsed, so that it harms nobody else."""
    data = job.chunk.data
    span = (0, len(data.rstrip(b"\r\n")))
    if job.format == "text" or (data.lstrip().startswith(b"{") and data.rstrip().endswith(b"}")):
        row = Row(
            "document", _line_id(job, 0), 0, span, b"", b"", reason["signal"], [dict(reason)], 0
        )
        return Worked([row], [], Tally(lines=1, documents=1, bytes_in=len(data)))
    row = _invalid(job, span, 0, str(reason["signal"]))
    return Worked([row], [], Tally(lines=1, invalid=1, bytes_in=len(data)))


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


def document_at(path: str, line: int, shape: Shape, fmt: Format | None = None) -> Document:
    """The document on line `line` (from 1) of an input; raises InputError where there is none."""
    source = Input(path)
    kind = fmt or format_of(path)
    try:
        for chunk in chunks_of(source, kind, CHUNK_BYTES):
            if chunk.line <= line < chunk.line + chunk.lines or kind == "text":
                break
        else:
            raise InputError(f"{path}: has no line {line}; count again")
    finally:
        source.close()
    wanted = chunk if kind == "text" else chunk.only(line)
    for item in _read(Job(0, path, kind, wanted), shape, Tally()):
        if isinstance(item, _Source):
            return item.doc
        raise InputError(f"{path}:{line}: {item.reasons[0]['error']}")
    raise InputError(f"{path}:{line}: is blank; name a line with a document")


def _read(job: Job, shape: Shape, tally: Tally) -> Iterator[Row | _Source]:
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
            yield _invalid(job, span, number, str(error))
            continue
        _booked(tally, record, text)
        name = record.fields.get(shape.id_field)
        meta = {key: value for key, value in record.fields.items() if key != shape.text_field}
        doc_id = str(name) if isinstance(name, str | int) else _line_id(job, number)
        yield _Source(number, span, record, Document(doc_id, text, meta))


def _read_text(job: Job, tally: Tally) -> Iterator[_Source]:
    data = job.chunk.data
    tally.lines += 1
    if not data.strip():
        tally.blank += 1
        return
    text, encoding, replaced = decode(data)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    record = _text_record(job.name, text)._replace(encoding=encoding, replaced=replaced)
    _booked(tally, record, text)
    yield _Source(0, (0, len(data)), record, Document(job.name, text))


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


def _line_id(job: Job, number: int) -> str:
    return job.name if job.format == "text" else f"{job.name}:{job.chunk.line + number}"


def _invalid(job: Job, span: tuple[int, int], number: int, error: str) -> Row:
    raw = job.chunk.data[span[0] : span[1]]
    told: dict[str, Any] = {"file": job.name, "line": job.chunk.line + number}
    told["offset"] = job.chunk.offset + span[0]
    try:
        told["raw"] = raw.decode("utf-8")
    except UnicodeDecodeError:
        told["raw_base64"] = base64.b64encode(raw).decode()
    reason = {"filter": "read", "signal": "invalid", "error": error}
    line = records.head(records.dumps(told))
    return Row("invalid", _line_id(job, number), number, span, line, b"", "invalid", [reason], 0)


def _refused(source: _Source, reason: Mapping[str, Any]) -> Row:
    doc = source.doc
    clean = records.head(records.dumps({"signals": {}, "edits": 0}))
    line = records.head(source.record.json)
    return Row(
        "document",
        doc.id,
        source.number,
        source.span,
        line,
        clean,
        reason["signal"],
        [dict(reason)],
        len(doc.text),
    )


def _line(source: _Source, doc: Document, shape: Shape) -> bytes:
    """The record of a document, open for the field `clean`."""
    record = source.record
    if "clean" in record.fields:
        fields = {key: value for key, value in record.fields.items() if key != "clean"}
        record = Record(fields, records.without(record, "clean"))
    changes: dict[str, Any] = {} if not doc.changes else {shape.text_field: doc.text}
    changes |= {key: value for key, value in doc.meta.items() if key not in source.record.fields}
    if doc.part_of is not None:
        changes |= {shape.id_field: doc.id, "part_of": doc.part_of}
    return records.head(records.replaced(record, changes) if changes else record.json)


def _by_source(
    sources: Sequence[_Source], docs: Sequence[Document]
) -> Iterator[tuple[_Source, list[Document]]]:
    """The documents that each source became. Whole documents come one for one; parts belong
    together as long as they come from the same text object."""
    at, group = -1, list[Document]()
    for doc in docs:
        if doc.part_of is None or at < 0 or doc.original is not sources[at].doc.text:
            if group:
                yield sources[at], group
            at, group = at + 1, []
        group.append(doc)
    if group:
        yield sources[at], group


def _change(change: Change) -> dict[str, Any]:
    pieces = [
        [p.start, p.end] if isinstance(p, Keep) else [p.start, p.end, p.text, p.rule, p.confidence]
        for p in change.pieces
    ]
    return {"filter": change.filter, "pieces": pieces}
