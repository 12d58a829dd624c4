"""The flow: repair → strip → restore → score → decide → dedup."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from cleaner import recipe as recipes
from cleaner.apply import arranged, edited
from cleaner.batch import Batch
from cleaner.catalog import STAGES, build, stage_of
from cleaner.document import Document, Reason
from cleaner.errors import InputError, RecipeError
from cleaner.filter import Editor, Filter, Index, Restorer, Scorer, Twin, Values, signals_of
from cleaner.own_rules import examine
from cleaner.parts import own_changes
from cleaner.recipe import Recipe
from cleaner.rules import RuleBook
from cleaner.verdict import Limit, rounded, verdicts

P = ParamSpec("P")
R = TypeVar("R")
Item = TypeVar("Item", Editor, Restorer)

Step = Callable[[Batch, int, Item], list[Document] | None]
"""What a filter makes of document number `int` of a batch; None where it changes nothing."""

Record = str | Mapping[str, Any] | Document

_CHUNK_CHARS = 400_000
"""Documents of this many characters together make a batch: large enough to spread the cost of
a NumPy call, small enough to stay in the cache."""


@dataclass(frozen=True)
class Cleaned:
    """Documents after every stage but dedup, with what the indexes need to know of them."""

    docs: tuple[Document, ...]
    sketches: tuple[Any, ...]
    seconds: Mapping[str, float]
    """Wall time by stage."""


class Clock:
    """Adds up the wall time of stages."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, stage: str, step: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
        """What `step` returns; its time is booked on `stage`."""
        start = time.perf_counter()
        result = step(*args, **options)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start
        return result


class Pipeline:
    """Filters in the order of a recipe, and the limits that decide."""

    def __init__(self, recipe: Recipe, filters: Sequence[Filter], book: RuleBook) -> None:
        self.recipe = recipe
        self.book = book
        by_stage = _by_stage(filters)
        self.repair = cast(list[Editor], by_stage["repair"])
        self.strip = cast(list[Editor], by_stage["strip"])
        self.restore = cast(list[Restorer], by_stage["restore"])
        self.score = cast(list[Scorer], by_stage["score"])
        self.dedup = cast(list[Index], by_stage["dedup"])
        self.beat: Callable[[], None] = lambda: None
        """Called before a filter looks at a single document: a run sees that all goes on."""
        self.owners = {signal: item.name for item in self.score for signal in item.names}
        unknown = sorted(set(recipe.limits) - set(self.owners))
        if unknown:
            raise RecipeError(
                f"limit on {', '.join(unknown)}: no filter of recipe {recipe.name} computes it; "
                f"there are: {', '.join(sorted(self.owners)) or 'none'}"
            )

    @classmethod
    def from_recipe(
        cls,
        name: str | Path | Recipe = "news-zh",
        *,
        limits: Mapping[str, float | Limit] | None = None,
        split: bool | None = None,
        rules: str | Path | None = None,
        extra: Sequence[Filter] = (),
    ) -> Pipeline:
        """The pipeline of a shipped recipe (by name) or of your own (by its .toml file).

        `limits` replaces or adds limits (a plain number takes the side that suits the
        signal), `split` overrides the recipe, `rules` is a folder with rules of your own, and
        `extra` are filters that run after those of their stage. Raises RecipeError, RuleError.
        """
        recipe = name if isinstance(name, Recipe) else recipes.load(name)
        folder = Path(rules) if rules else None
        book = RuleBook.load(folder)
        filters = [build(item, book, recipe.options.get(item, {})) for item in recipe.filters]
        filters += extra
        if folder:
            examine(folder, book, filters)
        sides = {s: side for f in filters if isinstance(f, Scorer) for s, side in f.names.items()}
        merged = {**recipe.limits}
        for signal, value in (limits or {}).items():
            merged[signal] = _limit(signal, value, sides)
        split = recipe.split if split is None else split
        return cls(replace(recipe, limits=merged, split=split), filters, book)

    def __call__(self, records: Iterable[Record]) -> Iterator[Document]:
        """Every result in order of input, dropped ones too (`doc.kept` tells).

        A record is a text, a mapping with `text` (and `id`), or a Document.
        """
        for cleaned in self.cleaned(records):
            yield from self.admit(cleaned)

    def cleaned(self, records: Iterable[Record]) -> Iterator[Cleaned]:
        """Records after all stages but dedup, in chunks."""
        return map(self.clean, _chunks(_documents(records)))

    def clean(self, docs: Sequence[Document]) -> Cleaned:
        """All stages but dedup: pure, so that workers may run it on any chunk."""
        batch = Batch(docs, self.book.automaton)
        clock = Clock()
        batch = clock.time("repair", self._edit, batch, self.repair)
        batch = clock.time("strip", self._edit, batch, self.strip)
        batch = clock.time("restore", self._arrange, batch, self.restore)
        batch = clock.time("score", self._judge, batch, self.score)
        sketches = clock.time("dedup", self._sketch, batch, self.dedup)
        batch.release()
        return Cleaned(tuple(map(_itself, batch.docs)), sketches, clock.seconds)

    def admit(self, cleaned: Cleaned) -> list[Document]:
        """Dedup: compares with the documents kept before, in order and in one place."""
        docs = cleaned.docs
        whys = self.twins([doc.id for doc in docs], [doc.kept for doc in docs], cleaned.sketches)
        return [
            doc if why is None else replace(doc, reasons=(*doc.reasons, why))
            for doc, why in zip(docs, whys, strict=True)
        ]

    def twins(
        self, ids: Sequence[str], kept: Sequence[bool], sketches: Sequence[Any]
    ) -> list[Reason | None]:
        """What `admit` decides, for those that hold no documents: why each is dropped, or None."""
        whys: list[Reason | None] = [None] * len(ids)
        eligible = np.array(kept, np.bool_)
        for index, sketch in zip(self.dedup, sketches, strict=True):
            for at, twin in enumerate(index.admit(sketch, ids, eligible)):
                if twin is not None:
                    whys[at] = _twin_reason(index.name, twin)
                    eligible[at] = False
        for index, sketch in zip(self.dedup, sketches, strict=True):
            index.keep(sketch, ids, eligible)
        return _kept_twins(ids, whys)

    def _edit(self, batch: Batch, editors: Sequence[Editor]) -> Batch:
        return self._changed(batch, editors, _edited)

    def _arrange(self, batch: Batch, restorers: Sequence[Restorer]) -> Batch:
        return self._changed(batch, restorers, partial(arranged, split=self.recipe.split))

    def _changed(self, batch: Batch, items: Sequence[Item], step: Step[Item]) -> Batch:
        """The batch after each of some filters in turn; `step` asks one about one document."""
        for item in items:
            with _blamed(item):
                changed = self._made(batch, item, step)
            if changed:
                old, batch = batch, batch.with_texts(changed)
                old.release()
        return batch

    def _made(self, batch: Batch, item: Item, step: Step[Item]) -> dict[int, list[Document]]:
        changed: dict[int, list[Document]] = {}
        for at in np.flatnonzero(item.suspects(batch)).tolist():
            self.beat()
            docs = step(batch, at, item)
            if docs is not None:
                changed[at] = docs
        return changed

    def _judge(self, batch: Batch, scorers: Sequence[Scorer]) -> Batch:
        found: dict[str, Values] = {}
        for scorer in scorers:
            with _blamed(scorer):
                found |= signals_of(scorer, batch)
        table = rounded(np.array([*found.values()], np.float64).reshape(len(found), len(batch)))
        signals = dict(zip(found, table, strict=True))
        reasons = verdicts(signals, self.recipe.limits, self.owners, len(batch))
        judged = batch.with_docs(
            [
                doc.judged(dict(zip(found, row, strict=True)), why)
                for doc, row, why in zip(batch.docs, table.T.tolist(), reasons, strict=True)
            ]
        )
        batch.release()
        return judged

    def _sketch(self, batch: Batch, indexes: Sequence[Index]) -> tuple[Any, ...]:
        return tuple(index.sketch(batch) for index in indexes)


@contextmanager
def _blamed(item: Filter) -> Iterator[None]:
    """An error on its way out notes the filter that it comes from."""
    try:
        yield
    except Exception as error:
        error.add_note(item.name)
        raise


def _edited(batch: Batch, at: int, editor: Editor) -> list[Document] | None:
    """`edited` as a Step."""
    doc = edited(batch, at, editor)
    return None if doc is None else [doc]


def _itself(doc: Document) -> Document:
    """A document with the changes that concern it; a part of a page is made with all of the page,
    which scorers read."""
    return doc if doc.part_of is None else replace(doc, changes=own_changes(doc.changes))


def _twin_reason(name: str, twin: Twin) -> Reason:
    return Reason(name, name.rpartition(".")[2], twin.similarity, twin.limit, twin=twin.id)


def _kept_twins(ids: Sequence[str], whys: Sequence[Reason | None]) -> list[Reason | None]:
    """Reasons whose twin was kept: where a later index dropped the twin, what it is a twin of."""
    dropped = {name: why for name, why in zip(ids, whys, strict=True) if why is not None}
    result: list[Reason | None] = []
    for why in whys:
        seen: set[str | None] = set()
        while why is not None and why.twin in dropped and why.twin not in seen:
            seen.add(why.twin)
            why = dropped[why.twin]
        result.append(why)
    return result


def _by_stage(filters: Iterable[Filter]) -> dict[str, list[Filter]]:
    """The filters of each stage; the order of stages is fixed, that within a stage is the
    recipe's."""
    stages: dict[str, list[Filter]] = {stage: [] for stage in STAGES}
    for item in filters:
        stages[stage_of(item)].append(item)
    return stages


def _limit(signal: str, value: float | Limit, sides: Mapping[str, str]) -> Limit:
    if isinstance(value, Limit):
        return value
    if signal not in sides:
        known = ", ".join(sorted(sides))
        raise RecipeError(f"limit on {signal!r}: no such signal; there are: {known}")
    if not isinstance(value, int | float):
        raise RecipeError(f"limit {signal} = {value!r}; give a number, or a Limit")
    return Limit(**{sides[signal]: float(value)})


def _documents(records: Iterable[Record]) -> Iterator[Document]:
    if isinstance(records, str | bytes | Mapping):
        raise InputError("one record, not many: give a list, or use cleaner.clean(text)")
    for number, record in enumerate(records, 1):
        if isinstance(record, Document):
            yield record
            continue
        fields = {"text": record} if isinstance(record, str) else record
        text = fields.get("text") if isinstance(fields, Mapping) else None
        if not isinstance(text, str):
            raise InputError(
                f"record {number}: no text; give a text, a mapping with `text`, or a Document"
            )
        meta = {key: value for key, value in fields.items() if key not in ("id", "text")}
        name = fields.get("id")
        yield Document(str(number if name is None else name), text, meta)


def _chunks(docs: Iterable[Document]) -> Iterator[list[Document]]:
    chunk: list[Document] = []
    size = 0
    for doc in docs:
        chunk.append(doc)
        size += len(doc.text)
        if size >= _CHUNK_CHARS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


@cache
def _default(recipe: str) -> Pipeline:
    pipe = Pipeline.from_recipe(recipe, split=False)
    pipe.dedup.clear()
    return pipe


def clean(text: str, recipe: str = "news-zh") -> Document:
    """Clean one document by itself: never split, and compared with no other."""
    if not isinstance(text, str):
        raise InputError(f"a text is wanted, not {type(text).__name__}; decode bytes before")
    pipe = _default(recipe)
    (doc,) = pipe.clean([Document("text", text)]).docs
    return doc
