"""What a worker does to a chunk: lines in, rows out, everything but dedup. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cleaner.document import Change, Document, Keep, Reason
from cleaner.io import records
from cleaner.io.records import Record
from cleaner.pipeline import Pipeline
from cleaner.stream.account import ERRORS, Tally
from cleaner.stream.read import invalid_row, line_id, read
from cleaner.stream.rows import Group, Job, Row, Shape, Source, Worked


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
        sources: list[Source] = []
        for item in read(job, self.shape, tally):
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
        self, sources: Sequence[Source], tally: Tally
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
            message = _told(error)
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

    def _row(self, source: Source, doc: Document) -> Row:
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


def _told(error: Exception) -> str:
    """An error with the filter that it comes from; see `pipeline`."""
    names = [name for name in getattr(error, "__notes__", ()) if name not in str(error)]
    return ": ".join([*names, type(error).__name__, str(error)])


def killed(job: Job, reason: Mapping[str, Any]) -> Worked:
    """A single line that a worker died of: it is not parsed, so that it harms nobody else."""
    data = job.chunk.data
    span = (0, len(data.rstrip(b"\r\n")))
    if job.format == "text" or (data.lstrip().startswith(b"{") and data.rstrip().endswith(b"}")):
        row = Row(
            "document", line_id(job, 0), 0, span, b"", b"", reason["signal"], [dict(reason)], 0
        )
        return Worked([row], [], Tally(lines=1, documents=1, bytes_in=len(data)))
    row = invalid_row(job, span, 0, str(reason["signal"]))
    return Worked([row], [], Tally(lines=1, invalid=1, bytes_in=len(data)))


def _refused(source: Source, reason: Mapping[str, Any]) -> Row:
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


def _line(source: Source, doc: Document, shape: Shape) -> bytes:
    """The record of a document, open for the field `clean`."""
    record = source.record
    if "clean" in record.fields:
        fields = {key: value for key, value in record.fields.items() if key != "clean"}
        record = Record(fields, records.without(record, "clean"))
    changes: dict[str, Any] = {} if not doc.changes else {shape.text_field: doc.text}
    if doc.meta is not source.doc.meta:
        known = source.record.fields
        changes |= {key: value for key, value in doc.meta.items() if key not in known}
    if doc.part_of is not None:
        changes |= {shape.id_field: doc.id, "part_of": doc.part_of}
    return records.head(records.replaced(record, changes) if changes else record.json)


def _by_source(
    sources: Sequence[Source], docs: Sequence[Document]
) -> Iterator[tuple[Source, list[Document]]]:
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
