"""Training of the news model: `clean train news`."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import regex

from cleaner.errors import InputError
from cleaner.models.linear import Linear
from cleaner.train.linear import fit, stream_of_texts
from cleaner.train.measures import auc

Texts = Mapping[str, Sequence[str]]
Floats = npt.NDArray[np.float64]

_SHORTEST, _MIDDLE, _SPREAD, _LONGEST = 120, 400.0, 0.7, 2000
_HELD = 5
"""One text in this many is held back for the report and for calibration."""


@dataclass(frozen=True)
class Trained:
    """The model with what is known of it: figures by name, for the report."""

    model: Linear
    figures: Mapping[str, float]


def train_news(
    positive: Texts,
    negative: Texts,
    *,
    per_group: int = 3000,
    seed: int = 0,
    leave_out: bool = True,
) -> Trained:
    """A model from texts by source (positive) and by kind (negative).

    Lengths are cut to one distribution for both sides, so that length cannot be learned;
    punctuation, width, script and paragraphs are not seen by the model at all. The report
    holds the AUC on texts held back, for each kind, and (`leave_out`) with each source and
    each kind left out of training in turn.
    """
    if not positive or not negative:
        raise InputError("training news needs positive and negative texts")
    chance = random.Random(seed)
    train: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for side, groups in (("+", positive), ("-", negative)):
        for name, texts in sorted(groups.items()):
            train[side + name], held[side + name] = _divided(texts, per_group, chance)
    model = _fitted(train, seed)
    figures = {"texts": float(sum(map(len, train.values())))} | _aucs(model, held, "held")
    if leave_out:
        for name in train:
            rest = {other: texts for other, texts in train.items() if other != name}
            if {"+", "-"} <= {other[0] for other in rest}:
                figures |= _left_out(_fitted(rest, seed), held, name)
    return Trained(calibrated(model, held), figures)


def crop(text: str, size: int, chance: random.Random) -> str:
    """About `size` characters: from the start, or from a sentence further on."""
    if len(text) <= size:
        return text
    start = 0 if chance.random() < 0.6 else chance.randint(0, len(text) - size)
    window = text[start : start + size]
    mark = regex.search(r"[。！？!?\n]", window[: size // 3]) if start else None
    return window[mark.end() :] if mark else window


def length(chance: random.Random) -> int:
    """A length that is drawn for both sides alike: log-normal, in characters."""
    drawn = chance.lognormvariate(float(np.log(_MIDDLE)), _SPREAD)
    return int(min(_LONGEST, max(_SHORTEST, drawn)))


def _divided(
    texts: Sequence[str], count: int, chance: random.Random
) -> tuple[list[str], list[str]]:
    """Crops for training and for the report, of different texts."""
    texts = list(texts)
    chance.shuffle(texts)
    cut = max(1, len(texts) // _HELD)
    held = [crop(text, length(chance), chance) for text in texts[:cut]]
    rest = texts[cut:] or texts
    drawn = [rest[k % len(rest)] for k in range(min(count, 4 * len(rest)))]
    return [crop(text, length(chance), chance) for text in drawn], held


def _fitted(train: Texts, seed: int) -> Linear:
    """A model to which both sides, and the groups of each, count the same."""
    texts: list[str] = []
    labels: list[int] = []
    weights: list[float] = []
    groups = {side: sum(name[0] == side for name in train) for side in "+-"}
    for name, group in train.items():
        texts += group
        labels += [int(name[0] == "+")] * len(group)
        weights += [1 / (groups[name[0]] * len(group)) ** 0.5] * len(group)
    importance = np.array(weights)
    return fit(texts, labels, seed=seed, sample_weights=importance / importance.mean())


def _aucs(model: Linear, held: Texts, prefix: str) -> dict[str, float]:
    logits = {name: model.logits(stream_of_texts(texts)) for name, texts in held.items()}
    good = np.concatenate([values for name, values in logits.items() if name[0] == "+"])
    bad = np.concatenate([values for name, values in logits.items() if name[0] == "-"])
    figures = {f"{prefix}.auc": auc(good, bad)}
    for name, values in logits.items():
        pair = (values, bad) if name[0] == "+" else (good, values)
        figures[f"{prefix}.auc.{name[1:]}"] = auc(*pair)
    return figures


def _left_out(model: Linear, held: Texts, name: str) -> dict[str, float]:
    other = "-" if name[0] == "+" else "+"
    model = calibrated(model, {group: texts for group, texts in held.items() if group != name})
    logits = {
        group: model.logits(stream_of_texts(texts))
        for group, texts in held.items()
        if group == name or group[0] == other
    }
    own = logits.pop(name)
    rest = np.concatenate(list(logits.values()))
    value = auc(own, rest) if name[0] == "+" else auc(rest, own)
    return {f"left_out.auc.{name[1:]}": value}


def calibrated(model: Linear, held: Texts) -> Linear:
    """The model with its logits scaled and shifted to be true on texts held back, groups of a
    side counting the same (Platt 1999)."""
    logits, truth, weights = [], [], []
    for name, texts in held.items():
        values = model.logits(stream_of_texts(texts))
        logits.append(values)
        truth.append(np.full(len(values), float(name[0] == "+")))
        same = sum(other[0] == name[0] for other in held)
        weights.append(np.full(len(values), 1 / (same * len(values))))
    slope, shift = platt(np.concatenate(logits), np.concatenate(truth), np.concatenate(weights))
    return Linear(model.weights, model.orders, model.unit * slope, model.bias * slope + shift)


def platt(logits: Floats, truth: Floats, weights: Floats) -> tuple[float, float]:
    """Slope and shift of the logistic curve that fits best, by Newton's method."""
    rows = np.column_stack([logits, np.ones(len(logits))])
    line = np.array([1.0, 0.0])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(rows @ line, -30, 30)))
        slope = rows.T @ (weights * (chance - truth))
        bend = (rows * (weights * chance * (1 - chance))[:, None]).T @ rows
        line -= np.linalg.solve(bend + 1e-6 * np.eye(2), slope)
    return float(max(line[0], 1e-3)), float(line[1])
