"""Words of Chinese text, by jieba, which is an extra: no shipped recipe but one asks for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import cast

from cleaner.errors import RecipeError

Segmenter = Callable[[str], Iterable[str]]


def segmenter(name: str) -> Segmenter:
    """What cuts a text into words, for the filter `name`; raises RecipeError without jieba.

    Its dictionary, read on first use in a second, is cached in the folder for temporary files.
    """
    try:
        jieba = import_module("jieba")  # slow to import, and an extra
    except ImportError as error:
        raise RecipeError(
            f"{name}: needs jieba for its words: pip install 'corpus-mend[fineweb2]'"
        ) from error
    jieba.setLogLevel(logging.WARNING)
    return cast(Segmenter, jieba.cut)
