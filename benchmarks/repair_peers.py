"""ftfy and charset-normalizer beside `repair-only`, on the same sentences in the same run."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import charset_normalizer

from benchmarks.corpora import load
from benchmarks.damage_codec import KINDS
from benchmarks.damage_marks import ESCAPES, MARKS
from benchmarks.repair_marks import Figures, Form, news_pages, repaired, sentences_of

_SENTENCES = 60
Mend = Callable[[Sequence[str]], list[str]]
_CHARSETS = ("latin-1", "cp1252", "cp1250", "cp1251", "mac_roman", "cp437", "gb18030", "big5")


def compare(form: Form) -> Figures:
    """Share of news sentences that come back exactly, for each kind and each program;
    `kinds_behind`, of how many kinds a peer gives back more; and the share of sound sentences
    that each program alters."""
    menders = _menders()
    sentences = [form(text) for text in sentences_of(news_pages(), _SENTENCES)]
    hong_kong = [form(r["text"]) for r in load("news_rthk_zhhant", "test")]
    traditional = sentences_of(hong_kong, _SENTENCES)
    figures: Figures = {}
    for kind, damage in _kinds().items():
        pairs = list(_pairs(damage, traditional if kind.startswith("big5") else sentences))
        for name, mend in menders.items():
            found = mend([text for text, _ in pairs])
            right = sum(a == truth for a, (_, truth) in zip(found, pairs, strict=True))
            figures[f"{kind}.{name}"] = right / max(len(pairs), 1)
    figures["kinds_behind"] = sum(_behind(figures, kind, list(menders)) for kind in _kinds())
    return figures | _altered(menders, sentences, traditional, form)


def _behind(figures: Figures, kind: str, names: Sequence[str]) -> bool:
    """Whether a peer gives back more sentences of a kind than we do."""
    return any(figures[f"{kind}.{name}"] > figures[f"{kind}.ours"] for name in names)


def _altered(
    menders: Mapping[str, Mend], simplified: Sequence[str], traditional: Sequence[str], form: Form
) -> Figures:
    foreign = [form(r["text"][:400]) for r in load("lang_chardet_ja_ko_zh", "test")]
    sound = {
        "simplified": simplified,
        "traditional": traditional,
        "japanese_korean": foreign,
    }
    return {
        f"sound_{script}.{name}": sum(a != b for a, b in zip(mend(texts), texts, strict=True))
        / len(texts)
        for script, texts in sound.items()
        for name, mend in menders.items()
    }


def _kinds() -> Mapping[str, Callable[[str], str]]:
    chance = random.Random(5)
    marks = {**ESCAPES, **{k: MARKS[k] for k in ("zero_width", "soft_hyphen", "kangxi")}}
    return {**KINDS, **{name: partial(_called, damage, chance) for name, damage in marks.items()}}


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


def _menders() -> dict[str, Mend]:
    """The programs; a peer that is not installed raises ImportError (`pip install ftfy`)."""
    import ftfy

    tuned = ftfy.TextFixerConfig(
        uncurl_quotes=False, fix_character_width=False, fix_latin_ligatures=False
    )
    return {
        "ours": repaired,
        "ftfy": lambda texts: [ftfy.fix_text(text) for text in texts],
        "ftfy_tuned": lambda texts: [ftfy.fix_text(text, tuned) for text in texts],
        "charset_normalizer": lambda texts: [_detected(text) for text in texts],
    }


def _detected(text: str) -> str:
    """Encode in each charset that can, and take the most Chinese of what is detected."""
    best, most = text, _chinese(text)
    for charset in _CHARSETS:
        try:
            match = charset_normalizer.from_bytes(text.encode(charset)).best()
        except UnicodeEncodeError:
            continue
        if match is not None and _chinese(str(match)) > most:
            best, most = str(match), _chinese(str(match))
    return best


def _chinese(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)
