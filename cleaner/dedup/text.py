"""What of a text is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from cleaner.batch import Batch, Ints, Mask
from cleaner.errors import RecipeError
from cleaner.kernels.segments import segment_sum
from cleaner.kernels.text import Class, Codes, class_table, fold_table

GROUPS: Mapping[str, tuple[Class, ...]] = {
    "space": (Class.SPACE, Class.NEWLINE, Class.CONTROL, Class.INVISIBLE),
    "punctuation": (Class.TERMINAL, Class.PUNCTUATION, Class.SYMBOL),
    "digit": (Class.DIGIT,),
}
"""What a recipe may leave out of the comparison."""


_IGNORED = np.uint32(0xFFFFFFFF)


class Plain(NamedTuple):
    """What is left of the documents of a batch, one after the other without a border."""

    codes: Codes
    lengths: Ints  # in code points, shape (documents,)


def plain(batch: Batch, ignore: Sequence[str], *, fold: bool = True) -> Plain:
    """The folded view (or with `fold=False` the text as it stands) without the groups `ignore`."""
    codes, mask = _seen(batch, ignore, fold=fold)
    return Plain(codes, segment_sum(mask.view(np.uint8), batch.starts, np.int32).astype(np.int64))


def plain_lines(batch: Batch, ignore: Sequence[str]) -> Plain:
    """As `plain`, with the lengths of lines instead of those of documents."""
    codes, mask = _seen(batch, ignore, fold=True)
    sums = segment_sum(mask.view(np.uint8), batch.line_starts, np.int32)
    return Plain(codes, sums.astype(np.int64))


def _seen(batch: Batch, ignore: Sequence[str], *, fold: bool) -> tuple[Codes, Mask]:
    """What is compared, and where in the batch it stands; computed once."""
    key = f"dedup.seen {fold} {sorted(ignore)}"
    if key not in batch.memo:
        seen = _table(tuple(sorted(ignore)), fold).take(batch.codes)
        mask = seen != _IGNORED
        mask[batch.ends] = False  # the newline that closes a document is not part of it
        batch.memo[key] = np.compress(mask, seen), mask
    found: tuple[Codes, Mask] = batch.memo[key]
    return found


def checked(name: str, ignore: Sequence[str]) -> tuple[str, ...]:
    """`ignore` of a recipe, or RecipeError if it names what is no group."""
    unknown = sorted(set(ignore) - set(GROUPS))
    if isinstance(ignore, str) or unknown:
        raise RecipeError(f"{name}: ignore = {ignore!r}; write a list out of {', '.join(GROUPS)}")
    return tuple(ignore)


@cache
def _table(ignore: tuple[str, ...], fold: bool) -> Codes:
    """What each code point is compared as, shape (0x110000,): fold and screen in one step."""
    gone = np.zeros(len(Class), np.bool_)
    for name in ignore:
        gone[list(GROUPS[name])] = True
    source = fold_table() if fold else np.arange(len(fold_table()), dtype=np.uint32)
    return np.where(gone.take(class_table()), _IGNORED, source)
