"""`clean explain FILE:LINE`: what was changed and why, in colour, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cleaner.batch import Batch
from cleaner.cli.clean import limits
from cleaner.cli.options import IdField, Limits, RecipeName, Rules, Split, TextField
from cleaner.document import Change, Document, Keep, Put, Reason
from cleaner.errors import UsageError
from cleaner.io.inputs import format_of
from cleaner.pipeline import Pipeline
from cleaner.stream.read import document_at
from cleaner.stream.rows import Shape
from cleaner.verdict import Limit

EPILOG = """
[bold]Examples[/]

clean explain page.jsonl:17

clean explain notes.txt --recipe web-zh
"""

_AROUND = 16
"""Characters shown on either side of an edit."""
_LONG = 400
"""A longer deletion is shown by its beginning and its end."""
_GONE, _NEW, _QUIET = "red strike", "green", "dim"

Marks = tuple[str, str, str, str]
_PLAIN: Marks = ("[-", "-]", "{+", "+}")
"""What stands around deleted and new text where there is no colour."""


def command(
    where: Annotated[
        str,
        typer.Argument(
            metavar="FILE[:LINE]", help="As page.jsonl:17, counted from 1; of a text file no line."
        ),
    ],
    recipe: RecipeName = "news-zh",
    limit: Limits = None,
    rules: Rules = None,
    split: Split = None,
    text_field: TextField = "text",
    id_field: IdField = "id",
) -> None:
    """Show what is changed in one document and why, its signals against their limits, and the
    text before and after. It is compared with no other document: duplicates are not seen."""
    path, line = place(where)
    pipe = Pipeline.from_recipe(recipe, limits=limits(limit or ()), split=split, rules=rules)
    before = document_at(path, line or 1, Shape(text_field, id_field))
    if line is None and format_of(path) != "text":
        typer.echo(f"clean explain: this is line 1; another is named by {path}:LINE", err=True)
    console = Console(highlight=False, soft_wrap=True)
    marks = ("",) * 4 if console.color_system else _PLAIN
    docs = pipe.clean([before]).docs
    for doc in docs:
        console.print(*_verdict(doc), sep="\n")
        console.print()
        console.print(*_changes(doc, marks), sep="\n")
        console.print(_signals(doc, pipe))
        console.print(*_evidence(doc, pipe), sep="\n")
    console.rule("before", style=_QUIET)
    console.print(_marked(before.text, docs, marks))
    for doc in docs:
        console.rule(f"after: {doc.id}", style=_QUIET)
        console.print(Text(doc.text))


def place(where: str) -> tuple[str, int | None]:
    """The file and the line that FILE:LINE names; no line where it names none."""
    path, colon, line = where.rpartition(":")
    if not colon or Path(where).exists() or not (line.isdigit() or Path(path).is_file()):
        return where, None
    if not line.isdigit() or int(line) < 1:
        raise UsageError(f"{where}: {line!r} is no line; lines are counted from 1")
    return path, int(line)


def _verdict(doc: Document) -> Iterator[Text]:
    word, style = ("kept", "bold green") if doc.kept else ("rejected", "bold red")
    yield Text.assemble((doc.id, "bold"), "  ", (word, style), f"  {doc.edits} edits")
    for reason in doc.reasons:
        yield Text.assemble(
            "  ", ("because ", _QUIET), _because(reason), (f"  {reason.filter}", _QUIET)
        )


def _because(reason: Reason) -> Text:
    value = "" if reason.value is None else f" = {reason.value:g}"
    limit = "" if reason.limit is None else f", limit {reason.limit:g}"
    return Text(f"{reason.signal}{value}{limit}", style="red")


def _changes(doc: Document, marks: Marks) -> Iterator[Text]:
    for number, change in enumerate(doc.changes):
        yield Text.assemble((change.filter, "bold cyan"))
        if not change.puts:
            yield Text(f"  takes {_lines(change)}")
        for put in change.puts:
            start, _ = _back(doc.changes[:number], put.start, put.end)
            yield from _put(change.source, put, doc.original.count("\n", 0, start) + 1, marks)


def _lines(change: Change) -> str:
    """The lines of the source that a change only takes, as a part takes its own of a page."""
    spans = [
        [change.source.count("\n", 0, at) + 1 for at in (piece.start, max(0, piece.end - 1))]
        for piece in change.pieces
    ]
    return ", ".join(f"lines {first} to {last}" for first, last in spans)


def _put(source: str, put: Put, line: int, marks: Marks) -> Iterator[Text]:
    """An edit in its surroundings, and on which line of the original it stands."""
    sure = "" if put.confidence >= 1 else f" {put.confidence:.2f}"
    yield Text.assemble(f"  line {line}: ", (f"{put.rule}{sure}", _QUIET))
    yield Text.assemble(
        "    ",
        (_shown(source[max(0, put.start - _AROUND) : put.start]), _QUIET),
        (_around(_shown(source[put.start : put.end]), marks[:2]), _GONE),
        (_around(_shown(put.text), marks[2:]) if put.end > put.start or put.text else "‖", _NEW),
        (_shown(source[put.end : put.end + _AROUND]), _QUIET),
    )


def _around(text: str, marks: Sequence[str]) -> str:
    return f"{marks[0]}{text}{marks[1]}" if text else ""


def _shown(text: str) -> str:
    """One line that shows what cannot be seen: breaks, and characters without a width."""
    if len(text) > _LONG:
        text = f"{text[: _LONG // 2]} … {text[-_LONG // 2 :]}"
    text = text.replace("\n", "⏎")
    return "".join(c if c.isprintable() else f"⟨{ord(c):04X}⟩" for c in text)


def _signals(doc: Document, pipe: Pipeline) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=_QUIET)
    for name in ("signal", "value", "limit", "by"):
        table.add_column(name)
    broken = {reason.signal for reason in doc.reasons}
    for name, value in doc.signals.items():
        style = "red" if name in broken else ""
        bound = _bound(pipe.recipe.limits.get(name))
        table.add_row(name, f"{value:g}", bound, pipe.owners[name], style=style)
    return table


def _bound(limit: Limit | None) -> str:
    if limit is None:
        return ""
    parts = [] if limit.min is None else [f"at least {limit.min:g}"]
    return ", ".join(parts + ([] if limit.max is None else [f"at most {limit.max:g}"]))


def _evidence(doc: Document, pipe: Pipeline) -> Iterator[Text]:
    view = Batch([doc], pipe.book.automaton).view(0)
    titled: set[str] = set()
    for scorer in pipe.score:
        for start, end, signal, note in scorer.evidence(view):
            whole = end - start >= len(doc.text)
            if whole and signal not in titled:
                titled.add(signal)
                yield Text(f"  what lowers {signal}, before it is calibrated:")
            spot = "" if whole else f"  {_shown(doc.text[start:end][:60])}"
            yield Text.assemble(f"    {note}" if whole else f"  {signal}: {note}", (spot, _QUIET))


def _marked(text: str, docs: Iterable[Document], marks: Marks) -> Text:
    """The text as it came in; what reached no document is struck out."""
    kept = [False] * len(text)
    for doc in docs:
        for start, end in _kept_ranges(doc):
            kept[start:end] = [True] * (end - start)
    shown = Text()
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and kept[end] == kept[at]:
            end += 1
        part = text[at:end]
        shown.append(part if kept[at] else _around(part, marks), style="" if kept[at] else _GONE)
        at = end
    return shown


def _kept_ranges(doc: Document) -> list[tuple[int, int]]:
    """Ranges of the original that every change carried over."""
    ranges = [(0, len(doc.original))]
    for number, change in enumerate(doc.changes):
        keeps = [(p.start, p.end) for p in change.pieces if isinstance(p, Keep)]
        earlier = doc.changes[:number]
        mapped = [_back(earlier, start, end) for start, end in keeps]
        ranges = _both(ranges, sorted(mapped))
    return ranges


def _back(changes: tuple[Change, ...], start: int, end: int) -> tuple[int, int]:
    for change in reversed(changes):
        start, end = change.to_source(start, end)
    return start, end


def _both(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What two sorted lists of ranges have in common."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found
