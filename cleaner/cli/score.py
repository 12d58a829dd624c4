"""`clean score`: the signals of documents; nothing is dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from cleaner import recipe as recipes
from cleaner.pipeline import Pipeline
from cleaner.stream import Settings, run
from cleaner.stream.rows import Shape

EPILOG = """
[bold]Examples[/]

clean score page.jsonl | jq .clean.signals.news_coherence

clean score --raw in.jsonl.zst -o scored.jsonl
"""


@dataclass
class Scoring:
    """Builds the pipeline that scores: no limits, no dedup; `raw`: nothing is edited either."""

    recipe: str
    raw: bool
    rules: Path | None = None

    def __call__(self) -> Pipeline:
        full = recipes.load(self.recipe)
        pipe = Pipeline.from_recipe(replace(full, limits={}), rules=self.rules, split=False)
        pipe.dedup.clear()
        if self.raw:
            for stage in (pipe.repair, pipe.strip, pipe.restore):
                stage.clear()
        return pipe


def command(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="As for clean: .jsonl, .txt or .parquet, also packed; without one, stdin.",
            show_default=False,
        ),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Score the text as it is, not as it would be cleaned.")
    ] = False,
    out: Annotated[str, typer.Option("-o", "--out", help="A file, or a folder/.")] = "-",
    recipe: Annotated[
        str, typer.Option(help="Whose filters and signals: a name, or a .toml file.")
    ] = "news-zh",
    rules: Annotated[
        Path | None, typer.Option(help="A folder with rules and lists of your own.")
    ] = None,
    text_field: Annotated[str, typer.Option(help="The field that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="The field that names a document.")] = "id",
    workers: Annotated[int, typer.Option(min=0, help="Worker processes.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Add all signals to each record; change and drop nothing.

    The signals are those of the text as it would be cleaned, or (--raw) as it is.
    """
    from cleaner.cli.progress import Progress

    shape = Shape(text_field, id_field, audit=True)
    settings = Settings(files or ("-",), out, None, None, shape, workers)
    with Progress(quiet=quiet) as progress:
        outcome = run(Scoring(recipe, raw, rules), settings, progress.show)
        progress.done(outcome)
    for path, what in sorted(outcome.damage.items()):
        typer.echo(f"clean score: {path}: {what}; all before was used", err=True)
    return 3 if outcome.damage else 0
