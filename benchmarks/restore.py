"""Quality and speed of restore; see `benchmarks/definitions/restore`."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import numpy as np

from benchmarks import generate, pages
from benchmarks.corpora import load
from benchmarks.kinds import NEWS, is_collection, records, text_of
from benchmarks.page_truth import Tally, judge, origins, restored
from cleaner import recipe as recipes
from cleaner.batch import Batch
from cleaner.catalog import build
from cleaner.document import Document
from cleaner.filter import Restorer
from cleaner.rules import RuleBook
from cleaner.train.incoherent import is_told

Form = Callable[[str], str]
Groups = dict[tuple[str, str], list[pages.Source]]

SIZES = (2, 3, 5, 8)
"""Articles on a page."""

_EACH = 88
"""Pages of each size: so many of the test days hold eight articles."""

_SINGLE = {
    "news_chinanews": 1100,
    "news_rmrb2026": 1600,
    "news_xwlb": 800,
    "news_nankai": 900,
    "news_rthk_zhhant": 500,
    "nonnews_mixed": 900,
}
_PROSE = {"law", "dialogue", "style_news", "edu_passage", "wiki_zhhant", "recipe", "poetry"}


@cache
def _book() -> RuleBook:
    return RuleBook.load()


@cache
def filters() -> tuple[Restorer, ...]:
    """The restore stage of the default recipe."""
    book = _book()
    names = [name for name in recipes.load("news-zh").filters if name.startswith("restore.")]
    built = (build(name, book, {}) for name in names)
    return tuple(item for item in built if isinstance(item, Restorer))


def columns(form: Form) -> dict[str, float]:
    """Pages of newspaper days never tuned on, set in columns and read back interleaved."""
    return _pages(form)


def pictures(form: Form) -> dict[str, float]:
    """The same with pictures in the columns of every second article, which makes them uneven."""
    return _pages(form, pictures=True)


def lost(form: Form) -> dict[str, float]:
    """The same with first characters of columns lost, captions and bylines dropped in."""
    return _pages(form, lost=True)


def _pages(form: Form, *, lost: bool = False, pictures: bool = False) -> dict[str, float]:
    rng = random.Random(6)
    tally = Tally.empty()
    for page in drawn(days("test"), form, rng, _EACH, lost=lost, pictures=pictures):
        judge(page, restored(page.text, filters(), _book().automaton), tally)
    return tally.figures()


@cache
def days(split: str) -> Groups:
    """The articles of each page of each newspaper day of a split."""
    found: Groups = defaultdict(list)
    for record in load("news_rmrb2026", split):  # type: ignore[arg-type]
        item = pages.source(record)
        if item is not None:
            found[record["date"], record["page"]].append(item)
    return found


def drawn(
    days: Groups,
    form: Form,
    rng: random.Random,
    each: int,
    *,
    lost: bool = False,
    pictures: bool = False,
) -> Iterator[pages.Page]:
    """Pages of 2, 3, 5 and 8 articles that stood on one page of a newspaper, `each` of a size."""
    for size in SIZES:
        keys = sorted(key for key, items in days.items() if len(items) >= min(size, 7))
        for key in rng.sample(keys, min(each, len(keys))):
            items = [formed(item, form) for item in days[key]]
            rng.shuffle(items)
            extras = [form(text) for text in _EXTRAS] if lost else []
            yield pages.interleave(items[:size], rng, lost=lost, pictures=pictures, extras=extras)


_EXTRAS = ("图为志愿者在社区服务站整理图书。林一舟摄", "本报记者　周启明")


def formed(item: pages.Source, form: Form) -> pages.Source:
    """An article with all of its text in one form."""
    titles = tuple(form(text) for text in item.titles)
    return pages.Source(titles, form(item.byline), tuple(form(text) for text in item.paragraphs))


def feeds(form: Form, count: int = 200) -> dict[str, float]:
    """Articles with 3 to 12 paragraphs of others behind them, most of the same day."""
    rng = random.Random(11)
    made = (_with_teasers(form, rng) for _ in range(count))
    return _boundaries([page for page in made if page])


def _boundaries(made: list[pages.Page]) -> dict[str, float]:
    exact = right = wrong = missed = 0
    for page in made:
        docs = restored(page.text, filters(), _book().automaton)
        kept = np.zeros(len(page.text), np.bool_)
        for doc in docs:
            at = origins(doc)
            kept[at[at >= 0]] = True
        faults = 0
        for fragment, (start, end) in zip(page.fragments, page.spans, strict=True):
            gone = int((~kept[start:end]).sum())
            foreign = fragment.article < 0
            right += gone if foreign else 0
            missed += (end - start - gone) if foreign else 0
            wrong += 0 if foreign else gone
            faults += gone < end - start if foreign else gone > 0
        exact += not faults
    return {"boundary": exact / len(made), "f1": 2 * right / max(1, 2 * right + wrong + missed)}


@cache
def _news(corpus: str) -> list[tuple[str, list[str]]]:
    """(day, paragraphs) of news of the test split, without the editor's mark that strip takes."""
    found = []
    for record in load(corpus, "test"):
        text = str(record["text"]).partition("【编辑")[0]
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if record.get("label") == "news" and len(lines) >= 3 and not pages.compiled(lines):
            found.append((str(record["date"])[:10], lines))
    return found


def _with_teasers(form: Form, rng: random.Random) -> pages.Page | None:
    news = _news(rng.choice(("news_chinanews", "news_rmrb2026")))
    day, own = rng.choice(news)
    same = [lines for other, lines in news if other == day and lines is not own]
    pool = same if len(same) > 4 and rng.random() < 0.6 else [lines for _, lines in news]
    teasers: list[str] = []
    for lines in rng.sample(pool, min(len(pool), rng.randrange(3, 13))):
        long = [line for line in lines if len(line) >= 25]
        if long and lines is not own:
            teasers.append(long[0] if rng.random() < 0.7 else rng.choice(long))
    if not 3 <= len(own) <= 40 or len(teasers) < 3:
        return None
    return pages.with_teasers([form(x) for x in own], [form(x) for x in teasers], rng)


def single(form: Form) -> dict[str, float]:
    """Sound single articles of every kind: what is split, re-ordered, left out, joined."""
    split = order = joined = gone = size = count = 0
    for text in _articles():
        docs = restored(form(text), filters(), _book().automaton)
        puts = [put for doc in docs for change in doc.changes for put in change.puts]
        count += 1
        split += len(docs) > 1
        order += any(put.rule == "restore.page.order" for put in puts)
        joined += any(put.rule in ("restore.page.join", "restore.wrap.line") for put in puts)
        size += _solid(text)
        gone += max(0, _solid(text) - sum(_solid(doc.text) for doc in docs))
    return {
        "articles": count,
        "split": split / count,
        "reordered": order / count,
        "joined": joined / count,
        "left_out": gone / size,
    }


def briefs(form: Form) -> dict[str, float]:
    """Collections of short reports, known by their titles: which come out as their briefs, each
    under its own title; and single articles below their titles: which are parted."""
    apart = parted = collections = singles = 0
    alone = [item for item in filters() if item.name == "restore.briefs"]
    for source in NEWS:
        for record in records(source, "test"):
            text = form(text_of(record))
            if is_collection(record):
                collections += 1
                docs = restored(text, filters(), _book().automaton)
                apart += [doc.text.strip() for doc in docs] == _titled(text)
            else:
                singles += 1
                page = f"{form(record.get('title') or '')}\n{text}".strip()
                parted += len(restored(page, alone, _book().automaton)) > 1
    return {
        "collections": collections,
        "apart": apart / collections,
        "articles": singles,
        "parted": parted / singles,
    }


def _titled(text: str) -> list[str]:
    """The briefs of a collection: a line that does not end as a sentence does begins one."""
    found: list[list[str]] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if not found or not is_told(line):
            found.append([])
        found[-1].append(line)
    return ["\n".join(lines) for lines in found]


def _articles() -> Iterator[str]:
    for corpus, most in _SINGLE.items():
        records = sorted(load(corpus, "test"), key=lambda record: str(record["text"]))
        random.Random(3).shuffle(records)
        taken = 0
        for record in records:
            lines = [line for line in str(record["text"]).split("\n") if line.strip()]
            prose = corpus != "nonnews_mixed" or record.get("label") in _PROSE
            if taken < most and prose and not (is_collection(record) or pages.compiled(lines)):
                taken += 1
                yield str(record["text"])


def _solid(text: str) -> int:
    return sum(not char.isspace() for char in text)


def invented(form: Form) -> dict[str, float]:
    """Pages and single articles of the generated corpus: quick, needs no data."""
    made = generate.articles(60, seed=5)
    items = [pages.Source((a.title,), a.byline, tuple(a.paragraphs)) for a in made]
    rng = random.Random(2)
    tally = Tally.empty()
    for start in range(0, len(items) - 3, 3):
        page = pages.interleave([formed(x, form) for x in items[start : start + 3]], rng)
        judge(page, restored(page.text, filters(), _book().automaton), tally)
    docs = [restored(form(a.text), filters(), _book().automaton) for a in made]
    changed = sum(any(p.rule for d in ds for c in d.changes for p in c.puts) for ds in docs)
    return {**tally.figures(), "single.changed": changed / len(docs)}


def speed(form: Form) -> dict[str, float]:
    """Megabytes of clean news a second through the pre-screens, code points, classes and folded
    view given; milliseconds for a newspaper page (median, best of three). Processor time."""
    docs = [Document(str(n), text) for n, text in enumerate(_articles()) if n < 1500]
    batches = [Batch(docs[at : at + 250]) for at in range(0, len(docs), 250)]
    for batch in batches:
        _ = batch.folded, batch.classes, batch.line_docs
    size = sum(len(doc.text.encode()) for doc in docs) / 1e6
    screens = {
        item.name: size / _best(lambda item=item: [item.suspects(b) for b in batches])  # type: ignore[misc]
        for item in filters()
    }
    made = list(drawn(days("test"), form, random.Random(6), 5))
    book = RuleBook.load()
    times = [_best(lambda p=p: restored(p.text, filters(), book.automaton)) for p in made]  # type: ignore[misc]
    return {
        **{f"screen.{name}": value for name, value in screens.items()},
        "screen": size / _best(lambda: _screened(batches), 9),
        "page_ms": float(np.median(times)) * 1000,
    }


def _screened(batches: Iterable[Batch]) -> None:
    """All pre-screens over batches that nobody has looked at."""
    for batch in batches:
        batch.memo.clear()
        for item in filters():
            item.suspects(batch)


def _best(work: Callable[[], object], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)
