"""The sums of a run. They hold: lines = blank + invalid + documents, and
documents + parts = kept + rejected, where `parts` counts what splitting added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from cleaner.document import Change, Document, Put

SAMPLES = 3
ERRORS = 20


@dataclass
class RuleTally:
    """What one rule did: in how many documents, on how many lines and characters; `samples`
    are `[id, start, end]`, ranges of input texts."""

    documents: int = 0
    lines: int = 0
    characters: int = 0
    samples: list[list[Any]] = field(default_factory=list)

    def add(self, other: RuleTally) -> None:
        """Add what stands later in the input."""
        self.documents += other.documents
        self.lines += other.lines
        self.characters += other.characters
        self.samples = (self.samples + other.samples)[:SAMPLES]


@dataclass
class Tally:
    """Counts of a chunk or of a whole run; `seconds` is the only part that chance touches."""

    lines: int = 0
    blank: int = 0
    invalid: int = 0
    documents: int = 0
    parts: int = 0
    kept: int = 0
    rejected: int = 0
    bytes_in: int = 0
    characters_in: int = 0
    characters_out: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    invalid_reasons: dict[str, int] = field(default_factory=dict)
    encodings: dict[str, int] = field(default_factory=dict)
    replaced: int = 0
    rules: dict[str, RuleTally] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Add the counts of what stands later in the input."""
        for item in fields(self):
            mine, more = getattr(self, item.name), getattr(other, item.name)
            if isinstance(mine, int):
                setattr(self, item.name, mine + more)
        for name in ("reasons", "invalid_reasons", "encodings", "seconds"):
            count(getattr(self, name), getattr(other, name))
        for rule, tally in other.rules.items():
            self.rules.setdefault(rule, RuleTally()).add(tally)
        self.errors = (self.errors + other.errors)[:ERRORS]

    def book(self, docs: Iterable[Document]) -> None:
        """Count the changes of the documents that one input document became."""
        touched: dict[str, RuleTally] = {}
        for doc in docs:
            for number, change in enumerate(doc.changes):
                for put in change.puts:
                    _book(touched, doc, number, change, put)
        for rule, tally in touched.items():
            tally.documents = 1
            self.rules.setdefault(rule, RuleTally()).add(tally)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON, rules and reasons in order of their names."""
        table = asdict(self)
        for name in ("reasons", "invalid_reasons", "encodings", "rules", "seconds"):
            table[name] = dict(sorted(table[name].items()))
        return table

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Tally:
        """The inverse of `as_dict`."""
        rules = {name: RuleTally(**values) for name, values in table["rules"].items()}
        return cls(**{**table, "rules": rules})


def count(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add numbers to numbers by their keys."""
    for key, value in more.items():
        into[key] = into.get(key, 0) + value


def _book(
    touched: dict[str, RuleTally], doc: Document, number: int, change: Change, put: Put
) -> None:
    tally = touched.setdefault(put.rule, RuleTally())
    tally.lines += max(1, change.source.count("\n", put.start, put.end))
    tally.characters += put.end - put.start
    if len(tally.samples) < 1:  # up to three of a rule, and of different documents
        start, end = put.start, put.end
        for earlier in reversed(doc.changes[:number]):
            start, end = earlier.to_source(start, end)
        tally.samples.append([doc.part_of or doc.id, start, end])
