"""The documents of one chunk, and the facts that are computed once for all filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from cleaner.document import Document
from cleaner.hits import Stretch, hits_after, stretches_of
from cleaner.kernels import text as kernel
from cleaner.kernels.literals import Automaton, Matches
from cleaner.kernels.segments import segment_sum, splice
from cleaner.kernels.text import Class, Classes, Codes

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
T = TypeVar("T")
Owner = TypeVar("Owner", "Batch", "View")

_PER_CODE_POINT = ("codes", "classes", "folded")
_OF_TEXT = ("memo", "folded", "folded_lines", "lines", "line_starts", "line_ends")
"""Facts of a view that hang on its text alone."""


class Line(NamedTuple):
    """The range [start, end) of a line in its document, without the newline."""

    start: int
    end: int


_LINE = partial(tuple.__new__, Line)
"""A Line of a pair: half the time of a call of the class, and pages have many."""


class Hit(NamedTuple):
    """One literal of a rule at [start, end) of a document."""

    literal: int
    start: int
    end: int


class LookedUp(NamedTuple):
    """What a table says of each code point of a batch."""

    table: npt.NDArray[Any]
    values: npt.NDArray[Any]


def _once(owner: Owner, name: str, fact: Callable[[Owner], T]) -> T:
    """A fact of a batch or a view under a name, found when it is first asked for."""
    if name not in owner.memo:
        owner.memo[name] = fact(owner)
    found: T = owner.memo[name]
    return found


class Batch:
    """Documents side by side in flat arrays.

    In `codes`, `classes` and `folded` (all of one length) each document is followed by one
    newline, so that no line, n-gram or literal crosses a border. Document `i` stands at
    `starts[i]:ends[i]`, without that newline. Every fact is computed on first use.
    """

    def __init__(self, docs: Sequence[Document], automaton: Automaton | None = None) -> None:
        self.docs: tuple[Document, ...] = tuple(docs)
        self.automaton = automaton
        lengths = np.fromiter((len(doc.text) for doc in self.docs), np.int64, len(self.docs))
        self.lengths: Ints = lengths
        self.ends: Ints = np.cumsum(lengths + 1) - 1
        self.starts: Ints = self.ends - lengths
        self.memo: dict[str, Any] = {}
        """Facts that several filters share, by name; see `filter.signals_of`."""
        self._looked_up: dict[str, LookedUp] = {}
        self._carried: dict[str, LookedUp] = {}
        self._views: dict[int, View] = {}
        self._facts: dict[int, dict[str, Any]] = {}
        self._counts: dict[tuple[Class, ...], Ints] = {}

    def __len__(self) -> int:
        return len(self.docs)

    @cached_property
    def codes(self) -> Codes:
        """Code points of all documents."""
        return kernel.encode("".join([doc.text + "\n" for doc in self.docs]))

    @cached_property
    def _indices(self) -> npt.NDArray[Any]:
        """`codes` as numbers that NumPy need not convert at every lookup."""
        return self.codes.astype(np.intp)

    @cached_property
    def classes(self) -> Classes:
        """The `Class` of every code point."""
        return kernel.classify(self._indices)

    @cached_property
    def folded(self) -> Codes:
        """The folded view: width, case and script, one code point for one."""
        return kernel.fold(self._indices)

    @cached_property
    def line_starts(self) -> Ints:
        """Where each line of the batch begins in `codes`."""
        return np.concatenate([[0], self.line_ends[:-1] + 1]) if len(self) else self.line_ends

    @cached_property
    def line_ends(self) -> Ints:
        """Where each line of the batch ends in `codes`, at its newline."""
        return np.flatnonzero(self.codes == 10)

    @cached_property
    def line_docs(self) -> Ints:
        """The document that each line belongs to."""
        return np.searchsorted(self.ends, self.line_ends)

    @cached_property
    def first_lines(self) -> list[int]:
        """The number of the first line of each document, and of all lines."""
        return [*np.searchsorted(self.line_ends, self.starts).tolist(), len(self.line_ends)]

    @cached_property
    def hits(self) -> Matches:
        """Every literal of every rule, found in one pass over the folded view; positions are those
        of `codes`."""
        if self.automaton is None:
            none = np.zeros(0, np.int64)
            return Matches(none, none, none)
        return self.automaton.find(self.folded)

    def by_code_point(self, name: str, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What a table of shape (0x110000,) says of each code point, under a name of its own; a
        batch made of this one looks up only what is new in it."""
        if name not in self._looked_up:
            found = self._carried.pop(name, None)
            self._looked_up[name] = found or LookedUp(table, table.take(self._indices))
        return self._looked_up[name].values

    def count(self, *classes: Class) -> Ints:
        """How many code points of these classes each document has, shape (n,)."""
        if classes not in self._counts:
            mask = kernel.among(self.classes, classes)
            counted = self.sums(mask.view(np.int8), np.int32).astype(np.int64)
            self._counts[classes] = counted - (Class.NEWLINE in classes)
        return self._counts[classes]

    def sums(self, values: npt.NDArray[Any], dtype: Any = np.int64) -> npt.NDArray[Any]:
        """Sum of a per-code-point array over each document, shape (n,); the closing newline of
        a document counts, so it must be zero there."""
        return segment_sum(values, self.starts, dtype)

    def once(self, name: str, fact: Callable[[Batch], T]) -> T:
        """A fact of the batch under a name of its own, found when it is first asked for."""
        return _once(self, name, fact)

    def any(self, mask: Mask) -> Mask:
        """Which documents have a code point under `mask`, shape (n,)."""
        return self._holding(np.flatnonzero(mask))

    def with_line(self, lines: Ints) -> Mask:
        """Which documents have one of these lines, shape (n,)."""
        return self._holding(self.line_ends.take(lines))

    def _holding(self, places: Ints) -> Mask:
        """Which documents hold one of these places in `codes`, their newlines among them."""
        found = np.zeros(len(self), np.bool_)
        found[np.searchsorted(self.ends, places)] = True
        return found

    def view(self, index: int) -> View:
        """One document with its share of the facts."""
        if index not in self._views:
            self._views[index] = View(self, index)
            self._views[index].__dict__.update(self._facts.pop(index, {}))
        return self._views[index]

    def release(self) -> None:
        """Nobody will ask this batch for more. Views and shared facts point back at it, and
        would keep its arrays until the garbage collector comes by."""
        self._views.clear()
        self._facts.clear()
        self.memo.clear()

    def with_texts(self, changed: Mapping[int, Sequence[Document]]) -> Batch:
        """The batch with some documents replaced, each by one or more (or none).

        Facts that this batch has are computed for the new documents only and spliced in.
        """
        order = sorted(changed)
        docs: list[Document] = []
        at = 0
        for index in order:
            docs += [*self.docs[at:index], *changed[index]]
            at = index + 1
        new = Batch([*docs, *self.docs[at:]], self.automaton)
        fresh = Batch([doc for index in order for doc in changed[index]], self.automaton)
        borders = np.cumsum([0, *(len(changed[index]) for index in order)])
        edges = np.concatenate([fresh.starts, [int(fresh.lengths.sum()) + len(fresh)]])
        cuts = edges[borders]

        def spliced(old: npt.NDArray[Any], own: npt.NDArray[Any]) -> npt.NDArray[Any]:
            parts = [own[a:b] for a, b in pairwise(cuts)]
            return splice(old, self.starts[order], self.ends[order] + 1, parts)

        for name in _PER_CODE_POINT:
            if name in self.__dict__:
                new.__dict__[name] = spliced(self.__dict__[name], getattr(fresh, name))
        for name, (table, values) in self._looked_up.items():
            carried = spliced(values, table.take(fresh._indices))
            new._carried[name] = LookedUp(table, carried)
        sizes = np.ones(len(self), np.int64)
        sizes[order] = np.diff(borders)
        numbers = (np.cumsum(sizes) - sizes).tolist()
        if "hits" in self.__dict__ and self.automaton is not None:
            stretches = self._stretches(new, changed, numbers)
            new.__dict__["hits"] = hits_after(self.hits, stretches, new.folded, self.automaton)
        facts = self._facts | {index: view.facts() for index, view in self._views.items()}
        new._facts = {numbers[at]: found for at, found in facts.items() if at not in changed}
        return new

    def _stretches(
        self, new: Batch, changed: Mapping[int, Sequence[Document]], numbers: Sequence[int]
    ) -> list[Stretch]:
        """What a new batch has of the text of this one, `numbers` being those of the documents in
        the new one."""
        starts, to = self.starts.tolist(), [*new.starts.tolist(), len(new.codes)]
        left: list[Stretch] = []
        at = 0
        for index in sorted(changed):
            left.append((starts[at], starts[index], to[numbers[at]]))
            left += stretches_of(
                self.docs[index], starts[index], changed[index], to[numbers[index]]
            )
            at = index + 1
        if at < len(self):
            left.append((starts[at], len(self.codes), to[numbers[at]]))
        return [stretch for stretch in left if stretch[0] < stretch[1]]

    def with_docs(self, docs: Sequence[Document]) -> Batch:
        """The same texts under documents with other signals or reasons; all facts carry over."""
        new = Batch(docs, self.automaton)
        own = ("docs", "memo", "_views", "_facts")
        facts = {k: v for k, v in self.__dict__.items() if k not in own}
        new.__dict__.update(facts)
        return new


class View:
    """One document of a batch, as a filter sees it; positions are code points of `text`."""

    def __init__(self, batch: Batch, index: int) -> None:
        self._batch = batch
        self._index = index
        self.span = slice(int(batch.starts[index]), int(batch.ends[index]))
        """Where the document stands in `batch.codes`."""
        self.text: str = batch.docs[index].text
        """The present text."""
        self.memo: dict[str, Any] = {}
        """Facts that several filters share, filled by `structure_of` and its like."""

    def under(self, name: str, screen: Callable[[Batch], Mask]) -> bool:
        """What a pre-screen says of the document; see `of_batch`."""
        return bool(self.of_batch(name, screen)[self._index])

    def facts(self) -> dict[str, Any]:
        """What has been found out about the text, for a view of it in another batch."""
        return {name: self.__dict__[name] for name in _OF_TEXT if name in self.__dict__}

    @property
    def doc(self) -> Document:
        """The document, with its changes so far and its metadata."""
        return self._batch.docs[self._index]

    @cached_property
    def folded(self) -> str:
        """The folded view as a string, of the same length as `text`."""
        return kernel.decode(self.folded_codes)

    @property
    def codes(self) -> Codes:
        """Code points of `text`."""
        return self._batch.codes[self.span]

    @property
    def folded_codes(self) -> Codes:
        """Code points of `folded`."""
        return self._batch.folded[self.span]

    @property
    def classes(self) -> Classes:
        """The `Class` of every code point."""
        return self._batch.classes[self.span]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line, blank ones too; a text of n newlines has n + 1 lines."""
        return tuple(
            map(_LINE, zip(self.line_starts.tolist(), self.line_ends.tolist(), strict=True))
        )

    @cached_property
    def line_ends(self) -> Ints:
        """Where each line ends, at its newline or at the end of the text."""
        ends: Ints = self._batch.line_ends[slice(*self.line_numbers)] - self.span.start
        return ends

    @cached_property
    def line_starts(self) -> Ints:
        """Where each line begins."""
        starts: Ints = self._batch.line_starts[slice(*self.line_numbers)] - self.span.start
        return starts

    @cached_property
    def folded_lines(self) -> list[str]:
        """The folded view of each line."""
        return self.folded.split("\n")

    @cached_property
    def line_numbers(self) -> tuple[int, int]:
        """The first line of the document among those of the batch, and the first of the next."""
        first, last = self._batch.first_lines[self._index : self._index + 2]
        return first, last

    def once(self, name: str, fact: Callable[[View], T]) -> T:
        """A fact of the document under a name of its own, found when it is first asked for."""
        return _once(self, name, fact)

    def of_batch(self, name: str, fact: Callable[[Batch], T]) -> T:
        """A fact of the whole batch; it is asked for once, or not at all where `suspects` has left
        the answer under `name`."""
        return self._batch.once(name, fact)

    def within(self, places: Ints) -> slice:
        """Which of some places in `batch.codes`, sorted, lie in the document."""
        first, last = np.searchsorted(places, [self.span.start, self.span.stop]).tolist()
        return slice(first, last)

    def of_lines(self, name: str, fact: Callable[[Batch], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """What a fact of all lines of the batch says of those of the document; see `of_batch`."""
        return self.of_batch(name, fact)[slice(*self.line_numbers)]

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        """The literals of rules that occur here, in order of their end."""
        return self.hits_among(None)

    def hits_among(self, literals: Mask | None) -> tuple[Hit, ...]:
        """Those of `hits` whose literal is under a mask of shape (literals,); far cheaper than
        a pass over all, since most hits are other filters'."""
        return tuple(map(Hit, *(column.tolist() for column in self.hit_columns(literals))))

    def hit_columns(self, literals: Mask | None) -> tuple[Ints, Ints, Ints]:
        """`hits_among` in columns: literal, start and end, each of shape (k,)."""
        hits, base = self._batch.hits, self.span.start
        first, last = np.searchsorted(hits.end, [base, self.span.stop], "right").tolist()
        literal, start, end = (column[first:last] for column in hits)
        if literals is not None:
            at = np.flatnonzero(literals.take(literal))
            literal, start, end = literal[at], start[at], end[at]
        return literal, start - base, end - base
