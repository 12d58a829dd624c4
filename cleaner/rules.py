"""All rules and word lists of a run, and the editor that rules alone make."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property, lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import regex

from cleaner.batch import Batch, Ints, Line, Mask, View
from cleaner.document import Edit
from cleaner.errors import RuleError
from cleaner.kernels.literals import Automaton
from cleaner.kernels.segments import places_of
from cleaner.rule_files import (
    STAGES,
    Rule,
    Where,
    check,
    read_rule,
    shipped,
    toml_of,
    words_of,
)

_EDGE_LINES = 8
"""How many non-blank lines count as the head or the tail of a page."""

_ANY_LENGTH = 1 << 40

_RANK = 16
"""Bits of the rank of a rule among those of a filter."""


class RuleBook:
    """All rules and lists of a run, with one automaton over all their literals."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self.rules = _shipped_rules() if self.folders == (shipped(),) else _rules_of(self.folders)

    @classmethod
    def load(cls, extra: Path | None = None) -> RuleBook:
        """The shipped rules, and those of a user's own folder after them; a rule or list of
        the same name replaces the shipped one."""
        if extra is not None and not extra.is_dir():
            raise RuleError(f"--rules {extra}: no such folder; name one that holds strip/*/*.toml")
        return cls([shipped(), *([extra] if extra else [])])

    @cached_property
    def literals(self) -> dict[str, int]:
        """Every literal with its number in the automaton."""
        words = dict.fromkeys(word for rule in self.rules.values() for word in rule.literals)
        return {word: number for number, word in enumerate(words)}

    @cached_property
    def automaton(self) -> Automaton:
        """The one automaton over all literals of all rules."""
        return Automaton(list(self.literals))

    def of(self, filter_name: str) -> tuple[Rule, ...]:
        """The rules of one filter, by name."""
        return tuple(rule for rule in self.rules.values() if rule.filter == filter_name)

    def numbers(self, rules: Iterable[Rule]) -> Ints:
        """The numbers of all literals of these rules."""
        found = {self.literals[word] for rule in rules for word in rule.literals}
        return np.array(sorted(found), np.int64)

    def mask(self, rules: Iterable[Rule]) -> Mask:
        """Which literals are those of these rules, shape (literals,)."""
        found = np.zeros(len(self.literals), np.bool_)
        found[self.numbers(rules)] = True
        return found

    def words(self, name: str) -> tuple[str, ...]:
        """The words of `lists/<name>.txt`: one a line, `#` starts a comment line."""
        return _words(self.folders, name)


def _words(folders: Sequence[Path], name: str) -> tuple[str, ...]:
    for folder in reversed(folders):
        path = folder / "lists" / f"{name}.txt"
        if path.is_file():
            return _shipped_words(path) if folder == shipped() else words_of(path)
    raise RuleError(f"lists/{name}.txt: no such list in {', '.join(map(str, folders))}")


def _rules_of(folders: Sequence[Path]) -> dict[str, Rule]:
    """The rules of some folders by name, those of a later one in the place of its namesakes."""
    parts: dict[str, str] = {}
    for folder in folders:
        if (folder / "parts.toml").is_file():
            parts |= toml_of(folder / "parts.toml")

    def listed(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(word for name in names for word in _words(folders, name))

    found: dict[str, Rule] = {}
    for folder in folders:
        for stage in STAGES:
            for path in sorted((folder / stage).rglob("*.toml")):
                name = ".".join(path.relative_to(folder).with_suffix("").parts)
                found[name] = read_rule(name, path, parts, listed)
                if folder != shipped():  # those, a test checks
                    check(found[name], path)
    return found


@cache
def _shipped_rules() -> dict[str, Rule]:
    """The shipped rules, which stay as they are: all pipelines of a process share them and what
    was compiled of them."""
    return _rules_of([shipped()])


_shipped_words = cache(words_of)


class RuleEditor:
    """The Editor that rule files alone make: it deletes (or replaces) what they match.

    A rule of scope `line` must match a whole line, trimmed; one of scope `inline` any part of
    a line. Patterns see the folded view. Only lines that hold a literal of the rule are tried, so
    every rule needs one; a rule without a pattern takes each of these lines whole.
    """

    def __init__(
        self, name: str, book: RuleBook, filters: Sequence[str] = (), *, whole: bool = False
    ) -> None:
        """With the rules of the filter of this name, or those of others; `whole` leaves out what
        looks within lines."""
        self.name = name
        self._memo = f"{name}.tried"
        rules = (rule for own in filters or [name] for rule in book.of(own))
        self._rules = tuple(rule for rule in rules if not whole or rule.scope == "line")
        asked: list[tuple[int, int, int]] = []  # literal, rank of the rule, longest line
        for rank, rule in enumerate(self._rules):
            if not rule.literals:
                raise RuleError(f"{rule.id}: no literals; a rule needs one that every match holds")
            longest = rule.longest or _ANY_LENGTH
            asked += [(book.literals[word], rank, longest) for word in rule.literals]
        literals, self._ranks, self._limits = np.array(sorted(asked), np.int64).reshape(-1, 3).T
        numbers = np.arange(len(book.literals))
        self._first = np.searchsorted(literals, numbers)
        self._count = np.searchsorted(literals, numbers, "right") - self._first
        self._longest = np.zeros(len(book.literals), np.int64)
        np.maximum.at(self._longest, literals, self._limits)

    def suspects(self, batch: Batch) -> Mask:
        return batch.with_line(self.tried(batch).line)

    def tried(self, batch: Batch) -> Tried:
        """The lines of a batch that rules are tried on."""
        return batch.once(self._memo, self._tried)

    def edits(self, view: View) -> Iterator[Edit]:
        for at, rule in self._asked(view, None):
            start, text = int(view.line_starts[at]), view.folded_lines[at]
            if rule.scope == "inline":
                yield from _matches(rule, start, text)
            elif _takes(rule, text):
                yield line_deletion(view, Line(start, start + len(text)), rule.id, rule.confidence)

    def taken(self, view: View, lines: Iterable[int]) -> dict[int, str]:
        """Those of some lines of a document that a rule takes away, or their beginning: the rule,
        by the number of the line."""
        folded = view.folded_lines
        return {
            at: rule.id
            for at, rule in self._asked(view, set(lines))
            if (_begins if rule.scope == "inline" else _takes)(rule, folded[at])
        }

    def _asked(self, view: View, lines: AbstractSet[int] | None) -> Iterator[tuple[int, Rule]]:
        """The lines of a document, or those of some, with each rule that is tried on them."""
        numbers, ranks = view.of_batch(f"{self._memo}.lists", self._lists)
        first, last = view.line_numbers
        own = slice(bisect_left(numbers, first), bisect_left(numbers, last))
        for number, rank in zip(numbers[own], ranks[own], strict=True):
            at, rule = number - first, self._rules[rank]
            if (lines is None or at in lines) and _in_zone(view, rule.where, at):
                yield at, rule

    def _lists(self, batch: Batch) -> tuple[list[int], list[int]]:
        """`tried` as lists: pages ask for a few of each."""
        line, rank = self.tried(batch)
        return line.tolist(), rank.tolist()

    def _tried(self, batch: Batch) -> Tried:
        """All that a literal asks for, in order."""
        literals, lines = literals_near(batch, self._longest)
        count = self._count.take(literals)
        at, _ = places_of(self._first.take(literals), count)
        lines = np.repeat(lines, count)
        sizes = batch.line_ends.take(lines) - batch.line_starts.take(lines)
        short = sizes <= self._limits.take(at)
        pairs = np.unique(lines[short] << _RANK | self._ranks.take(at[short]))
        return Tried(pairs >> _RANK, pairs & (1 << _RANK) - 1)


class Tried(NamedTuple):
    """Lines on which rules are tried, numbered as in `batch.line_ends`, and the ranks of these
    rules; each array shape (k,)."""

    line: Ints
    rank: Ints


def literals_near(batch: Batch, longest: Ints) -> tuple[Ints, Ints]:
    """The literals on lines of at most `longest[literal]` characters, and the numbers of these
    lines among `batch.line_ends`, sorted; both shape (k,). 0 leaves a literal out."""
    hits = batch.hits
    limits = longest.take(hits.literal)
    at = np.flatnonzero(limits)
    lines = np.searchsorted(batch.line_ends, hits.start[at])
    near = batch.line_ends[lines] - batch.line_starts[lines] <= limits[at]
    return hits.literal[at[near]], lines[near]


def line_around(view: View, at: int) -> Line:
    """The line that position `at` lies on."""
    end = view.text.find("\n", at)
    return Line(view.text.rfind("\n", 0, at) + 1, len(view.text) if end < 0 else end)


def lines_with_literal(batch: Batch, longest: Ints) -> Mask:
    """Which documents hold a literal on a line of at most `longest[literal]` characters,
    shape (n,); 0 leaves a literal out."""
    return batch.with_line(literals_near(batch, longest)[1])


def line_deletion(view: View, line: Line, rule: str, confidence: float = 1.0) -> Edit:
    """The Edit that takes a whole line away, with its newline."""
    return Edit(line.start, min(line.end + 1, len(view.text)), "", rule, confidence)


def _matches(rule: Rule, start: int, folded: str) -> Iterator[Edit]:
    """The edits of a rule within a line that begins at `start`."""
    if rule.pattern is None:
        raise RuleError(f"{rule.id}: a rule of scope inline needs a pattern")
    for match in rule.pattern.finditer(folded):
        first, last = match.span()
        if last > first:
            new = match.expand(rule.put)
            yield Edit(start + first, start + last, new, rule.id, rule.confidence)


def _begins(rule: Rule, folded: str) -> bool:
    """Whether a rule takes away the beginning of a line."""
    return any(edit.start == 0 and not edit.new for edit in islice(_matches(rule, 0, folded), 1))


def _takes(rule: Rule, text: str) -> bool:
    """Whether a rule takes a line as a whole."""
    return rule.pattern is None or _whole(rule.pattern, text.strip())


@lru_cache(maxsize=1 << 13)  # a page is asked for its frame, too
def _whole(pattern: regex.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None


def _in_zone(view: View, where: Where, at: int) -> bool:
    """Whether a line stands where a rule looks: at the head or the tail of its page."""
    return where == "any" or at in view.once(f"rules.{where}", _EDGES[where])


def _edge(view: View, backwards: bool) -> set[int]:
    """The numbers of the lines at the head or at the tail of a page."""
    lines = view.folded_lines
    found: set[int] = set()
    for at in reversed(range(len(lines))) if backwards else range(len(lines)):
        if lines[at].strip():
            found.add(at)
            if len(found) == _EDGE_LINES:
                break
    return found


_EDGES = {"head": partial(_edge, backwards=False), "tail": partial(_edge, backwards=True)}
