"""`clean FILE…`: the main job."""

from __future__ import annotations

import functools
import json
import math
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import cleaner
from cleaner import recipe as recipes
from cleaner.cli.options import (
    DECIDE,
    INPUT,
    OUTPUT,
    Files,
    IdField,
    Limits,
    Out,
    Quiet,
    RecipeName,
    Resume,
    Rules,
    Split,
    TextField,
    Workers,
    status_of,
    watched,
)
from cleaner.errors import RecipeError, UsageError
from cleaner.io.files import save
from cleaner.pipeline import Pipeline
from cleaner.stream import Outcome, Settings
from cleaner.stream.rows import Shape

EPILOG = """
[bold]Examples[/]

clean page.jsonl > clean.jsonl

cat *.jsonl | clean > clean.jsonl

clean in/*.jsonl.zst -o out/ --rejects rejects/ --workers 2 --stats run.json --resume

clean explain page.jsonl:17

[bold]Other commands[/] (each has its own --help)

{commands}

[bold]Exit status[/]

0: all is done. 1: an input cannot be read, or an output cannot be written. 2: wrong use, recipe
or rule. 3: done, but an input was truncated or corrupt: all before the damage was used. 130:
interrupted. 141: nobody read the output.

[bold]Output[/]

A kept line is the input line with the cleaned text and one more field, `clean`: signals and the
number of edits. A rejected line is the raw input with `clean.reasons`; a line that is no document
goes to the rejects as `line`, `offset`, `raw`. Order is that of the input, and the bytes are the
same for any number of workers.
"""


def _version(value: bool) -> None:
    if value:
        typer.echo(f"clean {cleaner.__version__}")
        raise typer.Exit


def command(
    files: Files = None,
    out: Out = "-",
    rejects: Annotated[
        str | None,
        typer.Option(
            help="Where rejected lines go, with reasons: a file, or a folder/.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    stats: Annotated[
        Path | None,
        typer.Option(help="Write sums, rules and speed as JSON.", rich_help_panel=OUTPUT),
    ] = None,
    trace: Annotated[
        bool,
        typer.Option(
            "--trace", help="Add every change and the original text.", rich_help_panel=OUTPUT
        ),
    ] = False,
    audit: Annotated[
        bool,
        typer.Option(
            "--audit",
            help="Add signals and reasons; change and drop nothing.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    keep_all: Annotated[
        bool,
        typer.Option(
            "--keep-all",
            help="Clean everything and drop nothing; the reasons stand in the record.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    recipe: RecipeName = "news-zh",
    limit: Limits = None,
    rules: Rules = None,
    split: Split = None,
    best: Annotated[
        str | None,
        typer.Option(
            metavar="SIGNAL",
            help="Of near-duplicates the one with the highest SIGNAL stays, not the first.",
            rich_help_panel=DECIDE,
        ),
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Remember documents in this folder, and drop what former runs have kept.",
            rich_help_panel=DECIDE,
        ),
    ] = None,
    fmt: Annotated[
        str | None,
        typer.Option(
            "--format", help="jsonl or text, whatever the name says.", rich_help_panel=INPUT
        ),
    ] = None,
    text_field: TextField = "text",
    id_field: IdField = "id",
    workers: Workers = 1,
    resume: Resume = False,
    quiet: Quiet = False,
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> int:
    """Repair, strip, restore, score and deduplicate damaged Chinese web text.

    Clean, whole, coherent documents come out, with a reason for everything.
    """
    if fmt not in (None, "jsonl", "text"):
        raise typer.BadParameter(f"{fmt!r} is neither jsonl nor text", param_hint="--format")
    if audit and keep_all:
        raise typer.BadParameter("--audit and --keep-all exclude each other")
    if stats and str(stats) in (files or ()):
        raise UsageError(f"--stats {stats}: is an input too; choose another file")
    shape = Shape(text_field, id_field, trace, audit, keep_all)
    loaded = recipes.load(recipe).with_index(index) if index else recipes.load(recipe)
    make = functools.partial(
        Pipeline.from_recipe, loaded, limits=limits(limit or ()), split=split, rules=rules
    )
    settings = Settings(files or ("-",), out, rejects, fmt, shape, workers, resume, best)  # type: ignore[arg-type]
    outcome = watched(make, settings, quiet=quiet)
    if stats:
        write_stats(stats, outcome)
    return status_of("clean", outcome)


def limits(pairs: Any) -> dict[str, float]:
    """`SIGNAL=VALUE` words as a mapping; raises RecipeError."""
    found: dict[str, float] = {}
    for pair in pairs:
        signal, _, value = pair.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if math.isnan(number):
            raise RecipeError(f"--limit {pair}: write SIGNAL=NUMBER, as in han_share=0.5")
        found[signal.strip()] = number
    return found


def write_stats(path: Path, outcome: Outcome) -> None:
    """The outcome as JSON; `-` is standard error."""
    text = json.dumps(outcome.as_dict(), ensure_ascii=False, indent=1) + "\n"
    if str(path) == "-":
        sys.stderr.write(text)
        return
    save(path, text.encode("utf-8", "backslashreplace"))  # a lone surrogate in an id
