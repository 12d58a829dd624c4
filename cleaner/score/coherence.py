"""Scorer `score.coherence`: does the text hold together, in one piece and in order?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from cleaner.batch import Batch, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.models.coherence import load
from cleaner.rules import RuleBook
from cleaner.score.judged import doc_inputs, foreign_logits, judge, logits_of, pyramid_of
from cleaner.score.streams import stream_of_batch


class Coherence:
    """Do the passages of the text belong to one piece, in the order of writing? Each in [0, 1]:

    `unity`: no foreign passages, no two articles in one; `order`: sentences that are not
    shuffled, which falls less where only paragraphs changed places; `coherence`: no fault of any
    of these kinds. `pyramid`: how likely the text is built as news is (the inverted pyramid: a
    lead, then what it needs), by the same evidence, and not by what it is about.
    """

    name = "score.coherence"
    names: Mapping[str, Bound] = dict.fromkeys(("coherence", "unity", "order", "pyramid"), "min")

    def __init__(self, book: RuleBook) -> None:
        pass

    def score(self, batch: Batch) -> dict[str, Values]:
        if not len(batch):
            return {name: np.zeros(0) for name in self.names}
        model = load()
        judged = judge(stream_of_batch(batch), batch.folded, model)
        inputs = doc_inputs(judged, model)
        curves = (model.points, model.unity_points, model.order_points)
        found = {
            name: np.interp(logits, *points)
            for (name, logits), points in zip(logits_of(inputs, model).items(), curves, strict=True)
        }
        return {**found, "pyramid": 1 / (1 + np.exp(-pyramid_of(inputs, model)))}

    def evidence(self, view: View) -> Iterator[Evidence]:
        """The passages that seem to belong elsewhere, the strangest first."""
        if view.text.strip():
            yield from strangers(view)


def strangers(view: View, at_least: float = 0.5, most: int = 5) -> Iterable[Evidence]:
    """Units that are foreign with a probability of at least `at_least`."""
    batch = Batch([view.doc])
    judged = judge(stream_of_batch(batch), batch.folded, load())
    chance = 1 / (1 + np.exp(-foreign_logits(judged, load())))[judged.rows]
    ends = np.append(judged.at[1:], len(view.text))
    found = []
    for unit in np.argsort(-chance, kind="stable")[:most].tolist():
        if chance[unit] >= at_least:
            start, end = int(judged.at[unit]), int(ends[unit])
            while end > start and view.text[end - 1].isspace():
                end -= 1
            note = f"shares little with the rest: {chance[unit]:.0%} foreign"
            found.append(Evidence(start, end, "coherence", note))
    return found
