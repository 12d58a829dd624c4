"""`clean dedup`: duplicates alone, and what a threshold means before it is used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner import recipe as recipes
from cleaner.cli.options import (
    OUTPUT,
    RUN,
    Files,
    IdField,
    Out,
    Quiet,
    Resume,
    TextField,
    Workers,
    status_of,
    watched,
)
from cleaner.dedup.clusters import Noted, clusters
from cleaner.dedup.paragraphs import ParagraphCount, Paragraphs
from cleaner.dedup.plan import RECALL, Plan, plan
from cleaner.errors import RecipeError
from cleaner.io import records
from cleaner.io.files import save
from cleaner.pipeline import Pipeline
from cleaner.recipe import Recipe
from cleaner.stream import Settings
from cleaner.stream.rows import Shape

EPILOG = """
[bold]Examples[/]

clean dedup in.jsonl -o out.jsonl --rejects twins.jsonl --clusters clusters.jsonl

clean dedup today/*.jsonl.zst -o out/ --index seen/

clean dedup --count-paragraphs often.npy --pages 20 --after news-zh crawl/*.jsonl.zst

clean dedup --plan --threshold 0.7
"""

_WHAT = "What counts as a duplicate"
_PARAGRAPHS = "Paragraphs across pages"


@dataclass
class _Maker:
    """Builds the pipeline; the one of this process stays at hand for its notes."""

    recipe: Recipe
    noted: bool
    pipe: Pipeline | None = field(default=None, repr=False)

    def __call__(self) -> Pipeline:
        pipe = self.pipe = Pipeline.from_recipe(self.recipe)
        if self.noted:
            pipe.dedup[:] = [Noted(index) for index in pipe.dedup]
        return pipe

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "pipe": None}


def command(
    files: Files = None,
    threshold: Annotated[
        float,
        typer.Option(help="Similarity from which on a document is dropped.", rich_help_panel=_WHAT),
    ] = 0.8,
    ngram: Annotated[
        int, typer.Option("--ngram", min=1, help="Characters a shingle.", rich_help_panel=_WHAT)
    ] = 5,
    ignore: Annotated[
        str,
        typer.Option(
            help="What plays no part: words out of space, punctuation, digit.",
            rich_help_panel=_WHAT,
        ),
    ] = "space,punctuation",
    recall: Annotated[
        float,
        typer.Option(
            help="Share of pairs just above the threshold to find.", rich_help_panel=_WHAT
        ),
    ] = RECALL,
    measure: Annotated[
        str,
        typer.Option(
            help="jaccard; or containment: the share of the shorter text in the longer one.",
            rich_help_panel=_WHAT,
        ),
    ] = "jaccard",
    best: Annotated[
        str | None,
        typer.Option(
            metavar="SIGNAL",
            help="Of twins the one with the highest SIGNAL stays, not the first; as length.",
            rich_help_panel=_WHAT,
        ),
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option(
            help="A folder that remembers documents from run to run.", rich_help_panel=RUN
        ),
    ] = None,
    out: Out = "-",
    rejects: Annotated[
        str | None,
        typer.Option(
            help="Where duplicates go, each with its twin: a file, or a folder/.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    cluster_file: Annotated[
        Path | None,
        typer.Option(
            "--clusters",
            help="Write representatives with their members as JSON lines.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    count: Annotated[
        Path | None,
        typer.Option(
            "--count-paragraphs",
            metavar="TABLE",
            help="Write no documents, but a table of the paragraphs that stand on many pages.",
            rich_help_panel=_PARAGRAPHS,
        ),
    ] = None,
    pages: Annotated[
        int,
        typer.Option(min=2, help="On so many pages, copies apart.", rich_help_panel=_PARAGRAPHS),
    ] = 10,
    after: Annotated[
        str,
        typer.Option(
            metavar="RECIPE",
            help="Count what the repair and strip filters of this recipe leave.",
            rich_help_panel=_PARAGRAPHS,
        ),
    ] = "dedup-only",
    paragraphs: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="Strip the paragraphs of such a table, but where each stood first.",
            rich_help_panel=_PARAGRAPHS,
        ),
    ] = None,
    show_plan: Annotated[
        bool,
        typer.Option(
            "--plan",
            help="Read nothing; show bands, expected recall and cost of the threshold.",
            rich_help_panel=RUN,
        ),
    ] = False,
    text_field: TextField = "text",
    id_field: IdField = "id",
    workers: Workers = 1,
    resume: Resume = False,
    quiet: Quiet = False,
) -> int:
    """Drop exact and near duplicates, change nothing else, and name the twin of each.

    The first of two twins stays, or the best (--best). Candidates are found by MinHash and verified
    exactly.
    """
    options = {"threshold": threshold, "n": ngram, "ignore": ignore.split(","), "recall": recall}
    options["measure"] = measure
    if show_plan:
        typer.echo("\n".join(_described(_plan(threshold, recall))))
        return 0
    recipe = _recipe(options, index, paragraphs)
    if count:
        recipe, out = _counting(recipe, after), os.devnull
    maker = _Maker(recipe, noted=cluster_file is not None)
    shape = Shape(text_field, id_field)
    settings = Settings(files or ("-",), out, rejects, None, shape, workers, resume, best)
    outcome = watched(maker, settings, quiet=quiet)
    if cluster_file:
        _write_clusters(cluster_file, maker.pipe)
    if count:
        _write_table(count, pages, maker.pipe)
    return status_of("clean dedup", outcome)


def _recipe(options: dict[str, Any], index: Path | None, paragraphs: Path | None) -> Recipe:
    recipe = recipes.load("dedup-only").with_options("dedup.near", **options)
    if index is not None:
        recipe = recipe.with_index(index)
    if paragraphs is not None:
        recipe = replace(recipe, filters=(Paragraphs.name, *recipe.filters))
        recipe = recipe.with_options(Paragraphs.name, table=str(paragraphs))
    return recipe


def _counting(recipe: Recipe, after: str) -> Recipe:
    """The recipe that counts paragraphs: of what another one leaves, twins apart."""
    other = recipes.load(after)
    edits = [name for name in other.filters if name.startswith(("repair.", "strip."))]
    filters = (*edits, *recipe.filters, ParagraphCount.name)
    return replace(recipe, filters=filters, options={**other.options, **recipe.options})


def _write_table(path: Path, pages: int, pipe: Pipeline | None) -> None:
    indexes: Sequence[Any] = pipe.dedup if pipe else ()
    for index in indexes:
        if isinstance(index, ParagraphCount):
            found = index.save(path, pages)
            typer.echo(f"clean dedup: {found} paragraphs on {pages} pages or more", err=True)


def _write_clusters(path: Path, pipe: Pipeline | None) -> None:
    indexes: Sequence[Any] = pipe.dedup if pipe else ()
    notes = [note for index in indexes if isinstance(index, Noted) for note in index.notes]
    save(path, b"".join(records.dumps(cluster) + b"\n" for cluster in clusters(notes)))


def _plan(threshold: float, recall: float) -> Plan:
    try:
        return plan(threshold, recall=recall)
    except ValueError as error:
        raise RecipeError(str(error)) from error


def _described(found: Plan) -> list[str]:
    """What `--plan` prints."""
    least, most = found.memory
    lines = [
        f"threshold {found.threshold:g}: {found.bands} bands of {found.rows} rows "
        f"out of {found.slots} slots",
        "",
        "similarity   found",
    ]
    for percent in range(10, 101, 5):
        share = found.found(percent / 100)
        mark = " <- threshold" if abs(percent / 100 - found.threshold) < 1e-9 else ""
        lines.append(f"      {percent / 100:.2f}   {share:6.2%} {'#' * round(40 * share)}{mark}")
    return [
        *lines,
        "",
        f"expected recall just above the threshold: {found.recall:.2%}",
        f"pairs below it that are verified in vain: {found.false_candidates:.2%}, if spread evenly",
        f"memory a kept document: {least:.0f} bytes, up to {most:.0f} while the table grows",
        f"disk a kept document: {found.disk} bytes, its id, and 2 bytes a character "
        "(--index: about twice that)",
    ]
