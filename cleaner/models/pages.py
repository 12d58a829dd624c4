"""Weights of the choices on a page: which unit goes to which article."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

_FILE = Path(__file__).with_name("pages.toml")
_STRANGERS = Path(__file__).with_name("strangers.toml")


@cache
def load(path: Path = _FILE) -> Mapping[str, float]:
    """The weight of each feature of `cleaner.restore.moves`, in nats."""
    weights: Mapping[str, float] = tomllib.loads(path.read_text("utf-8"))["weights"]
    return weights


@cache
def load_joins(kind: Literal["near", "far"], path: Path = _FILE) -> Mapping[str, float]:
    """The weight of each feature of a seam (see `cleaner.restore.pieces`) on a page of columns,
    between neighbours on the page or between halves that stand apart."""
    weights: Mapping[str, float] = tomllib.loads(path.read_text("utf-8"))["joins"][kind]
    return weights


@cache
def load_strangers(path: Path = _STRANGERS) -> Mapping[str, float]:
    """The weight of each feature of `cleaner.restore.strangers`, in nats."""
    return load(path)
