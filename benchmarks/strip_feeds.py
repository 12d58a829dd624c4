"""Feed lists put before, into and after real articles: is their boundary found exactly?"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from benchmarks import corpora
from benchmarks.strip_pages import strip_stage, survivors
from cleaner.document import Document

_HEADINGS = [
    "相关阅读",
    "热门推荐",
    "【推荐阅读】",
    "猜你喜欢",
    "热点新闻：",
    "✋热门推荐",
    "延伸阅读",
]
_HEADINGS += ["相关新闻 更多>>", "最新文章", "大家都在看", "■ 新闻排行", "您可能感兴趣", "编辑推荐"]
_HOT = ["热搜榜", "微博热搜", "热门话题", "今日热点", "24小时热文"]
_BULLETS = ["• ", "  • ", "·", "● ", "► ", "- ", "* ", "◆ "]
_NAMES = ["小山说事", "江边一景", "晚风", "老周看球", "城南旧闻", "数据一角"]
_PAGES = 600


class Page(NamedTuple):
    """Lines of a page, the numbers of those that were put in, and how."""

    lines: list[str]
    feed: set[int]
    kind: str


def feeds(form: Callable[[str], str], split: corpora.Split = "test") -> dict[str, float]:
    """The share of pages of which strip takes the feed and nothing else, over all and by kind.

    Bodies are articles that strip leaves as they are, by themselves.
    """
    rng = random.Random(5)
    pipe = strip_stage()
    articles = sound_articles(form, split)
    titles, posts = _texts("titles_mixed", split, 8, 40), _texts("weibo_posts", split, 90, 400)
    total: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    for number in range(_PAGES):
        page = _page(rng, articles[number % len(articles)], titles, posts)
        text = form("\n".join(page.lines))
        (doc,) = pipe.clean([Document(str(number), text)]).docs
        total[page.kind] += 1
        exact[page.kind] += _taken(doc) == {n for n in page.feed if page.lines[n].strip()}
    figures = {f"exact.{kind}": exact[kind] / total[kind] for kind in sorted(total)}
    return {"exact": sum(exact.values()) / _PAGES, **figures}


def _page(
    rng: random.Random, article: list[str], titles: Sequence[str], posts: Sequence[str]
) -> Page:
    kind = rng.choice(list(_MAKERS))
    feed = _MAKERS[kind](rng, titles, posts)
    gap = rng.choice([[], [""]])
    places = {"head": 0, "tail": len(article), "middle": rng.randrange(1, len(article))}
    name = rng.choice(["tail", "tail", "tail", "middle", "head"])
    at = places[name]
    spaced = [line for text in article for line in (text, *gap)]
    at *= 1 + len(gap)
    lines = [*spaced[:at], *feed, *gap, *spaced[at:]]
    return Page(lines, set(range(at, at + len(feed))), f"{kind}.{name}")


Texts = Sequence[str]


def _posts(rng: random.Random, _: Texts, posts: Texts) -> list[str]:
    """A heading and bulleted posts, cut at 80 characters."""
    return [rng.choice(_HEADINGS), *_bulleted(rng, posts)]


def _bare_posts(rng: random.Random, _: Texts, posts: Texts) -> list[str]:
    """Bulleted posts, cut at 80 characters, without a heading."""
    return _bulleted(rng, posts)


def _bulleted(rng: random.Random, posts: Texts) -> list[str]:
    bullet = rng.choice(_BULLETS)
    return [bullet + post.replace("\n", " ")[:80] for post in rng.sample(posts, rng.randint(6, 20))]


def _plain(rng: random.Random, titles: Texts, _: Texts) -> list[str]:
    """A heading and bare titles."""
    return [rng.choice(_HEADINGS), *rng.sample(titles, rng.randint(4, 10))]


def _dated(rng: random.Random, titles: Texts, _: Texts) -> list[str]:
    """A heading and titles with a date behind or before each."""
    behind = rng.random() < 0.6
    day = f"2021-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    picked = rng.sample(titles, rng.randint(4, 10))
    rows = [f"{title} {day}" if behind else f"[{day[5:]}] {title}" for title in picked]
    return [rng.choice(_HEADINGS), *rows]


def _numbered(rng: random.Random, titles: Texts, _: Texts) -> list[str]:
    """Hot searches by rank."""
    mark = rng.choice(["{} ", "{}. ", "{}、", "{:02}/"])
    picked = rng.sample(titles, rng.randint(5, 15))
    rows = [mark.format(rank) + title for rank, title in enumerate(picked, 1)]
    return [rng.choice(_HOT), *rows]


def _named(rng: random.Random, titles: Texts, _: Texts) -> list[str]:
    """A heading and titles, each with an invented account or a count behind it."""
    rows = [
        f"{title} {rng.choice(_NAMES)} {rng.randint(2, 999)}评论"
        for title in rng.sample(titles, rng.randint(4, 10))
    ]
    return [rng.choice(_HEADINGS), *rows]


def _dots(rng: random.Random, _: Texts, posts: Texts) -> list[str]:
    """Posts cut at one width, with dots, without bullets or heading."""
    width = rng.choice([40, 60])
    picked = rng.sample(posts, rng.randint(4, 8))
    return [post.replace("\n", " ")[:width] + "..." for post in picked]


_MAKERS: dict[str, Callable[[random.Random, Texts, Texts], list[str]]] = {
    "posts": _posts,
    "bare_posts": _bare_posts,
    "plain": _plain,
    "dated": _dated,
    "numbered": _numbered,
    "named": _named,
    "dots": _dots,
}


def sound_articles(form: Callable[[str], str], split: corpora.Split) -> list[list[str]]:
    """Paragraphs of news articles that strip leaves alone."""
    pipe = strip_stage()
    found = []
    for corpus in ("news_chinanews", "news_rmrb2026"):
        for record in islice(corpora.load(corpus, split), 0, 900, 3):
            lines = [line.strip() for line in record["text"].split("\n") if line.strip()]
            text = form("\n".join(lines))
            (doc,) = pipe.clean([Document("a", text)]).docs
            if 4 <= len(lines) <= 40 and len(text) > 300 and not doc.changes:
                found.append(lines)
    random.Random(1).shuffle(found)
    return found


def _texts(corpus: str, split: corpora.Split, least: int, most: int) -> list[str]:
    """Distinct texts of one line of a corpus, no shorter than `least` characters."""
    texts = (" ".join(record["text"].split()) for record in corpora.load(corpus, split))
    return list(dict.fromkeys(islice((t for t in texts if least <= len(t) <= most), 4000)))


def _taken(doc: Document) -> set[int]:
    """The lines of which nothing is left, blank ones aside."""
    kept = survivors(doc)
    taken, at = set(), 0
    for number, line in enumerate(doc.original.split("\n")):
        span = slice(at, at + len(line))
        at += len(line) + 1
        if line.strip() and not kept[span].any():
            taken.add(number)
        elif line.strip() and not kept[span].all() and line.strip(" 　") == line:
            taken.add(-number - 1)  # cut into: never exact
    return taken
