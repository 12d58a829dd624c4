"""Weights of the choices on a page: which unit goes to which article."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

_FILE = Path(__file__).with_name("pages.toml")
_JOINS = Path(__file__).with_name("pages_joins.toml")
_STRANGERS = Path(__file__).with_name("strangers.toml")

Joins = Literal["whole", "torn", "page"]


@cache
def load(path: Path = _FILE) -> Mapping[str, float]:
    """The weight of each feature of `cleaner.restore.moves`, in nats."""
    weights: Mapping[str, float] = tomllib.loads(path.read_text("utf-8"))["weights"]
    return weights


@cache
def load_joins(kind: Joins, path: Path = _JOINS) -> Mapping[str, float]:
    """The weight of each feature of `cleaner.restore.joins`, in nats: of a seam on a page that
    lost no words or on a torn one, or of the page as a whole."""
    weights: Mapping[str, float] = tomllib.loads(path.read_text("utf-8"))[kind]
    return weights


@cache
def load_strangers(path: Path = _STRANGERS) -> Mapping[str, float]:
    """The weight of each feature of `cleaner.restore.strangers`, in nats."""
    return load(path)
