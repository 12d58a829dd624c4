"""What of a text is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cleaner.batch import Batch, Ints
from cleaner.errors import RecipeError
from cleaner.kernels.text import Class, Codes

GROUPS: Mapping[str, tuple[Class, ...]] = {
    "space": (Class.SPACE, Class.NEWLINE, Class.CONTROL, Class.INVISIBLE),
    "punctuation": (Class.TERMINAL, Class.PUNCTUATION, Class.SYMBOL),
    "digit": (Class.DIGIT,),
}
"""What a recipe may leave out of the comparison."""


class Plain(NamedTuple):
    """What is left of the documents of a batch, one after the other without a border."""

    codes: Codes
    lengths: Ints  # in code points, shape (documents,)


def plain(batch: Batch, ignore: Sequence[str], *, fold: bool = True) -> Plain:
    """The folded view (or with `fold=False` the text as it stands) without the groups `ignore`."""
    key = f"dedup.plain {fold} {sorted(ignore)}"
    if key not in batch.memo:
        kept = np.ones(len(Class), np.bool_)
        for name in ignore:
            kept[list(GROUPS[name])] = False
        mask = kept.take(batch.classes)
        mask[batch.ends] = False  # the newline that closes a document is not part of it
        source = batch.folded if fold else batch.codes
        batch.memo[key] = Plain(np.compress(mask, source), batch.sums(mask.view(np.int8)))
    found: Plain = batch.memo[key]
    return found


def checked(name: str, ignore: Sequence[str]) -> tuple[str, ...]:
    """`ignore` of a recipe, or RecipeError if it names what is no group."""
    unknown = sorted(set(ignore) - set(GROUPS))
    if isinstance(ignore, str) or unknown:
        raise RecipeError(f"{name}: ignore = {ignore!r}; write a list out of {', '.join(GROUPS)}")
    return tuple(ignore)
