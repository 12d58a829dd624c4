"""Rows become lines: kept ones, rejected ones, and the sums of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from cleaner.io import records
from cleaner.pipeline import Pipeline
from cleaner.stream.account import Tally
from cleaner.stream.read import raw_line, valid_line
from cleaner.stream.rows import Job, Row, Shape, Worked

_KEY = b'"clean"'


class Sink(Protocol):
    """Where lines go; see `cleaner.io.outputs.Output`."""

    def write(self, data: bytes, row: int = 0) -> None:
        """Take one line, which came from row `row` of the input."""


def admitted(worked: Worked, pipe: Pipeline) -> list[Row]:
    """The rows after dedup, in the order of the input."""
    rows = list(worked.rows)
    for numbers, sketches in worked.groups:
        ids = [rows[n].id for n in numbers]
        kept = [not rows[n].reasons for n in numbers]
        for n, why in zip(numbers, pipe.twins(ids, kept, sketches), strict=True):
            if why is not None:
                rows[n] = rows[n].dropped(why)
    return rows


def write(
    rows: Sequence[Row], job: Job, shape: Shape, out: Sink, rejects: Sink | None, tally: Tally
) -> None:
    """Write rows where they belong, and count them."""
    for row in rows:
        _count(row, tally)
    for row, line, kept in _lines(rows, job, shape, told=rejects is not None):
        sink = out if kept else rejects
        if sink is not None:
            sink.write(line, job.chunk.line + row.number)


def _lines(
    rows: Sequence[Row], job: Job, shape: Shape, *, told: bool
) -> Iterator[tuple[Row, bytes, bool]]:
    """Lines with their rows and whether they are kept; what is dropped is made only if `told`."""
    if shape.audit:
        yield from _audited(rows, job)
        return
    for row in rows:
        if not row.reasons:
            yield row, _closed(row.line, row.clean + b"}"), True
        elif row.kind != "invalid" and shape.keep_all:
            yield row, _closed(row.line or valid_line(row, job), _with_reasons(row)), True
        elif told:
            yield row, _rejected(row, job), False


def _rejected(row: Row, job: Job) -> bytes:
    opened = raw_line(row, job) if row.kind == "document" else row.line
    return _closed(opened, records.dumps({"reasons": row.reasons}))


def _audited(rows: Sequence[Row], job: Job) -> Iterator[tuple[Row, bytes, bool]]:
    """One line for each input line, with the original text; parts stand in a list."""
    for _, group in groupby(rows, key=lambda row: row.span):
        first, *others = group
        if first.kind == "invalid":
            yield first, _rejected(first, job), False
        elif first.kind == "part":
            parts = b",".join(_with_reasons(row) for row in (first, *others))
            yield first, _closed(valid_line(first, job), b'{"parts":[%b]}' % parts), True
        else:
            yield first, _closed(valid_line(first, job), _with_reasons(first)), True


def _with_reasons(row: Row) -> bytes:
    if not row.reasons:
        return (row.clean or b"{") + b"}"
    return records.closed(row.clean or b"{", b'"reasons"', records.dumps(row.reasons))


def _closed(opened: bytes, clean: bytes) -> bytes:
    return records.closed(opened, _KEY, clean) + b"\n"


def _count(row: Row, tally: Tally) -> None:
    if row.kind == "invalid":
        return
    if row.reasons:
        tally.rejected += 1
        tally.reasons[row.why] = tally.reasons.get(row.why, 0) + 1
    else:
        tally.kept += 1
        tally.characters_out += row.characters
