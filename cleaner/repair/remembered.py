"""Answers about lines that are asked for again."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

T = TypeVar("T")

_LONG = 1 << 12  # characters
_MANY, _FEW = 1 << 11, 1 << 6


def remembered(function: Callable[..., T]) -> Callable[..., T]:
    """`function` of a line, with its last answers: many about short lines, few about long ones,
    so that they never take much memory."""
    many, few = (lru_cache(maxsize=size)(function) for size in (_MANY, _FEW))

    @wraps(function)
    def asked(*args: Any) -> T:
        size = sum(len(own) for own in args if isinstance(own, str))
        return (few if size > _LONG else many)(*args)

    return asked
