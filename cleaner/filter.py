"""The four kinds of filter, and decorators that make one of a plain function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Mask, View
from cleaner.document import Edit, Piece
from cleaner.errors import RecipeError

Values = npt.NDArray[np.float64]
Bound = Literal["min", "max"]


class Evidence(NamedTuple):
    """What a Scorer points at for `clean explain`: a range of the text and a few words."""

    start: int
    end: int
    signal: str
    note: str


class Twin(NamedTuple):
    """The kept document that a new one repeats, how similar it is, and from which similarity on
    a document is dropped."""

    id: str
    similarity: float
    limit: float | None = None


@runtime_checkable
class Editor(Protocol):
    """Proposes edits to single documents."""

    name: str

    def suspects(self, batch: Batch) -> Mask:
        """Which documents may need an edit, shape (n,); must hold for all that get one."""

    def edits(self, view: View) -> Iterable[Edit]:
        """The edits for one document; overlaps are settled by the pipeline."""


@runtime_checkable
class Restorer(Protocol):
    """Re-arranges single documents: joins, orders, splits, leaves out."""

    name: str

    def suspects(self, batch: Batch) -> Mask:
        """Which documents may need it, shape (n,); must hold for all that are changed."""

    def arrange(self, view: View) -> list[list[Piece]]:
        """One list of pieces for each article; together they partition the text.

        One list with a single `Keep` of everything leaves the document alone.
        """


@runtime_checkable
class Scorer(Protocol):
    """Puts numbers on documents and never judges."""

    name: str
    names: Mapping[str, Bound]
    """The signals, each with the kind of limit that suits it: good text is high ("min")
    or low ("max")."""

    def score(self, batch: Batch) -> dict[str, Values]:
        """Every signal as an array of shape (n,); bit for bit what each document gets alone."""

    def evidence(self, view: View) -> Iterable[Evidence]:
        """Where the numbers come from; asked for by `clean explain` only."""


@runtime_checkable
class Index(Protocol):
    """Compares documents with those kept before."""

    name: str

    def sketch(self, batch: Batch) -> Any:
        """All that the index needs to know of the documents: pure, picklable, made by workers."""

    def admit(self, sketch: Any, ids: Sequence[str], eligible: Mask) -> list[Twin | None]:
        """Decide on documents in order, in one place: the twin, or None for what may stay.

        Documents that are not `eligible` (dropped for another reason) are not compared. A twin
        is a document that was kept, or an earlier one of these.
        """

    def keep(self, sketch: Any, ids: Sequence[str], kept: Mask) -> None:
        """Remember those of the documents just admitted that no other index has dropped."""


@runtime_checkable
class Divisible(Protocol):
    """An Index whose sketches can be taken apart, so that documents are admitted in another
    order than they came in (see `best`)."""

    name: str

    def split(self, sketch: Any) -> list[bytes]:
        """What a sketch says of each document by itself, the same whatever stood beside it."""

    def join(self, parts: Sequence[bytes]) -> Any:
        """One sketch of such parts, in their order."""


@runtime_checkable
class Resumable(Protocol):
    """An Index whose memory survives a kill.

    A run that wants to be resumed calls `begin` before the first `admit`, `checkpoint` each time
    that its outputs are safe on disk, and `finish` at its end. After a kill, `begin` with the
    last mark forgets whatever was admitted after it. Without `begin` an index keeps what it
    needs in temporary files. Only the main process calls these; workers only call `sketch`.
    """

    name: str

    def begin(self, folder: Path, mark: Mapping[str, Any] | None = None) -> None:
        """Keep the state in files of `folder` (made if need be, for this index alone).

        With `mark`, go on from that checkpoint; without one the run starts anew, and files that
        an unfinished run left behind are cut away. Raises InputError where they do not fit.
        """

    def checkpoint(self) -> dict[str, Any]:
        """Bring everything admitted so far to disk; the mark holds only numbers and strings."""

    def finish(self) -> None:
        """The run is complete: what it added is final, and files are closed."""


Filter = Editor | Restorer | Scorer | Index


def signals_of(item: Scorer, batch: Batch) -> dict[str, Values]:
    """The signals of a Scorer, computed once for a batch however many filters read them.

    Only for Scorers that are the same wherever they are named: one with options of its own
    calls `score` itself.
    """
    return batch.once(item.name, item.score)


def everything(batch: Batch) -> Mask:
    """The pre-screen that lets every document through."""
    return np.ones(len(batch), np.bool_)


@dataclass(frozen=True)
class FunctionEditor:
    """An Editor made of one function; see `editor`."""

    name: str
    function: Callable[[View], Iterable[Edit]]
    screen: Callable[[Batch], Mask] = everything

    def suspects(self, batch: Batch) -> Mask:
        return self.screen(batch)

    def edits(self, view: View) -> Iterable[Edit]:
        return self.function(view)


@dataclass(frozen=True)
class FunctionScorer:
    """A Scorer of one signal made of one function of the text; see `scorer`."""

    name: str
    function: Callable[[str], float]
    names: Mapping[str, Bound]

    def score(self, batch: Batch) -> dict[str, Values]:
        (signal,) = self.names
        return {signal: np.array([self.function(doc.text) for doc in batch.docs], np.float64)}

    def evidence(self, view: View) -> Iterable[Evidence]:
        return ()


def editor(
    name: str, *, suspects: Callable[[Batch], Mask] = everything
) -> Callable[[Callable[[View], Iterable[Edit]]], FunctionEditor]:
    """Make an Editor of a function that yields `Edit`s for a `View`.

    `name` is `stage.name`, with the stage `repair` or `strip`; `suspects` is a vectorised
    pre-screen. Without one the function sees every document.
    """
    return lambda function: FunctionEditor(name, function, suspects)


def scorer(
    name: str, *, good: Literal["high", "low"] = "high"
) -> Callable[[Callable[[str], float]], FunctionScorer]:
    """Make a Scorer of a function from text to a number; `name` (`score.name`) names the signal
    by its last part. Raises RecipeError for another `good`."""
    if good not in ("high", "low"):
        raise RecipeError(f'scorer {name!r}: good = {good!r}; write "high" or "low"')
    bound: Bound = "min" if good == "high" else "max"
    signal = name.rpartition(".")[2]
    return lambda function: FunctionScorer(name, function, {signal: bound})
