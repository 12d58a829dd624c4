"""A benchmark as data: what runs, why, and what its figures must be.

One TOML file under `definitions/<room>/<name>.toml`:

    why = "…"                            what the figures prove, and any target that is missed
    run = "benchmarks.dedup:recall"      a function `(form) -> {figure: value}`
    kind = "quality"                     or "measure" (speed), or "compare" (against peers)
    data = false                         true: needs CLEANER_DATA; false: makes its own corpus
    gate = true                          true: quick enough (< 20 s) for every change
    forms = true                         true: native text and its NFKC form; the worse counts
    [floors]
    "near.recall" = { min = 0.98 }       what a figure must reach
    [expected]
    "exact.dropped" = 12                 what a figure must be, to the last digit
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Literal

Kind = Literal["quality", "measure", "compare"]
Form = Callable[[str], str]
Figures = dict[str, float]

FOLDER = Path(__file__).parent / "definitions"
_KEYS = {"why", "run", "kind", "data", "gate", "forms", "floors", "expected"}


@dataclass(frozen=True)
class Bound:
    """A figure must lie within [min, max]; None leaves that side open."""

    min: float | None = None
    max: float | None = None

    def holds(self, value: float) -> bool:
        """Whether `value` lies within; NaN never does."""
        low = self.min is None or value >= self.min
        high = self.max is None or value <= self.max
        return low and high and value == value

    def worse(self, one: float, other: float) -> float:
        """The one of two values that is nearer to breaking the bound."""
        if one != one or other != other:
            return float("nan")
        return min(one, other) if self.min is not None else max(one, other)

    def __str__(self) -> str:
        parts = [] if self.min is None else [f"≥ {self.min:g}"]
        return " ".join(parts + ([] if self.max is None else [f"≤ {self.max:g}"]))


@dataclass(frozen=True)
class Definition:
    """One benchmark; `name` is its path below `definitions/`."""

    name: str
    why: str
    run: str
    kind: Kind = "quality"
    data: bool = False
    gate: bool = False
    forms: bool = False
    floors: Mapping[str, Bound] = field(default_factory=dict)
    expected: Mapping[str, float] = field(default_factory=dict)

    def function(self) -> Callable[[Form], Figures]:
        """The function that `run` names; raises ImportError, AttributeError, ValueError."""
        module, _, attribute = self.run.partition(":")
        found: Callable[[Form], Figures] = getattr(import_module(module), attribute)
        return found


def read(path: Path, folder: Path = FOLDER) -> Definition:
    """One definition; raises ValueError that names the file."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        unknown = sorted(set(table) - _KEYS)
        if unknown or not {"why", "run"} <= set(table):
            raise ValueError(f"unknown {unknown}" if unknown else "no `why` or no `run`")
        floors = {key: Bound(**value) for key, value in table.pop("floors", {}).items()}
        name = path.relative_to(folder).with_suffix("").as_posix()
        return Definition(name=name, floors=floors, **table)
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def choose(
    names: Sequence[str] = (),
    kind: Kind | None = None,
    *,
    gate: bool = False,
    folder: Path = FOLDER,
) -> Iterator[Definition]:
    """The definitions under `folder`, by name; `names` are names or rooms."""
    for path in sorted(folder.rglob("*.toml")):
        found = read(path, folder)
        named = not names or any(
            found.name == name or found.name.startswith(f"{name.rstrip('/')}/") for name in names
        )
        if named and (kind is None or found.kind == kind) and (found.gate or not gate):
            yield found
