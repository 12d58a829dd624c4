"""What a run is asked for, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleaner.io.inputs import STDIN, Format
from cleaner.io.lines import CHUNK_BYTES
from cleaner.io.outputs import STDOUT
from cleaner.stream.account import Tally
from cleaner.stream.plan import Shard
from cleaner.stream.rows import Shape


@dataclass(frozen=True)
class Settings:
    """What a run reads and writes. `workers` 0 works in this very process.

    With `best` the better one of two twins stays by that signal, not the first one; such a run
    cannot be resumed. `checkpoint_every` counts chunks. It decides where compressed frames end, as
    `chunk_bytes` decides where chunks do: both belong to the identity of a run.
    """

    inputs: Sequence[str] = (STDIN,)
    out: str = STDOUT
    rejects: str | None = None
    format: Format | None = None
    shape: Shape = field(default_factory=Shape)
    workers: int = 1
    resume: bool = False
    best: str | None = None
    chunk_bytes: int = CHUNK_BYTES
    checkpoint_every: int = 32


@dataclass
class Outcome:
    """What a run did. `damage` says by input what was wrong with it."""

    identity: Mapping[str, Any]
    tally: Tally
    damage: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For `--stats`: everything but `speed` is the same however often a run is repeated,
        resumed, or spread over workers."""
        table = self.tally.as_dict()
        stages = table.pop("seconds")
        megabytes = self.tally.bytes_in / 1e6
        speed = {name: round(value, 3) for name, value in stages.items()}
        return {
            "identity": self.identity,
            "damage": dict(sorted(self.damage.items())),
            **table,
            "speed": {
                "seconds": round(self.seconds, 3),
                "mb_per_second": round(megabytes / self.seconds, 3) if self.seconds else 0.0,
                "stage_seconds": speed,
                "stage_mb_per_second": {
                    name: round(megabytes / value, 1) for name, value in stages.items() if value
                },
            },
        }


@dataclass(frozen=True)
class Snapshot:
    """How far a run is: for progress on a terminal."""

    shards: Sequence[Shard]
    shard: int
    consumed: int
    """Bytes of the present input that were read, as it lies on disk."""
    tally: Tally
