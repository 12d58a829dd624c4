"""Benchmarks of escapes, annotations, marks, script, damage, and of clean text."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import opencc
import regex

from benchmarks.corpora import load, read
from benchmarks.damage_marks import (
    ANNOTATIONS,
    ESCAPES,
    LINES,
    MARKS,
    Damage,
    sound_for_annotation,
)
from benchmarks.generate import articles
from cleaner import recipe as recipes
from cleaner.batch import Batch
from cleaner.filter import Values
from cleaner.kernels.scripts import simplified_pairs
from cleaner.pipeline import Pipeline
from cleaner.score.damage import Damage as LostShare

Form = Callable[[str], str]
Figures = dict[str, float]

CORPORA = (
    "news_chinanews",
    "news_rmrb2026",
    "news_xwlb",
    "news_nankai",
    "news_rthk_zhhant",
    "titles_mixed",
    "weibo_posts",
    "social_ytdesc",
    "nonnews_mixed",
    "ads_wechat_lines",
    "lang_chardet_ja_ko_zh",
    "en_rthk",
)
"""All text that was written by people; not crawled pages with real damage."""
_SENTENCE = regex.compile(r"[^。！？\n]{12,100}[。！？][”」』]?")
_SENTENCES, _PAGES, _INVENTED = 200, 30, 24


@cache
def _pipeline(recipe: str = "repair-only") -> Pipeline:
    return Pipeline.from_recipe(recipe)


def repaired(texts: Sequence[str]) -> list[str]:
    """The texts after the recipe `repair-only`."""
    return [doc.text for doc in _pipeline()(texts)]


def sentences_of(pages: Sequence[str], count: int) -> list[str]:
    """Sentences, at most three of a page, in an order that chance made once and for all."""
    chance = random.Random(7)
    found: list[str] = []
    for page in pages:
        sentences = [sentence.strip() for sentence in _SENTENCE.findall(page)]
        found += chance.sample(sentences, min(3, len(sentences)))
    chance.shuffle(found)
    return found[:count]


def _generated() -> list[str]:
    return [article.text for article in articles(_INVENTED, seed=4)]


@cache
def news_pages() -> tuple[str, ...]:
    """News that no model was trained on, from four sources."""
    chance = random.Random(3)
    pages: list[str] = []
    for corpus in ("news_chinanews", "news_rmrb2026", "news_nankai", "news_xwlb"):
        texts = [r["text"] for r in load(corpus, "test") if 300 <= len(r["text"]) <= 2500]
        pages += chance.sample(texts, _PAGES)
    return tuple(pages)


def escapes(form: Form) -> Figures:
    """Share of invented sentences that come back exactly, for each spelling."""
    return _exact(ESCAPES, sentences_of(_generated(), _SENTENCES), form)


def escapes_news(form: Form) -> Figures:
    """The same on sentences of real news."""
    return _exact(ESCAPES, sentences_of(news_pages(), _SENTENCES), form)


def marks(form: Form) -> Figures:
    """Share of invented pages that come back exactly, for each kind of mark."""
    titles = [article.title for article in articles(100, seed=4)]
    return _exact(MARKS, _generated(), form) | _titles(titles, form)


def marks_news(form: Form) -> Figures:
    """The same on pages of real news."""
    return _exact(MARKS, news_pages(), form) | _titles(news_pages(), form)


def pinyin(form: Form) -> Figures:
    """Invented pages with annotations: share exact, and share of the annotations that stay."""
    return _annotations(_generated()[:12], form)


def pinyin_news(form: Form) -> Figures:
    """The same on pages of real news."""
    return _annotations(news_pages(), form)


def _exact(kinds: Mapping[str, Damage], sound: Sequence[str], form: Form) -> Figures:
    """Share exact for each kind; texts that a kind leaves alone or cannot write do not count."""
    figures: Figures = {}
    for kind, damage in kinds.items():
        pairs = list(_damaged(damage, [form(text) for text in sound]))
        found = repaired([text for text, _ in pairs])
        right = sum(text == truth for text, (_, truth) in zip(found, pairs, strict=True))
        figures[f"{kind}.exact"] = right / max(len(pairs), 1)
    return figures


def _damaged(damage: Damage, sound: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, truth in enumerate(sound):
        try:
            text = damage(truth, random.Random(number))
        except UnicodeEncodeError:
            continue
        if text != truth:
            yield text, truth


def _titles(pages: Sequence[str], form: Form) -> Figures:
    """Letter-spaced headings: the first lines of pages."""
    heads = [page.split("\n")[0].strip() for page in pages]
    return _exact(LINES, [head for head in heads if 8 <= len(head) <= 40 and " " not in head], form)


def _annotations(pages: Sequence[str], form: Form) -> Figures:
    figures: Figures = {}
    for kind, damage in ANNOTATIONS.items():
        truths = [form(sound_for_annotation(kind, page)) for page in pages]
        damaged = [form(damage(page, random.Random(at))) for at, page in enumerate(pages)]
        found = repaired(damaged)
        added = sum(map(len, damaged)) - sum(map(len, truths))
        left = sum(abs(len(a) - len(b)) for a, b in zip(found, truths, strict=True))
        right = sum(a == b for a, b in zip(found, truths, strict=True))
        figures[f"{kind}.exact"] = right / len(pages)
        figures[f"{kind}.left"] = left / max(added, 1)
    return figures


def clean(form: Form) -> Figures:
    """Edits of each rule on everything that people wrote, over all corpora and splits.

    `codec_shift` must be none; of the other kinds each figure is a count of documents,
    and most of them are real damage: escapes and invisible characters that a page has.
    """
    figures: Counter[str] = Counter()
    for corpus in CORPORA:
        pages = [form(record["text"]) for record in read(corpus)]
        figures["characters"] += sum(map(len, pages))
        figures["documents"] += len(pages)
        for doc in _pipeline()(pages):
            rules = {put.rule for change in doc.changes for put in change.puts}
            figures.update(f"{corpus}.{rule}" for rule in rules)
            figures.update({rule.partition(".")[2].partition(".")[0] for rule in rules})
    codec = figures["mojibake"] + figures["shift"]
    named = {"pinyin": 0, "escapes": 0, "invisible": 0, "compat": 0, "spacing": 0}
    bound = 3e6 / figures["characters"]  # the rule of three: 95 % upper bound of a rate of zero
    return {
        **named,
        **figures,
        "codec_shift": codec,
        "codec_shift.bound_per_million": bound,
    }


def script(form: Form) -> Figures:
    """Which Traditional pages mode `auto` converts: made so by a machine, and genuine ones."""
    recipe = recipes.load("repair-only").with_options("repair.script", mode="auto")
    pipe = Pipeline.from_recipe(recipe)
    pages = [form(page) for page in news_pages()]
    naive = [_by_character(page) for page in pages]
    genuine = [form(r["text"]) for r in load("news_rthk_zhhant", "test")]
    encyclopaedia = [
        form(r["text"]) for r in read("nonnews_mixed") if r.get("label") == "wiki_zhhant"
    ]
    return {
        "by_character.converted": _converted(pipe, naive),
        **{f"{name}.converted": _converted(pipe, _by(how, pages)) for name, how in _WAYS.items()},
        "hong_kong.converted": _converted(pipe, genuine),
        "encyclopaedia.converted": _converted(pipe, encyclopaedia),
    }


def _converted(pipe: Pipeline, pages: Sequence[str]) -> float:
    changed = [any(c.filter == "repair.script" for c in doc.changes) for doc in pipe(pages)]
    return sum(changed) / len(changed)


_WAYS = {"by_phrase": "s2t", "taiwan": "s2tw", "taiwan_words": "s2twp", "hong_kong_forms": "s2hk"}
"""Standards and words of Traditional text, as OpenCC calls them."""


def _by(way: str, pages: Sequence[str]) -> list[str]:
    converter = opencc.OpenCC(way)
    return [str(converter.convert(page)) for page in pages]


def _by_character(text: str) -> str:
    """Traditional as simple converters make it: a character that stands for several stays."""
    traditional, simplified = simplified_pairs()
    table: dict[int, int] = {}
    for source, target in zip(traditional.tolist(), simplified.tolist(), strict=True):
        table.setdefault(target, source)
    kept = "于后里并范采征干松制布占台准游志卷系"
    return text.translate({code: new for code, new in table.items() if chr(code) not in kept})


LOST: Mapping[str, Callable[[str], str]] = {
    "replacement": lambda text: text.encode("gb18030").decode("utf-8", "replace"),
    "kunjinkao": lambda text: (
        text.encode("gb18030").decode("utf-8", "replace").encode().decode("gb18030", "replace")
    ),
    "questions": lambda text: text.encode("ascii", "replace").decode(),
    "mojibake_twice": lambda text: _through_gbk(_through_gbk(_through_gbk(text))),
    "binary": lambda text: text.encode("utf-16-le").decode("latin-1"),
}


def _through_gbk(text: str) -> str:
    return text.encode().decode("gb18030", "replace")


def damage(form: Form) -> Figures:
    """`score.damage` above the limit of the recipe for lost pages, below it for sound ones."""
    limit = recipes.load("news-zh").limits["damage"].max or 0.0
    pages = [form(page) for page in _generated()[:12]]
    lost = {kind: [lose(page) for page in pages] for kind, lose in LOST.items()}
    return {
        f"{kind}.flagged": float((_damage(texts) > limit).mean())
        for kind, texts in {**lost, "sound": pages}.items()
    }


def _damage(texts: Sequence[str]) -> Values:
    """The signal after `repair-only`, shape (n,)."""
    book = _pipeline().book
    docs = list(_pipeline()(texts))
    return LostShare(book).score(Batch(docs, book.automaton))["damage"]
