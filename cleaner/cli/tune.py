"""`clean tune`: limits that fit documents of your own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from cleaner import recipe as recipes
from cleaner.cli.score import Scoring
from cleaner.errors import InputError, OutputError, UsageError
from cleaner.pipeline import Pipeline
from cleaner.train.texts import rows
from cleaner.train.tune import Fit, Share, as_toml, fits, measured, tuned

EPILOG = """
[bold]Examples[/]

clean tune judged.jsonl --label-field ok --good true

clean tune --good-file good.jsonl --bad-file bad.jsonl --precision 0.95 -o mine.toml

clean --recipe mine.toml in.jsonl > out.jsonl
"""

_GOOD = {"1", "true", "good", "keep", "news", "yes"}


def command(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="JSON lines with a label.", show_default=False),
    ] = None,
    good_file: Annotated[
        list[str] | None, typer.Option(help="A file of good documents; again for more.")
    ] = None,
    bad_file: Annotated[
        list[str] | None, typer.Option(help="A file of bad documents; again for more.")
    ] = None,
    label_field: Annotated[str, typer.Option(help="The field with the label.")] = "label",
    good: Annotated[
        str | None,
        typer.Option(
            help="The label of good documents.",
            show_default="1, true, good, keep, news or yes",
        ),
    ] = None,
    keep: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of the good that must pass.")
    ] = 0.99,
    precision: Annotated[
        float | None,
        typer.Option(
            min=0.0, max=1.0, help="Instead: share of the good among what passes, at least."
        ),
    ] = None,
    signals: Annotated[
        str, typer.Option("--signals", help="Signals whose limits are set, by commas.")
    ] = "news_coherence",
    raw: Annotated[bool, typer.Option("--raw", help="Judge the texts as they are.")] = False,
    recipe: Annotated[str, typer.Option(help="The recipe to start from.")] = "news-zh",
    text_field: Annotated[str, typer.Option(help="The field that holds the text.")] = "text",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where the tuned recipe goes (.toml).")
    ] = None,
) -> int:
    """How well each signal tells your good documents from your bad ones, and a limit for it.

    Shares stand with their 95 % interval. The last row is the verdict of the recipe as it is.
    """
    texts, truth = _judged(
        files or [], good_file or [], bad_file or [], label_field, good, text_field
    )
    pipe = Scoring(recipe, raw)()
    sides = {signal: side for item in pipe.score for signal, side in item.names.items()}
    chosen = [name.strip() for name in signals.split(",")]
    if unknown := sorted(set(chosen) - set(sides)):
        raise UsageError(f"--signals: no such signal: {', '.join(unknown)}")
    values, _ = measured(pipe, texts)
    found = fits(values, sides, truth, keep=None if precision else keep, precision=precision)
    if silent := sorted(set(chosen) - {fit.signal for fit in found}):
        raise InputError(f"--signals: {', '.join(silent)}: some documents have no value")
    typer.echo("\n".join(_table(found, _verdict(recipe, raw, texts, truth))))
    if out:
        base = recipes.load(recipe)
        goal = f"precision {precision:g}" if precision else f"keeps {keep:g} of the good"
        why = f"{base.why}; tuned on {len(texts)} documents: {goal}"
        try:
            out.write_text(as_toml(base, tuned(base, found, chosen), why), "utf-8")
        except OSError as error:
            raise OutputError(f"{out}: cannot be written: {error.strerror}") from error
    return 0


def _judged(
    files: Sequence[str],
    good_files: Sequence[str],
    bad_files: Sequence[str],
    field: str,
    good: str | None,
    text_field: str,
) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Texts, and which of them are good."""
    wanted = {good.lower()} if good is not None else _GOOD
    texts: list[str] = []
    truth: list[bool] = []
    sources = [(files, None), (good_files, True), (bad_files, False)]
    for paths, known in sources:
        for row in rows(paths):
            text = row.get(text_field)
            if isinstance(text, str) and (known is not None or field in row):
                texts.append(text)
                truth.append(known if known is not None else str(row[field]).lower() in wanted)
    if not texts:
        raise InputError(
            "no judged documents: give JSON lines with a label, or --good-file and --bad-file"
        )
    return texts, np.array(truth, np.bool_)


def _verdict(
    recipe: str, raw: bool, texts: Sequence[str], truth: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Share, Share]:
    """What the limits of the recipe keep of the good, and the precision of what they keep."""
    scoring = Scoring(recipe, raw)()
    pipe = Pipeline.from_recipe(recipe, split=False)
    for stage in ("repair", "strip", "restore", "dedup"):
        getattr(pipe, stage)[:] = getattr(scoring, stage)
    _, kept = measured(pipe, texts)
    right = int((kept & truth).sum())
    return Share.of(right, int(truth.sum())), Share.of(right, int(kept.sum()))


def _table(found: Sequence[Fit], verdict: tuple[Share, Share]) -> Iterator[str]:
    yield f"{'signal':22} {'AUC':>6} {'AP':>6} {'ECE':>6} {'limit':>14}  good kept / precision"
    for fit in found:
        limit = "none reaches it" if fit.limit is None else f"{fit.side} {fit.limit:.4g}"
        error = "" if np.isnan(fit.calibration) else f"{fit.calibration:.3f}"
        yield (
            f"{fit.signal:22} {fit.auc:6.3f} {fit.average_precision:6.3f} {error:>6} {limit:>14}  "
            f"{fit.kept} / {fit.precision}"
        )
    yield f"{'verdict of the recipe':22} {'':6} {'':6} {'':6} {'':>14}  {verdict[0]} / {verdict[1]}"
