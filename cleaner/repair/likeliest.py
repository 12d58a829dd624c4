"""The likeliest text for a row of slots of which some are open."""

from __future__ import annotations

from collections.abc import Container, Sequence

import numpy as np
import numpy.typing as npt
import regex

from cleaner.kernels.text import fold_text
from cleaner.models.lm import sequence_scores
from cleaner.repair.stream import READING, SWALLOWED, Slot

Words = Container[str]
"""Two and three characters in a row, as they stand elsewhere in the document (folded)."""


class Seen:
    """The words of a document, looked for when they are asked for."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._known: dict[str, bool] = {}

    def __contains__(self, word: object) -> bool:
        assert isinstance(word, str)
        if word not in self._known:
            self._known[word] = bool(_HAN.fullmatch(word)) and word in self._folded
        return self._known[word]


_HAN = regex.compile(r"[\u4e00-\u9fff]{2,3}")
_BEAM = 32
_WORTH = 9.0  # nats: more than `form` takes, so that what is looked at stays in front
_CONTEXT = 3
_REACH = 12  # enough for the context and a reading
_SURE = 0.75  # share of one digit among those that may have been lost
_SEEN_TWO, _SEEN_THREE = 1.2, 2.6
"""Nats in favour of what the document itself writes elsewhere."""


def bare(text: str) -> str:
    """Text without readings, which the model has never seen."""
    return READING.sub("", text)


def likeliest(
    left: str, slots: Sequence[Slot], right: str, words: Words = frozenset()
) -> tuple[str, float]:
    """(text, confidence): each open slot filled with what suits its neighbours best.

    `left` and `right` are the rest of the line.
    Open slots that are more than two characters apart do not see each other.
    """
    text, confidence = "", 1.0
    place = 0
    while place < len(slots):
        slot = slots[place]
        if isinstance(slot, str):
            text += slot
            place += 1
            continue
        end = _group_end(slots, place)
        chosen, share = _group(left + text, slots[place:end], _fixed(slots[end:], right), words)
        text += chosen
        confidence *= share
        place = end
    return text, confidence


def _group_end(slots: Sequence[Slot], start: int) -> int:
    """Where the open slots from `start` on end that stand close to each other."""
    end = start + 1
    for at in range(start + 1, len(slots)):
        if not isinstance(slots[at], str):
            if at - end > 2:
                break
            end = at + 1
    return end


def _fixed(slots: Sequence[Slot], right: str) -> str:
    text = ""
    for slot in slots:
        if not isinstance(slot, str) or len(text) > 12:
            return text
        text += slot
    return text + right


def _group(left: str, slots: Sequence[Slot], right: str, words: Words) -> tuple[str, float]:
    """The best text for a group of slots, and its share among the rest."""
    texts = [""]
    for place, slot in enumerate(slots):
        options = (slot,) if isinstance(slot, str) else slot
        texts = [text + option for text in texts for option in options]
        if len(texts) > _BEAM and place + 1 < len(slots):
            scores = _scores(left, texts, None, words)
            texts = [texts[k] for k in np.argsort(-scores, kind="stable")[:_BEAM].tolist()]
    scores = _scores(left, texts, right, words)
    best = int(scores.argmax())
    shares = np.exp(scores - scores[best])
    return _honest(texts, best, shares, slots), float(1 / shares.sum())


def _honest(
    texts: Sequence[str], best: int, shares: npt.NDArray[np.float64], slots: Sequence[Slot]
) -> str:
    """The best text, with `?` for a digit that was swallowed if it may well be another one: what
    was swallowed is unknown, and a wrong figure is worse than none."""
    text = texts[best]
    for place, slot in enumerate(slots):
        if slot is not SWALLOWED:
            continue
        alike = [
            k
            for k, other in enumerate(texts)
            if other[:place] == text[:place] and other[place + 1 :] == text[place + 1 :]
        ]
        figures = [k for k in alike if texts[k][place].isdecimal()]
        rest = max((float(shares[k]) for k in alike if k not in figures), default=0.0)
        total = float(shares[figures].sum())
        if total >= rest and figures:
            likely = max(figures, key=lambda k: float(shares[k]))
            sure = shares[likely] >= _SURE * total
            text = text[:place] + (texts[likely][place] if sure else "?") + text[place + 1 :]
    return text


def _scores(
    left: str, texts: Sequence[str], right: str | None, words: Words
) -> npt.NDArray[np.float64]:
    """ln p of each text between its neighbours; `right` is None where it is not known yet."""
    before = bare(left[-_REACH:])[-_CONTEXT:]
    after = bare((right or "")[:_REACH])[:_CONTEXT]
    whole = [before + bare(text) + after for text in texts]
    scores = sequence_scores(whole)
    first = np.argsort(-scores, kind="stable")[:_BEAM]
    rest = "-" if right is None else right
    scores[first] += [form(left, texts[k], rest) + _WORTH for k in first.tolist()]
    if words:
        folded = fold_text("\n".join(whole[k] for k in first)).split("\n")
        scores[first] += [_seen(text, words) for text in folded]
    return scores


def form(before: str, text: str, after: str) -> float:
    """What the model cannot see, in nats: quotes that open and close, and how a line ends."""
    value = 0.0
    inside = before.rfind("“") > before.rfind("”")
    for char in text:
        if char in "“”":
            value += 1.5 if (char == "”") == inside else -3.0 if char == "“" else -1.0
            inside = char == "“"
    value -= 3.0 * len(_DOUBLED.findall(before[-1:] + text + after[:1]))
    if not after:
        value += 3.0 if text[-1:] in _ENDS else -3.0
    return value


_DOUBLED = regex.compile(r"([，。！；：、])(?=[，。！；：、])")
_ENDS = frozenset("。！？”）》】；…")


def _seen(text: str, words: Words) -> float:
    two = sum(text[at : at + 2] in words for at in range(len(text) - 1))
    three = sum(text[at : at + 3] in words for at in range(len(text) - 2))
    return _SEEN_TWO * two + _SEEN_THREE * three
