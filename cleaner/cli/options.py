"""What several commands ask in the same words, and what they do with a run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli import DAMAGED
from cleaner.io.inputs import STDIN
from cleaner.pipeline import Pipeline
from cleaner.stream import Outcome, Settings, run

INPUT, OUTPUT, RUN, DECIDE = "Input", "Output", "The run", "What is done"

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE",
        help="JSON lines (.jsonl), text (.txt, one document a file) or .parquet; also packed "
        "as .gz .zst .xz .bz2. Without a file, or with -, standard input.",
        show_default=False,
    ),
]
Out = Annotated[
    str,
    typer.Option(
        "-o", "--out", help="A file, or a folder/ for one file an input.", rich_help_panel=OUTPUT
    ),
]
RecipeName = Annotated[
    str,
    typer.Option(
        help="news-zh, web-zh, repair-only, dedup-only, fineweb2-zh, or a .toml file of your own.",
        rich_help_panel=DECIDE,
    ),
]
Limits = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SIGNAL=VALUE",
        help="The lowest value that passes, or of faults the highest; again for more signals.",
        rich_help_panel=DECIDE,
    ),
]
Rules = Annotated[
    Path | None,
    typer.Option(help="A folder with rules and lists of your own.", rich_help_panel=DECIDE),
]
Split = Annotated[
    bool | None,
    typer.Option(
        help="Split pages into their articles, or never.",
        rich_help_panel=DECIDE,
        show_default="the recipe says",
    ),
]
TextField = Annotated[
    str, typer.Option(help="The field that holds the text.", rich_help_panel=INPUT)
]
IdField = Annotated[
    str,
    typer.Option(
        help="The field that names a document; without it, file:line does.", rich_help_panel=INPUT
    ),
]
Workers = Annotated[
    int, typer.Option(min=0, help="Worker processes; 0 works in this one.", rich_help_panel=RUN)
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with an unfinished run, if there is one: files in, files out, not --best.",
        rich_help_panel=RUN,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.", rich_help_panel=RUN)]


def watched(make: Callable[[], Pipeline], settings: Settings, *, quiet: bool) -> Outcome:
    """A run with its progress on the terminal."""
    if STDIN in settings.inputs and sys.stdin.isatty():
        typer.echo("clean: reading from the terminal; name a FILE, or see clean --help", err=True)
    from cleaner.cli.progress import Progress

    with Progress(quiet=quiet) as progress:
        outcome = run(make, settings, progress.show)
        progress.done(outcome)
    return outcome


def status_of(program: str, outcome: Outcome) -> int:
    """The exit status of a run; what was wrong with inputs and filters is told on stderr."""
    tally = outcome.tally
    if tally.invalid and not tally.documents:
        reasons = ", ".join(tally.invalid_reasons)
        typer.echo(
            f"{program}: no line is a document: {reasons}; a line must be one JSON object with a "
            "text (see --text-field, and for other formats --format)",
            err=True,
        )
    if tally.errors:
        typer.echo(
            f"{program}: {tally.reasons.get('error', 0):,} documents were refused, since a filter "
            f"failed on them; the first: {tally.errors[0]}",
            err=True,
        )
    for path, what in sorted(outcome.damage.items()):
        typer.echo(f"{program}: {path}: {what}; all before was used", err=True)
    return DAMAGED if outcome.damage else 0
