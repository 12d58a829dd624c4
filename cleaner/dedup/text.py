"""What of a text is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cleaner.batch import Batch, Ints, Mask
from cleaner.errors import RecipeError
from cleaner.kernels.segments import segment_sum
from cleaner.kernels.text import Class, Codes, among

GROUPS: Mapping[str, tuple[Class, ...]] = {
    "space": (Class.SPACE, Class.NEWLINE, Class.CONTROL, Class.INVISIBLE),
    "punctuation": (Class.TERMINAL, Class.PUNCTUATION, Class.SYMBOL),
    "digit": (Class.DIGIT,),
}
"""What a recipe may leave out of the comparison."""

_RUNS = 0.97
"""The share from which on what is picked stands in long runs."""


class Plain(NamedTuple):
    """What is left of the documents of a batch, one after the other without a border."""

    codes: Codes
    lengths: Ints  # in code points, shape (documents,)


def plain(batch: Batch, ignore: Sequence[str], *, fold: bool = True) -> Plain:
    """The folded view (or with `fold=False` the text as it stands) without the groups `ignore`."""
    codes, mask = _seen(batch, ignore, fold=fold)
    return Plain(codes, _counts(mask, batch.starts))


def plain_lines(batch: Batch, ignore: Sequence[str]) -> Plain:
    """As `plain`, with the lengths of lines instead of those of documents."""
    codes, mask = _seen(batch, ignore, fold=True)
    return Plain(codes, _counts(mask, batch.line_starts))


def _seen(batch: Batch, ignore: Sequence[str], *, fold: bool) -> tuple[Codes, Mask]:
    """What is compared, and where in the batch it stands; computed once."""

    def seen(batch: Batch) -> tuple[Codes, Mask]:
        mask = ~among(batch.classes, (cls for group in ignore for cls in GROUPS[group]))
        mask[batch.ends] = False  # the newline that closes a document is not part of it
        return _picked(batch.folded if fold else batch.codes, mask), mask

    return batch.once(f"dedup.seen {fold} {sorted(ignore)}", seen)


def _picked(codes: Codes, mask: Mask) -> Codes:
    """`codes[mask]` in the way that is faster: a mask copies runs, places copy one by one."""
    if np.count_nonzero(mask) > _RUNS * len(mask):
        return codes[mask]
    return codes.take(np.flatnonzero(mask))


def _counts(mask: Mask, starts: Ints) -> Ints:
    """How many are under `mask` in each of the segments that begin at `starts`."""
    return segment_sum(mask.view(np.uint8), starts, np.int32).astype(np.int64)


def checked(name: str, ignore: Sequence[str]) -> tuple[str, ...]:
    """`ignore` of a recipe, or RecipeError if it names what is no group."""
    unknown = sorted(set(ignore) - set(GROUPS))
    if isinstance(ignore, str) or unknown:
        raise RecipeError(f"{name}: ignore = {ignore!r}; write a list out of {', '.join(GROUPS)}")
    return tuple(ignore)
