"""Paragraphs that stand on many pages: counted in one pass, stripped in the next.

`dedup.paragraphs` is an index that drops nothing and counts, behind the other indexes, so that
copies of one page count once. `strip.paragraphs` is the Editor that its table makes: it runs
before the scores, which are thus of the final text.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.dedup.text import plain_lines
from cleaner.document import Edit
from cleaner.errors import OutputError, RecipeError
from cleaner.filter import Twin
from cleaner.kernels.shingles import Hashes
from cleaner.rules import RuleBook, line_deletion

Stays = Literal["first", "none"]

SHORTEST = 12
"""Letters and digits that a line must have to count as a paragraph."""

_ROW = np.dtype([("digest", "<u8"), ("page", "<u8"), ("number", "<u8")])
_TABLE = np.dtype([("digest", "<u8"), ("page", "<u8"), ("pages", "<u8")])
_FILES = 64
_BUFFER = 1 << 20  # rows held before they go to the files


class Lines(NamedTuple):
    """The long lines of a batch: a hash of each, and the document and line it stands at."""

    digest: Hashes
    doc: Ints
    line: Ints  # counted within the document


class ParagraphCount:
    """Counts on how many pages each paragraph stands; drops nothing.

    RAM is bounded: rows go to temporary files by their hash, which are counted one by one.
    """

    name = "dedup.paragraphs"

    def __init__(self, book: RuleBook) -> None:
        self._files: list[IO[bytes]] = []
        self._rows: list[npt.NDArray[np.void]] = []
        self._held = 0
        self._number = 0

    def sketch(self, batch: Batch) -> Lines:
        return _lines(batch)

    def admit(self, sketch: Lines, ids: Sequence[str], eligible: Mask) -> list[Twin | None]:
        return [None] * len(ids)

    def keep(self, sketch: Lines, ids: Sequence[str], kept: Mask) -> None:
        pages = np.array([_page(name) for name in ids], np.uint64)
        wanted = kept[sketch.doc]
        doc = sketch.doc[wanted]
        rows = np.zeros(len(doc), _ROW)
        rows["digest"], rows["page"] = sketch.digest[wanted], pages[doc]
        rows["number"] = self._number + doc
        self._number += len(ids)
        self._rows.append(np.unique(rows))  # once a page
        self._held += len(rows)
        if self._held > _BUFFER:
            self._spill()

    def save(self, path: Path, pages: int) -> int:
        """Write the paragraphs that stand on at least so many pages; how many there are."""
        self._spill()
        parts = [_counted(np.frombuffer(_content(file), _ROW), pages) for file in self._files]
        table = np.sort(np.concatenate([np.zeros(0, _TABLE), *parts]))
        try:
            with path.open("wb") as out:
                np.save(out, table)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
        return len(table)

    def _spill(self) -> None:
        if not self._files:
            self._files = [tempfile.TemporaryFile() for _ in range(_FILES)]  # noqa: SIM115
        rows = np.concatenate([np.zeros(0, _ROW), *self._rows])
        place = (rows["digest"] % np.uint64(_FILES)).astype(np.int64)
        for number, file in enumerate(self._files):
            file.write(rows[place == number].tobytes())
        self._rows, self._held = [], 0


class Paragraphs:
    """Strips the paragraphs of a table that `clean dedup --count-paragraphs` has written.

    `stays`: "first" leaves each on the first page that it stood on, "none" on no page. Without a
    table nothing is stripped.
    """

    name = "strip.paragraphs"

    def __init__(self, book: RuleBook, *, table: str | None = None, stays: Stays = "first") -> None:
        if stays not in ("first", "none"):
            raise RecipeError(f'{self.name}: stays = {stays!r}; write "first" or "none"')
        found = _loaded(table) if table else np.zeros(0, _TABLE)
        self._digests: Hashes = np.ascontiguousarray(found["digest"])
        self._pages: Hashes = np.ascontiguousarray(found["page"])
        self._stays = stays

    def suspects(self, batch: Batch) -> Mask:
        mask = np.zeros(len(batch), np.bool_)
        lines = _lines(batch)
        mask[lines.doc[self._listed(lines.digest)[0]]] = True
        return mask

    def edits(self, view: View) -> Iterator[Edit]:
        lines = _lines(Batch([view.doc]))
        listed, place = self._listed(lines.digest)
        page = _page(view.doc.id)
        for at in np.flatnonzero(listed).tolist():
            if self._stays == "none" or self._pages[place[at]] != page:
                yield line_deletion(view, view.lines[int(lines.line[at])], self.name)

    def _listed(self, digests: Hashes) -> tuple[Mask, Ints]:
        """Which hashes are in the table, and where."""
        if len(self._digests) == 0:
            return np.zeros(len(digests), np.bool_), np.zeros(len(digests), np.int64)
        place = np.minimum(np.searchsorted(self._digests, digests), len(self._digests) - 1)
        return self._digests[place] == digests, place


_NO_TABLE = "not made by clean dedup --count-paragraphs"


def _loaded(path: str) -> npt.NDArray[Any]:
    try:
        found: npt.NDArray[Any] = np.load(path)
    except OSError as error:
        raise RecipeError(
            f"strip.paragraphs: table {path}: cannot be read: {error.strerror}"
        ) from error
    except (ValueError, EOFError) as error:
        raise RecipeError(f"strip.paragraphs: table {path}: {_NO_TABLE}") from error
    if found.dtype != _TABLE:
        raise RecipeError(f"strip.paragraphs: table {path}: {_NO_TABLE}")
    return found


def _lines(batch: Batch) -> Lines:
    codes, lengths = plain_lines(batch, ("space", "punctuation"))
    long = np.flatnonzero(lengths >= SHORTEST)
    raw = memoryview(codes.astype("<u4", copy=False).tobytes())
    ends = np.cumsum(lengths) * 4
    spans = zip((ends - lengths * 4)[long].tolist(), ends[long].tolist(), strict=True)
    digests = [xxhash.xxh3_64_intdigest(raw[start:end]) for start, end in spans]
    doc = batch.line_docs[long]
    first = np.searchsorted(batch.line_docs, doc)
    return Lines(np.array(digests, np.uint64), doc, long - first)


def _page(name: str) -> int:
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass"))


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _counted(rows: npt.NDArray[Any], pages: int) -> npt.NDArray[Any]:
    """The paragraphs on at least `pages` pages, with the first page of each."""
    rows = rows[np.lexsort((rows["number"], rows["digest"]))]
    _, first, counts = np.unique(rows["digest"], return_index=True, return_counts=True)
    often = counts >= pages
    table = np.zeros(int(often.sum()), _TABLE)
    table["digest"], table["page"] = rows["digest"][first[often]], rows["page"][first[often]]
    table["pages"] = counts[often]
    return table
