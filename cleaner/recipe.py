"""A recipe: which filters in which order, and the only place with limits."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"recipe {path}: {error}") from error
    return parse(path.stem, table, str(path))


def parse(name: str, table: Mapping[str, Any], where: str) -> Recipe:
    """The recipe that a TOML table stands for; `where` is named in errors."""
    unknown = set(table) - _KEYS
    if unknown:
        raise RecipeError(f"recipe {where}: unknown {sorted(unknown)}; known: {sorted(_KEYS)}")
    if not isinstance(table.get("filters"), Sequence) or isinstance(table["filters"], str):
        raise RecipeError(f'recipe {where}: no list `filters = ["repair.…", …]`')
    try:
        limits = {key: Limit(**value) for key, value in table.get("limits", {}).items()}
        run = Run(**table.get("run", {}))
    except TypeError as error:
        raise RecipeError(f"recipe {where}: {error}; write `signal = {{ min = 0.5 }}`") from error
    return Recipe(
        name=name,
        why=str(table.get("why", "")),
        filters=tuple(table["filters"]),
        options=table.get("options", {}),
        limits=limits,
        split=bool(table.get("split", True)),
        run=run,
    )
