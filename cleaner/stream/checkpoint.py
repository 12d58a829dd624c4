"""Where a run stands: written to disk now and then, read by `--resume`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cleaner.errors import InputError, cause
from cleaner.io import files

_NAME = "checkpoint.json"


@dataclass(frozen=True)
class Checkpoint:
    """All that a run needs to go on.

    `identity` is what must be equal for a run to be the same: version, recipe, options,
    inputs. `shard`, `line`, `offset` name the first line that is not done. `lengths` are those
    of the outputs that are open, `whole` lists outputs that may have their name.
    """

    identity: Mapping[str, Any]
    shard: int
    line: int
    offset: int
    chunks: int
    lengths: Mapping[str, int]
    whole: list[str]
    indexes: Mapping[str, Any]
    tally: Mapping[str, Any]
    damage: Mapping[str, str] = field(default_factory=dict)


def folder_of(out: str, *, many: bool) -> Path:
    """Where the run of an output keeps its state."""
    return Path(out) / ".clean-run" if many else Path(out).with_name(f".{Path(out).name}.run")


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint so that at any moment the old one or the new one is whole."""
    files.save(folder / _NAME, json.dumps(asdict(checkpoint), ensure_ascii=True).encode())


def load(folder: Path, identity: Mapping[str, Any]) -> Checkpoint | None:
    """The checkpoint of an unfinished run, None if there is none.

    Raises InputError that names what differs when it belongs to another run.
    """
    path = folder / _NAME
    if not path.is_file():
        return None
    try:
        found = Checkpoint(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{path}: cannot be read: {cause(error)}; run without --resume") from error
    now = json.loads(json.dumps(identity))
    for key in sorted({*now, *found.identity}):
        then = found.identity.get(key)
        if now.get(key) != then:
            raise InputError(
                f"--resume: {key} differs from the unfinished run ({_brief(then)} then, "
                f"{_brief(now.get(key))} now); run without --resume to start anew"
            )
    return found


def clear(folder: Path) -> None:
    """Forget the state of a run: at one moment it is all there, at the next nothing is."""
    gone = folder.with_name(f"{folder.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    if folder.exists():
        with files.writing(folder):
            folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"
