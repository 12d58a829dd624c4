"""`clean score`: the signals of documents; nothing is dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from cleaner import recipe as recipes
from cleaner.cli.options import (
    Files,
    IdField,
    Out,
    Quiet,
    RecipeName,
    Rules,
    TextField,
    Workers,
    status_of,
    watched,
)
from cleaner.pipeline import Pipeline
from cleaner.stream import Settings
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
    files: Files = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Score the text as it is, not as it would be cleaned.")
    ] = False,
    out: Out = "-",
    recipe: RecipeName = "news-zh",
    rules: Rules = None,
    text_field: TextField = "text",
    id_field: IdField = "id",
    workers: Workers = 1,
    quiet: Quiet = False,
) -> int:
    """Add all signals to each record; change and drop nothing.

    The signals are those of the text as it would be cleaned, or (--raw) as it is.
    """
    shape = Shape(text_field, id_field, audit=True)
    settings = Settings(files or ("-",), out, None, None, shape, workers)
    outcome = watched(Scoring(recipe, raw, rules), settings, quiet=quiet)
    return status_of("clean score", outcome)
