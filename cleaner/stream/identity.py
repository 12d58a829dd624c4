"""What makes two runs the same run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cleaner
from cleaner.io.inputs import STDIN
from cleaner.pipeline import Pipeline
from cleaner.stream.plan import Shard
from cleaner.stream.settings import Settings


def identity_of(pipe: Pipeline, shards: Sequence[Shard], settings: Settings) -> dict[str, Any]:
    """What must be equal for a run to be the same run."""
    return {
        "version": cleaner.__version__,
        "recipe": pipe.recipe.name,
        "recipe_hash": pipe.recipe.digest,
        "rules_hash": _rules_hash(pipe),
        "options": asdict(settings.shape),
        "inputs": [[shard.path, shard.size, _changed(shard.path)] for shard in shards],
        "outputs": sorted({path for s in shards for path in (s.out, s.rejects) if path}),
        "chunk_bytes": settings.chunk_bytes,
        "checkpoint_every": settings.checkpoint_every,
    }


def _rules_hash(pipe: Pipeline) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for folder in pipe.book.folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _changed(path: str) -> int:
    return 0 if path == STDIN else Path(path).stat().st_mtime_ns
