"""Pages put in order, against the truth: joins, articles, order of characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.pages import Page, joins_of
from cleaner.apply import arranged
from cleaner.batch import Batch
from cleaner.document import Document, Keep
from cleaner.filter import Restorer
from cleaner.kernels.literals import Automaton


def restored(text: str, filters: Sequence[Restorer], automaton: Automaton | None) -> list[Document]:
    """The documents that restorers in sequence make of one text, split."""
    docs = [Document("page", text)]
    for item in filters:
        following: list[Document] = []
        for doc in docs:
            batch = Batch([doc], automaton)
            made = arranged(batch, 0, item, split=True) if item.suspects(batch)[0] else None
            following += [doc] if made is None else made
        docs = following
    return docs


def origins(doc: Document) -> np.ndarray:
    """For each character of a document where it stood in the original text, −1 for new ones."""
    at = np.arange(len(doc.original))
    for change in doc.changes:
        parts = [
            at[p.start : p.end] if isinstance(p, Keep) else np.full(len(p.text), -1)
            for p in change.pieces
        ]
        at = np.concatenate(parts) if parts else at[:0]
    return at


@dataclass
class Tally:
    """Counts over many pages."""

    joins: Counter[str]
    pairs: Counter[str]
    order: Counter[str]

    @classmethod
    def empty(cls) -> Tally:
        return cls(Counter(), Counter(), Counter())

    def figures(self) -> dict[str, float]:
        """Precision and recall of joins, F1 of pairs, share of characters in right order."""
        precision = self.joins["right"] / max(1, self.joins["made"])
        recall = self.joins["right"] / max(1, self.joins["true"])
        pairs = 2 * self.pairs["right"] / max(1, self.pairs["made"] + self.pairs["true"])
        order = self.order["right"] / max(1, self.order["all"])
        return {
            "joins.precision": precision,
            "joins.recall": recall,
            "pairs.f1": pairs,
            "order": order,
        }


def judge(page: Page, docs: Sequence[Document], tally: Tally) -> None:
    """Add one page to the tally."""
    homes = np.full(len(page.text), -1)
    places = np.full(len(page.text), -1)
    made: set[tuple[int, int]] = set()
    owner = np.full(len(page.text), -1)
    for number, (start, end) in enumerate(page.spans):
        owner[start:end] = number
    for number, doc in enumerate(docs):
        at = origins(doc)
        known = np.flatnonzero(at >= 0)
        homes[at[known]] = number
        places[at[known]] = known
        made |= _seams(doc.text, at, owner)
    true = set(joins_of(page))
    tally.joins.update(made=len(made), true=len(true), right=len(made & true))
    _judge_pairs(page, homes, tally)
    _judge_order(page, homes, places, tally)


def _seams(text: str, at: np.ndarray, owner: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of fragments that stand in one line of an output, one right after the other."""
    found = set()
    last = -1
    for char, where in zip(text, at.tolist(), strict=True):
        if char == "\n":
            last = -1
        if where < 0 or owner[where] < 0:
            continue
        if last >= 0 and owner[where] != last:
            found.add((last, int(owner[where])))
        last = int(owner[where])
    return found


def _home(homes: np.ndarray, span: tuple[int, int]) -> int:
    return Counter(homes[span[0] : span[1]].tolist()).most_common(1)[0][0]


def _judge_pairs(page: Page, homes: np.ndarray, tally: Tally) -> None:
    body = [n for n, f in enumerate(page.fragments) if f.kind == "body"]
    found = {n: _home(homes, page.spans[n]) for n in body}
    for place, a in enumerate(body):
        for b in body[:place]:
            true = page.fragments[a].article == page.fragments[b].article
            same = found[a] == found[b] >= 0
            tally.pairs.update(true=true, made=same, right=true and same)


def _judge_order(page: Page, homes: np.ndarray, places: np.ndarray, tally: Tally) -> None:
    chains: dict[int, list[int]] = {}
    for number, fragment in enumerate(page.fragments):
        if fragment.kind == "body":
            chains.setdefault(fragment.article, []).append(number)
    for chain in chains.values():
        chain.sort(key=lambda n: page.fragments[n].rank)
        sizes = {n: len(page.fragments[n].text) for n in chain}
        by_home: dict[int, list[int]] = {}
        for n in chain:
            by_home.setdefault(_home(homes, page.spans[n]), []).append(n)
        by_home.pop(-1, None)
        best = max(
            (_heaviest_rising(group, sizes, places, page.spans) for group in by_home.values()),
            default=0,
        )
        tally.order.update(right=best, all=sum(sizes.values()))


def _heaviest_rising(
    group: Sequence[int],
    sizes: dict[int, int],
    places: np.ndarray,
    spans: Sequence[tuple[int, int]],
) -> int:
    """Characters of the heaviest subsequence that the output has in true order."""
    best: list[int] = []
    where = [int(places[spans[n][0]]) for n in group]
    for i, n in enumerate(group):
        earlier = [best[j] for j in range(i) if where[j] < where[i]]
        best.append(sizes[n] + max(earlier, default=0))
    return max(best, default=0)
