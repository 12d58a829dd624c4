"""Python's garbage collector during a run.

Rules and models are hundreds of thousands of objects that live as long as the process, and a chunk
makes tens of thousands that die with it. As Python comes, looking through both again and again
takes a tenth of a run.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 5, 5)
"""Objects that come before what is young is looked through: those of one or two chunks, since the
arrays of a chunk hang in cycles and go only then."""


@contextmanager
def few_collections() -> Iterator[None]:
    """What there is now is not looked through until the end, and what comes only seldom."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
