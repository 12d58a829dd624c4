"""Rule files: what stands in one, and what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import regex

from cleaner.errors import RuleError
from cleaner.kernels.literals import searchable

Scope = Literal["line", "inline"]
Where = Literal["head", "tail", "any"]

STAGES = ("repair", "strip", "restore", "score")
"""The folders that hold rules."""

_TEXT = (str, '"a text"')
_TEXTS = (list, '["texts", "in a list"]')
_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "why": _TEXT,
    "source": _TEXT,
    "literals": _TEXTS,
    "lists": _TEXTS,
    "words": _TEXTS,
    "pattern": _TEXT,
    "scope": _TEXT,
    "where": _TEXT,
    "longest": (int, "80"),
    "put": _TEXT,
    "confidence": ((int, float), "0.9"),
    "hits": _TEXTS,
    "near_misses": _TEXTS,
    "options": (dict, "{ name = 0.5 }"),
}
"""What a rule file may hold: of which type, and how it is written."""


@dataclass(frozen=True)
class Rule:
    """One rule file. Its id is its path: `rules/strip/chrome/share.toml` is
    `strip.chrome.share`, and belongs to the filter `strip.chrome`.

    `longest` is the length of the longest line that the rule looks at, blanks at its ends
    included; 0 sets no limit. A short one keeps clean documents away from the pattern. `words`
    are those of lists that a filter looks for by itself: everyday words, of which the automaton
    would find too many. `expression` is the pattern as text, its parts filled in: most runs meet
    few of the rules, so a pattern is compiled when it is first asked for.
    """

    id: str
    why: str
    source: str
    literals: tuple[str, ...]
    words: tuple[str, ...] = ()
    expression: str | None = None
    scope: Scope = "line"
    where: Where = "any"
    put: str = ""
    confidence: float = 1.0
    longest: int = 0
    hits: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def pattern(self) -> regex.Pattern[str] | None:
        """What the rule matches beside its literals, in verbose form; raises `regex.error`."""
        if self.expression is None:
            return None
        return regex.compile(self.expression, regex.VERBOSE | regex.V1)

    def option(self, name: str) -> float:
        """A number without which the filter cannot do; raises RuleError where it is missing."""
        value = self.options.get(name)
        if not isinstance(value, int | float):
            raise RuleError(f"{self.id}: write options = {{ {name} = NUMBER }}")
        return float(value)

    @property
    def filter(self) -> str:
        """The filter that the rule belongs to."""
        return self.id.rpartition(".")[0]


def shipped() -> Path:
    """The folder `rules/`: inside the wheel, or beside the package in an editable install."""
    inside = Path(__file__).parent / "_rules"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "rules"


def toml_of(path: Path) -> dict[str, Any]:
    """The content of a TOML file; raises RuleError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RuleError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path}: {error}; mend the file") from error


def words_of(path: Path) -> tuple[str, ...]:
    """The words of a list: one a line, `#` starts a comment line."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def read_rule(
    name: str,
    path: Path,
    parts: Mapping[str, str],
    listed: Callable[[Iterable[str]], tuple[str, ...]],
) -> Rule:
    """The rule of a file, its parts and lists filled in; raises RuleError."""
    table = toml_of(path)
    _check_table(table, path)
    try:
        words = listed(table.get("words", ()))
        literals = (*table.get("literals", ()), *listed(table.pop("lists", ())))
    except RuleError as error:
        raise RuleError(f"{path}: {error}") from error
    table |= {"words": words, "literals": literals}
    if "pattern" in table:
        table["expression"] = _filled(table.pop("pattern"), parts, path)
    for key in ("hits", "near_misses"):
        table[key] = tuple(table.get(key, ()))
    return Rule(id=name, **table)


def check(rule: Rule, path: Path) -> None:
    """Raises RuleError for a rule that could not work, whatever its filter."""
    try:
        _ = rule.pattern
    except regex.error as error:
        raise RuleError(f"{path}: pattern: {error}") from error
    for literal in rule.literals:
        if not searchable(literal):
            raise RuleError(
                f"{path}: literal {literal!r}: write one without line breaks or rare characters "
                "beyond U+FFFC, and not an empty one"
            )
    if rule.scope == "inline" and rule.expression is None:
        raise RuleError(f'{path}: scope = "inline" needs a pattern: it says what part of a line')


def _check_table(table: Mapping[str, Any], path: Path) -> None:
    unknown = sorted(set(table) - set(_KINDS))
    if unknown or "why" not in table or "source" not in table:
        wrong = f"unknown {unknown}" if unknown else "no `why` or no `source`"
        raise RuleError(f"{path}: {wrong}; a rule may hold: {', '.join(sorted(_KINDS))}")
    for key, value in table.items():
        kind, example = _KINDS[key]
        texts = not isinstance(value, list) or all(isinstance(item, str) for item in value)
        if not isinstance(value, kind) or isinstance(value, bool) or not texts:
            raise RuleError(f"{path}: {key} = {value!r}; write it as {key} = {example}")
    for key, known in (("scope", get_args(Scope)), ("where", get_args(Where))):
        if table.get(key, known[0]) not in known:
            raise RuleError(f"{path}: {key} = {table[key]!r}; write one of {', '.join(known)}")


def _filled(pattern: str, parts: Mapping[str, str], path: Path) -> str:
    """A pattern with `parts.toml` filled in for `{{name}}`."""
    try:
        for _ in range(3):  # parts may hold parts
            pattern = regex.sub(r"\{\{(\w+)\}\}", lambda m: f"(?:{parts[m[1]]})", pattern)
        return pattern
    except KeyError as error:
        raise RuleError(f"{path}: no part {error} in parts.toml") from error
