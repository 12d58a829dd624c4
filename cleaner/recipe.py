"""A recipe: which filters in which order, and the only place with limits."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cleaner.errors import RecipeError
from cleaner.rule_files import shipped
from cleaner.verdict import Limit

_KEYS = {"why", "filters", "options", "limits", "split", "run"}


@dataclass(frozen=True)
class Run:
    """Limits on a single document while it is worked on."""

    max_chars: int = 20_000_000
    max_seconds: float = 60.0


@dataclass(frozen=True)
class Recipe:
    """What a TOML file under `rules/recipes` says."""

    name: str
    why: str
    filters: tuple[str, ...]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    split: bool = True
    run: Run = Run()

    @property
    def digest(self) -> str:
        """A hash of everything that the recipe says, for statistics and `--resume`."""
        return hashlib.blake2b(repr(self).encode(), digest_size=8).hexdigest()

    def with_options(self, name: str, **options: Any) -> Recipe:
        """The recipe with some options of one filter replaced."""
        merged = {**self.options.get(name, {}), **options}
        return replace(self, options={**self.options, name: merged})

    def with_index(self, folder: Path) -> Recipe:
        """The recipe with dedup that remembers documents from run to run in `folder`.

        Raises RecipeError where the recipe has none that could.
        """
        able = [name for name in self.filters if name in ("dedup.exact", "dedup.near")]
        if not able:
            raise RecipeError(f"--index: recipe {self.name} compares no documents; add dedup.near")
        recipe = self
        for name in able:
            recipe = recipe.with_options(name, index=str(folder))
        return recipe


def shipped_names() -> tuple[str, ...]:
    """The recipes that come with the package."""
    return tuple(sorted(path.stem for path in (shipped() / "recipes").glob("*.toml")))


def load(name: str | Path) -> Recipe:
    """A shipped recipe by its name, or one of your own by the path of its TOML file."""
    path = Path(name)
    if path.suffix != ".toml":
        path = shipped() / "recipes" / f"{name}.toml"
        if not path.is_file():
            known = ", ".join(shipped_names())
            raise RecipeError(f"no recipe {str(name)!r}; there are {known}, or give a .toml file")
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise RecipeError(f"recipe {path}: no such file; look at the name") from error
    except OSError as error:
        raise RecipeError(f"recipe {path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"recipe {path}: {error}; mend the file") from error
    return parse(path.stem, table, str(path))


def parse(name: str, table: Mapping[str, Any], where: str) -> Recipe:
    """The recipe that a TOML table stands for; `where` is named in errors."""
    try:
        _check(table)
        limits = {key: _limit(key, value) for key, value in table.get("limits", {}).items()}
        run = _run(table.get("run", {}))
    except ValueError as error:
        raise RecipeError(f"recipe {where}: {error}") from error
    return Recipe(
        name=name,
        why=str(table.get("why", "")),
        filters=tuple(table["filters"]),
        options=table.get("options", {}),
        limits=limits,
        split=table.get("split", True),
        run=run,
    )


def _check(table: Mapping[str, Any]) -> None:
    """Raises ValueError for what a recipe must not hold."""
    if unknown := sorted(set(table) - _KEYS):
        raise ValueError(f"unknown {unknown}; known: {sorted(_KEYS)}")
    filters = table.get("filters")
    if not isinstance(filters, list) or not all(isinstance(name, str) for name in filters):
        raise ValueError('no list `filters = ["repair.…", …]`')
    if not isinstance(table.get("split", True), bool):
        raise ValueError(f"split = {table['split']!r}; write true or false")
    for key in ("options", "limits", "run"):
        if not isinstance(table.get(key, {}), dict):
            raise ValueError(f"{key} = {table[key]!r}; write a table, [{key}]")
    for name, options in table.get("options", {}).items():
        if name not in filters or not isinstance(options, dict):
            raise ValueError(
                f"options for {name!r}, which is none of its filters; "
                'write [options."stage.name"], with the quotes, for one of them'
            )


def _limit(signal: str, value: Any) -> Limit:
    sides = value if isinstance(value, dict) else {}
    numbers = all(isinstance(side, int | float) for side in sides.values())
    if not sides or not set(sides) <= {"min", "max"} or not numbers:
        raise ValueError(f"limit {signal} = {value!r}; write {signal} = {{ min = 0.5 }}, or max")
    limit = Limit(**sides)
    if limit.min is not None and limit.max is not None and limit.min > limit.max:
        raise ValueError(f"limit {signal}: nothing lies between {limit.min} and {limit.max}")
    return limit


def _run(table: Mapping[str, Any]) -> Run:
    known = asdict(Run())
    for key, value in table.items():
        if key not in known:
            raise ValueError(f"run: unknown {key!r}; known: {', '.join(known)}")
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            raise ValueError(f"run: {key} = {value!r}; write a number above 0")
    return Run(**table)
