"""Which outputs a run has, and which input goes where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import UsageError
from cleaner.io import parquet
from cleaner.io.inputs import DECODERS, STDIN, Format, check, format_of
from cleaner.io.outputs import STDOUT


@dataclass(frozen=True)
class Shard:
    """One input with the outputs for its rows; `size` in bytes, 0 if it is not known."""

    path: str
    name: str
    format: Format
    size: int
    out: str
    rejects: str | None


def plan(
    inputs: Sequence[str], out: str, rejects: str | None, fmt: Format | None = None
) -> list[Shard]:
    """The shards of a run; raises InputError and UsageError before anything is
    written, and CleanerError where Parquet is wanted and cannot be had.

    An output that ends in a slash, or is a folder, gets a file for each input.
    """
    shards = []
    for path in inputs or [STDIN]:
        shards.append(
            Shard(
                path=path,
                name="stdin" if path == STDIN else path,
                format=fmt or ("jsonl" if path == STDIN else format_of(path)),
                size=check(path),
                out=_target(path, out),
                rejects=_target(path, rejects) if rejects else None,
            )
        )
    _no_clash(shards, {out, rejects})
    targets = [path for shard in shards for path in (shard.out, shard.rejects) if path]
    if any(path.endswith(".parquet") for path in [*targets, *(s.path for s in shards)]):
        parquet.check()
    return shards


def is_folder(path: str) -> bool:
    """Whether an output names a folder for one file an input."""
    return path.endswith("/") or Path(path).is_dir()


def _target(path: str, out: str) -> str:
    if out == STDOUT or not is_folder(out):
        return out
    if path == STDIN:
        raise UsageError(f"{out}: standard input needs an output file, not a folder")
    return str(Path(out) / _named(Path(path).name))


def _named(name: str) -> str:
    """A text file becomes JSON lines; any other output is called like its input."""
    stem = Path(name)
    packing = stem.suffix if stem.suffix.lower() in DECODERS else ""
    bare = Path(name.removesuffix(packing))
    return f"{bare.stem}.jsonl{packing}" if bare.suffix.lower() == ".txt" else name


def _no_clash(shards: Sequence[Shard], single: set[str | None]) -> None:
    taken: dict[str, str] = {}
    inputs = {str(Path(shard.path).resolve()) for shard in shards if shard.path != STDIN}
    for shard in shards:
        for target in (shard.out, shard.rejects):
            if target is None or target == STDOUT:
                continue
            if str(Path(target).resolve()) in inputs:
                raise UsageError(f"{target}: is an input too; choose another output")
            other = taken.setdefault(target, shard.path)
            if other != shard.path and target not in single:
                raise UsageError(f"{target}: both {other} and {shard.path} go there; rename one")
    for shard in shards:
        if shard.out == shard.rejects and shard.out != STDOUT:
            raise UsageError(f"{shard.out}: kept and rejected lines go there; give two names")
