"""Documents by kind for the score benchmarks: news by source, what is no news by kind."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import regex

from benchmarks.corpora import Split, load
from cleaner.train.news import length

Record = dict[str, Any]

TRAINED = ("news_chinanews", "news_rmrb2026", "news_xwlb", "news_rthk_zhhant")
NEWS = (*TRAINED, "news_nankai")
_FINGERPRINT = regex.compile(r"央视网消息\s*[(（]新闻联播[)）]\s*[:：]?|【编辑:[^】]{2,12}】")
_SKIPPED = {"chid_passage_mixed", "tech_doc_zh_en"}
_COLLECTION = regex.compile(r"(?:快讯|简讯|短讯|速递|集锦|汇总|短波)$")
_REPORT = regex.compile(
    r"^[^\S\n]*据?(?:本报|新华社|中新[网社]|央视网|人民网|南开新闻网)[^\n。]{0,20}[电讯]", regex.M
)
_FULL = 160
"""Short texts of a kind are joined until they have this many characters."""


@cache
def news(source: str, split: Split) -> tuple[str, ...]:
    """Articles of one source, without the marks that only this source has."""
    return tuple(map(text_of, records(source, split)))


def records(source: str, split: Split) -> Iterator[Record]:
    """The records of the news of one source that are no scraps."""
    found = load(source, split)
    return (r for r in found if r.get("label") == "news" and len(r["text"]) >= 80)


def text_of(record: Record) -> str:
    """The text without the marks that only its source has."""
    return _FINGERPRINT.sub("", record["text"]).strip()


@cache
def articles(source: str, split: Split) -> tuple[str, ...]:
    """`news` without collections."""
    return tuple(map(text_of, of_one_article(source, split)))


def of_one_article(source: str, split: Split) -> Iterator[Record]:
    """Records of news without collections: a quarter of what one source has of five paragraphs
    and more."""
    return (record for record in records(source, split) if not is_collection(record))


def is_collection(record: Record) -> bool:
    """Whether a record is several reports in one text, as its title says, or a second line that
    begins as a report does."""
    title = record.get("title") or ""
    return bool(_COLLECTION.search(title)) or len(_REPORT.findall(record["text"])) > 1


@cache
def others(split: Split) -> dict[str, tuple[str, ...]]:
    """What is no news, by kind."""
    kinds: dict[str, list[str]] = {}
    for record in load("nonnews_mixed", split):
        if record["label"] not in _SKIPPED:
            kinds.setdefault(record["label"], []).append(record["text"])
    kinds["video_description"] = [record["text"] for record in load("social_ytdesc", split)]
    posts = [r["text"] for r in load("weibo_posts", split) if r["label"] != "weibo_post"]
    titles = [record["text"] for record in load("titles_mixed", split)]
    kinds["hot_posts"] = list(_lists(posts, 5, 20, 300, seed=1))
    kinds["title_list"] = list(_lists(titles, 6, 25, 1200, seed=2))
    return {kind: tuple(_joined(texts)) for kind, texts in kinds.items()}


def _joined(texts: Iterable[str]) -> Iterator[str]:
    """Texts of one kind, short ones joined."""
    held: list[str] = []
    for text in texts:
        held.append(text.strip())
        if sum(map(len, held)) >= _FULL:
            yield "\n".join(held)
            held = []


def _lists(items: list[str], low: int, high: int, count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(count):
        yield "\n".join(chance.sample(items, chance.randint(low, high)))


def sized(texts: Sequence[str], count: int, seed: int) -> list[str]:
    """Some of the texts, cut at the end of a sentence to lengths that are drawn alike for
    every source and kind."""
    chance = random.Random(seed)
    chosen = chance.sample(list(texts), min(count, len(texts)))
    return [_cut(text, length(chance)) for text in chosen]


def _cut(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    ends = [match.end() for match in regex.finditer(r"[。！？!?\n]", text[:size])]
    return text[: ends[-1]] if ends and ends[-1] >= size // 2 else text[:size]
