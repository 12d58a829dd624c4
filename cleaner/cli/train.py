"""`clean train news|coherence|lm`: models from documents of your own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cleaner.errors import InputError, OutputError, UsageError

EPILOG = """
[bold]Examples[/]

clean train news --positive news/*.jsonl.zst --negative other.jsonl -o mine.zst --report mine.json

In a recipe, under \\[options]: "score.news" = { model = "mine.zst" }

clean train coherence --positive news/*.jsonl.zst --negative other.jsonl -o coherence.zst
"""


_LEAST = 100
"""Articles for a model of coherence that is one in name only; ten thousands make a good one."""


def command(
    what: Annotated[Literal["news", "coherence", "lm"], typer.Argument(help="Which model.")],
    positive: Annotated[list[str], typer.Option(help="Files of good documents; again for more.")],
    negative: Annotated[
        list[str] | None, typer.Option(help="Files of the other documents (not for lm).")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the model goes.")] = Path(
        "model.zst"
    ),
    report: Annotated[
        Path | None, typer.Option(help="Write data, splits and figures as JSON.")
    ] = None,
    source_field: Annotated[
        str, typer.Option(help="The field that names the source of good documents.")
    ] = "source",
    kind_field: Annotated[
        str, typer.Option(help="The field that names the kind of the others.")
    ] = "label",
    text_field: Annotated[str, typer.Option(help="The field that holds the text.")] = "text",
    seed: Annotated[int, typer.Option(help="The same seed and data give the same bytes.")] = 0,
    leave_out: Annotated[
        bool, typer.Option(help="Also measure each source and kind left out in turn.")
    ] = True,
) -> int:
    """Train a model, and say how good it is on documents that it has not seen."""
    from cleaner.train.texts import groups

    if what != "lm" and not negative:
        raise UsageError(f"train {what}: give --negative files, too")
    good = groups(positive, source_field, text_field)
    other = groups(negative or [], kind_field, text_field)
    if what == "news":
        data, figures = _news(good, other, seed, leave_out)
    elif what == "coherence":
        data, figures = _coherence(good, other, seed)
    else:
        data, figures = _lm(good, out)
    try:
        out.write_bytes(data)
        if report:
            report.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise OutputError(f"{error.filename}: cannot be written: {error.strerror}") from error
    for name, value in figures["figures"].items():
        typer.echo(f"{name:40} {value:.4f}")
    typer.echo(f"{out}: {len(data):,} bytes")
    return 0


def _news(
    good: Mapping[str, list[str]], other: Mapping[str, list[str]], seed: int, leave_out: bool
) -> tuple[bytes, dict[str, Any]]:
    from cleaner.models.news import to_bytes
    from cleaner.train.news import train_news

    trained = train_news(good, other, seed=seed, leave_out=leave_out)
    data = {
        "good": {name: len(texts) for name, texts in good.items()},
        "other": {name: len(texts) for name, texts in other.items()},
        "held_back": "one text in five",
        "seed": seed,
    }
    return to_bytes(trained.model), {"data": data, "figures": dict(trained.figures)}


def _coherence(
    good: Mapping[str, list[str]], other: Mapping[str, list[str]], seed: int
) -> tuple[bytes, dict[str, Any]]:
    """Tables from seven articles of ten, weights from two, figures from the last."""
    if (count := sum(map(len, good.values()))) < _LEAST:
        raise InputError(f"train coherence: {count} articles; it takes {_LEAST} at the least")
    from cleaner.train.ablation import ablation
    from cleaner.train.coherence import Settings, train_coherence
    from cleaner.train.pyramid import with_pyramid

    parts: list[dict[str, list[str]]] = [
        {
            name: texts[len(texts) * low // 10 : len(texts) * high // 10]
            for name, texts in good.items()
        }
        for low, high in ((0, 7), (7, 9), (9, 10))
    ]
    curves: list[str] = []

    def report(text: str) -> None:
        curves.append(text)
        typer.echo(text, err=True)

    model = train_coherence(parts[0], parts[1], Settings(seed=seed), report)
    model = with_pyramid(model, parts[1], other, seed)
    splits = ("tables", "weights", "figures")
    data = {
        split: {name: len(texts) for name, texts in part.items()}
        for split, part in zip(splits, parts, strict=True)
    }
    data["other"] = {name: len(texts) for name, texts in other.items()}
    facts = {"data": {**data, "seed": seed}, "curves": curves}
    return model.to_bytes(), {**facts, "figures": ablation(model, parts[2], seed)}


def _lm(good: Mapping[str, list[str]], out: Path) -> tuple[bytes, dict[str, Any]]:
    from cleaner.train.lm import save, train

    texts = [text for group in good.values() for text in group]
    save(train(texts), out)
    return out.read_bytes(), {"data": {"texts": len(texts)}, "figures": {}}
