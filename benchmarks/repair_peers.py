"""ftfy and charset-normalizer beside `repair-only`, on the same sentences in the same run."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from benchmarks.corpora import load
from benchmarks.damage_codec import KINDS
from benchmarks.damage_marks import ESCAPES, MARKS
from benchmarks.environments import call
from benchmarks.repair_marks import Figures, Form, news_pages, repaired, sentences_of

_SENTENCES = 60
_REQUIREMENTS = ("ftfy==6.3.1", "charset-normalizer==3.5.2")

Pairs = list[tuple[str, str]]  # (what the program gets, what must come out)


def compare(form: Form) -> Figures:
    """Share of news sentences that come back exactly, for each kind and each program;
    `kinds_behind`, of how many kinds a peer gives back more; and as `sound_….<program>` the
    share of sound sentences that each program leaves alone."""
    tasks = {**_damaged(form), **_sound(form)}
    texts = [text for pairs in tasks.values() for text, _ in pairs]
    found = {"ours": repaired(texts), **_peers(texts)}
    figures: Figures = {}
    at = 0
    for task, pairs in tasks.items():
        for program, mended in found.items():
            part = mended[at : at + len(pairs)]
            right = sum(a == truth for a, (_, truth) in zip(part, pairs, strict=True))
            figures[f"{task}.{program}"] = right / max(len(pairs), 1)
        at += len(pairs)
    figures["kinds_behind"] = sum(_behind(figures, task, list(found)) for task in tasks)
    return figures


def _peers(texts: Sequence[str]) -> Mapping[str, list[str]]:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(list(texts), file)
        file.flush()
        found: dict[str, list[str]] = call("mend", _REQUIREMENTS, file.name)
    return found


def _behind(figures: Figures, task: str, programs: Sequence[str]) -> bool:
    """Whether a peer gives back more sentences of a kind than we do."""
    return any(figures[f"{task}.{name}"] > figures[f"{task}.ours"] for name in programs)


def _damaged(form: Form) -> dict[str, Pairs]:
    simplified = [form(text) for text in sentences_of(news_pages(), _SENTENCES)]
    traditional = _traditional(form)
    chance = random.Random(5)
    marks = {**ESCAPES, **{k: MARKS[k] for k in ("zero_width", "soft_hyphen", "kangxi")}}
    kinds: dict[str, Callable[[str], str]] = {
        **KINDS,
        **{name: partial(_called, how, chance) for name, how in marks.items()},
    }
    return {
        kind: list(_pairs(damage, traditional if kind.startswith("big5") else simplified))
        for kind, damage in kinds.items()
    }


def _sound(form: Form) -> dict[str, Pairs]:
    foreign = [form(r["text"][:400]) for r in load("lang_chardet_ja_ko_zh", "test")]
    sound = {
        "sound_simplified": [form(text) for text in sentences_of(news_pages(), _SENTENCES)],
        "sound_traditional": _traditional(form),
        "sound_japanese_korean": foreign,
    }
    return {name: [(text, text) for text in texts] for name, texts in sound.items()}


def _traditional(form: Form) -> list[str]:
    pages = [form(record["text"]) for record in load("news_rthk_zhhant", "test")]
    return sentences_of(pages, _SENTENCES)


def _called(damage: Callable[[str, random.Random], str], chance: random.Random, text: str) -> str:
    return damage(text, chance)


def _pairs(damage: Callable[[str], str], sentences: Sequence[str]) -> Iterator[tuple[str, str]]:
    for truth in sentences:
        try:
            text = damage(truth)
        except UnicodeEncodeError:
            continue
        if text != truth:
            yield text, truth
