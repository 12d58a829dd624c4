"""What each part of the coherence model is worth: AUC on held-out articles, sound and damaged,
with all parts and with each one silenced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from cleaner.models.coherence import ASPECTS, KINDS, CoherenceModel
from cleaner.score.judged import doc_inputs, logits_of
from cleaner.score.order import ORDER_FEATURES
from cleaner.score.shape import SHAPE_FEATURES
from cleaner.train.coherence import LEAST, judged_of
from cleaner.train.incoherent import pairs
from cleaner.train.measures import auc

Floats = npt.NDArray[np.float64]

PARTS: Mapping[str, tuple[str, ...]] = {
    "strange passages": ("worst", "second", "foreign", "mean"),
    "links": SHAPE_FEATURES,
    "how articles and lines open": ("lead", "lead_alone", "more_leads", "opens"),
    "how articles begin and end": (
        *("leads", "leads_alone", "leads_more"),
        *("ends", "ends_alone", "ends_more"),
    ),
    "what follows on what": (
        *("follows", "follows_root", "follows_back", "weakest", "holds"),
        *("lines", "lines_root", "lines_back", "weakest_line", "lines_hold"),
    ),
    "first mentions": ("first_mention", "first_mentions"),
    "topics of neighbours": ("next_sentence", "next_over_second", "within"),
    "late sentences": ("late", "late_share", "late_mean"),
    "quotation marks": ("open_quotes",),
}
"""Features of documents by what they look at."""

_COLUMNS = ("worst", "second", "foreign", "mean", *SHAPE_FEATURES, *ORDER_FEATURES, "rows")


def ablation(
    model: CoherenceModel, texts: Mapping[str, Sequence[str]], seed: int
) -> dict[str, float]:
    """AUC of `unity`, `order` or `coherence`, the first that looks for the kind of damage, by part
    left out and kind; means over the sources. A silenced feature has its mean value everywhere."""
    aspects = {
        kind: next(name for name in ("unity", "order", "coherence") if number in ASPECTS[name])
        for number, kind in enumerate(KINDS[1:], 1)
    }
    figures: dict[str, list[float]] = {}
    for source in texts.values():
        for kind in KINDS[1:]:
            both = pairs(source, kind, seed, least=max(3, LEAST[kind]))
            inputs = [doc_inputs(judged_of(model, part), model) for part in both]
            for name, columns in (("all parts", ()), *PARTS.items()):
                good, bad = (
                    logits_of(_silenced(rows, columns, model), model)[aspects[kind]]
                    for rows in inputs
                )
                label = name if not columns else f"without {name}"
                figures.setdefault(f"{label}: {kind}", []).append(auc(good, bad))
    return {name: float(np.mean(values)) for name, values in figures.items()}


def _silenced(rows: Floats, columns: Sequence[str], model: CoherenceModel) -> Floats:
    quiet = rows.copy()
    for column in columns:
        at = _COLUMNS.index(column)
        quiet[:, at] = model.doc_mean[at]
    return quiet
