"""One filter on one document: its edits settled, its pieces checked, and the Change made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cleaner.batch import Batch
from cleaner.document import Change, Document, Keep, Piece, Put, change_from_edits, settle
from cleaner.errors import FilterError
from cleaner.filter import Editor, Restorer


def edited(batch: Batch, at: int, editor: Editor) -> Document | None:
    """Document `at` after one Editor, or None where it proposes nothing."""
    view = batch.view(at)
    edits = settle(editor.edits(view))
    text = view.text
    edits = [e for e in edits if text[e.start : e.end] != e.new or e.field]
    if not edits:
        return None
    for start, end, *_ in edits:
        if not 0 <= start <= end <= len(text):
            raise FilterError(
                f"{editor.name}: edit [{start}, {end}) lies outside of the text of "
                f"{view.doc.id}, which has {len(text)} characters"
            )
    meta = {e.field: text[e.start : e.end].strip() for e in edits if e.field}
    return view.doc.changed(change_from_edits(editor.name, text, edits), meta)


def arranged(batch: Batch, at: int, restorer: Restorer, *, split: bool) -> list[Document] | None:
    """The documents that a Restorer makes of document `at`, or None where it changes nothing."""
    view = batch.view(at)
    parts = restorer.arrange(view)
    _check_partition(restorer.name, view.doc.id, parts, len(view.text))
    if parts == [[Keep(0, len(view.text))]]:
        return None
    if not split or len(parts) == 1:
        pieces = _in_one(parts)
        return [view.doc.changed(Change(restorer.name, view.text, tuple(pieces)))]
    whole = view.doc
    return [
        replace(
            whole.changed(Change(restorer.name, view.text, tuple(pieces))),
            id=f"{whole.id}#{number}",
            part_of=whole.id,
        )
        for number, pieces in enumerate(parts, 1)
    ]


def _in_one(parts: Sequence[Sequence[Piece]]) -> list[Piece]:
    """The pieces of several articles as one text, a blank line between."""
    joined: list[Piece] = list(parts[0])
    for pieces in parts[1:]:
        at = pieces[0].start if pieces else 0
        joined += [Put("\n\n", at, at, "restore.border"), *pieces]
    return joined


def _check_partition(name: str, doc: str, parts: Sequence[Sequence[Piece]], size: int) -> None:
    at = 0
    for start, end in sorted((p.start, p.end) for pieces in parts for p in pieces):
        if start != at or end < start:
            raise FilterError(f"{name}: pieces do not partition the text of {doc} at {at}")
        at = end
    if at != size or not parts:
        raise FilterError(f"{name}: pieces end at {at} of {size} characters of {doc}")
