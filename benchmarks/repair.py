"""How much of text in the wrong codec, or out of step, comes back, and what is harmed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from statistics import fmean

import opencc
import orjson

from benchmarks.corpora import nfkc, read
from benchmarks.damage_codec import KINDS
from benchmarks.damage_shift import FEW, MANY, annotated, dictionary, shifted
from benchmarks.generate import articles
from benchmarks.repair_marks import news_pages, sentences_of
from cleaner.apply import edited
from cleaner.batch import Batch
from cleaner.catalog import build
from cleaner.document import Document
from cleaner.filter import Editor
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook
from cleaner.stream.collector import few_collections

Form = Callable[[str], str]
Figures = dict[str, float]

_SENTENCES = 200
_SWALLOWING = "utf8_as_cp936"
_LEFT_ALONE = ("utf8_as_euc_kr", "utf8_as_big5", "big5_as_gbk")
_PAGES = 160
_ROUNDS = 7
CLEAN = ("news_chinanews", "news_rmrb2026", "news_xwlb", "news_nankai", "news_rthk_zhhant")
CLEAN += ("titles_mixed", "weibo_posts", "social_ytdesc", "nonnews_mixed", "ads_wechat_lines")
CLEAN += ("lang_chardet_ja_ko_zh", "en_rthk")


@cache
def _editors() -> tuple[Editor, ...]:
    book = RuleBook.load()
    found = (build(name, book, {}) for name in ("repair.mojibake", "repair.shift"))
    return tuple(editor for editor in found if isinstance(editor, Editor))


def mended(texts: Sequence[str]) -> list[str]:
    """The texts after both editors of this room."""
    batch = Batch([Document(str(number), text) for number, text in enumerate(texts)])
    return [doc.text for doc in _edited(batch, _editors()).docs]


def _edited(batch: Batch, editors: Sequence[Editor]) -> Batch:
    for editor in editors:
        suspects = editor.suspects(batch)
        changed = {}
        for at in suspects.nonzero()[0].tolist():
            doc = edited(batch, at, editor)
            if doc is not None:
                changed[at] = [doc]
        batch = batch.with_texts(changed) if changed else batch
    return batch


def _invented(count: int) -> list[str]:
    return sentences_of([article.text for article in articles(count, seed=11)], count)


def codec(form: Form) -> Figures:
    """Shares of news sentences and of their characters that come back, for each kind."""
    pages = [form(page) for page in news_pages()[::2]]
    return _codec(sentences_of(news_pages(), _SENTENCES), form) | _whole_pages(pages)


def codec_invented(form: Form) -> Figures:
    """The same on invented sentences, fewer of them."""
    return _codec(_invented(16), form)


def _codec(sentences: Sequence[str], form: Form) -> Figures:
    figures: Figures = {}
    for kind, damage in KINDS.items():
        sound = [form(_traditional(s) if kind.startswith("big5") else s) for s in sentences]
        pairs = list(_damaged(damage, sound))
        found = mended([text for _, text in pairs])
        exact = sum(a == b for a, (b, _) in zip(found, pairs, strict=True))
        figures[f"{kind}.exact"] = exact / max(1, len(pairs))
        truth = [text for text, _ in pairs]
        figures[f"{kind}.characters"] = _characters(truth, found)
        if kind == _SWALLOWING:
            figures |= {f"{kind}.{name}": value for name, value in _digits(truth, found).items()}
    return figures


def _whole_pages(pages: Sequence[str]) -> Figures:
    """Pages whose newlines were swallowed too: shares of characters, and of newlines, that are
    wrong, but for digits that are left as `?`."""
    pairs = list(_damaged(KINDS[_SWALLOWING], pages))
    wrong = lines = 0
    for (truth, _), found in zip(pairs, mended([text for _, text in pairs]), strict=True):
        for kind, a, b, c, d in SequenceMatcher(None, truth, found, False).get_opcodes():
            if kind != "equal" and not _honest(truth[a:b], found[c:d]):
                wrong += max(b - a, d - c)
                lines += max(truth[a:b].count("\n"), found[c:d].count("\n"))
    size = max(1, sum(len(truth) for truth, _ in pairs))
    newlines = max(1, sum(truth.count("\n") for truth, _ in pairs))
    return {
        f"{_SWALLOWING}.pages_wrong": wrong / size,
        f"{_SWALLOWING}.newlines_wrong": lines / newlines,
    }


def _digits(truth: Sequence[str], found: Sequence[str]) -> Figures:
    """Digits that were swallowed with a byte: shares of sentences that come back but for some
    that are left as `?`, and in which one was made up."""
    honest = sum(map(_honest, truth, found))
    wrong = sum(
        any(a != b and a.isdigit() and b.isdigit() for a, b in zip(one, other, strict=False))
        for one, other in zip(truth, found, strict=True)
        if len(one) == len(other)
    )
    size = max(1, len(truth))
    return {"but_for_digits": honest / size, "made_up_digit": wrong / size}


def _damaged(damage: Callable[[str], str], sound: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in sound:
        try:
            yield text, damage(text)
        except UnicodeEncodeError:
            continue


def _characters(truth: Sequence[str], found: Sequence[str]) -> float:
    """Share of characters that are right, place by place; none where the lengths differ."""
    right = sum(
        sum(a == b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else 0
        for one, other in zip(truth, found, strict=True)
    )
    return right / max(1, sum(map(len, truth)))


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def _traditional(text: str) -> str:
    return str(_converter().convert(text))


def _with_pinyin(text: str) -> tuple[str, str]:
    text = _traditional(text)
    return annotated(text, dictionary()), shifted(text, dictionary(), FEW)


_SHIFTS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "traditional_pinyin": _with_pinyin,
    "traditional": lambda text: (_traditional(text), shifted(_traditional(text), None, FEW)),
    "simplified_few": lambda text: (text, shifted(text, None, FEW)),
    "simplified": lambda text: (text, shifted(text, None, MANY)),
    "traditional_pinyin_nfkc": lambda text: _folded(_with_pinyin(text)),
    "simplified_nfkc": lambda text: _folded((text, shifted(text, None, MANY))),
    "traditional_pinyin_unmarked": lambda text: (
        annotated(_traditional(text), dictionary()),
        shifted(_traditional(text), dictionary(), FEW, lost=""),
    ),
    "simplified_unmarked": lambda text: (text, shifted(text, None, MANY, lost="")),
    "traditional_pinyin_dropped": lambda text: _dropped(_with_pinyin(text)),
    "simplified_dropped": lambda text: _dropped((text, shifted(text, None, MANY))),
}


def _dropped(pair: tuple[str, str]) -> tuple[str, str]:
    """As crawls keep it that drop what is of private use."""
    return pair[0], "".join(char for char in pair[1] if not "\ue000" <= char < "\uf900")


def _folded(pair: tuple[str, str]) -> tuple[str, str]:
    return nfkc(pair[0]), nfkc(pair[1])


def shift(form: Form) -> Figures:
    """Shares of damaged news paragraphs that come back exactly, whole pages being mended."""
    return _shift(news_pages()[:_PAGES], form)


def shift_invented(form: Form) -> Figures:
    """The same on invented pages, fewer of them."""
    return _shift([article.body for article in articles(14, seed=12)], form)


def _shift(pages: Sequence[str], form: Form) -> Figures:
    figures: Figures = {}
    for kind, damage in _SHIFTS.items():
        truth: list[list[str]] = []
        damaged: list[list[str]] = []
        for page in pages:
            pairs = list(_paragraphs(form(page), damage))
            truth.append([one for one, _ in pairs])
            damaged.append([other for _, other in pairs])
        found = [text.split("\n") for text in mended(["\n".join(page) for page in damaged])]
        pairs = _touched(truth, damaged, found, kind.endswith("nfkc"))
        size = max(1, len(pairs))
        figures[f"{kind}.exact"] = sum(right == own for right, own in pairs) / size
        figures[f"{kind}.but_for_digits"] = sum(_honest(*pair) for pair in pairs) / size
        figures[f"{kind}.paragraphs"] = float(len(pairs))
    return figures


def _paragraphs(page: str, damage: Callable[[str], tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for line in page.split("\n"):
        if line.strip():
            try:
                yield damage(line.strip())
            except UnicodeEncodeError:
                continue


def _touched(
    truth: Sequence[Sequence[str]],
    damaged: Sequence[Sequence[str]],
    found: Sequence[Sequence[str]],
    folded: bool,
) -> list[tuple[str, str]]:
    """(as it was, as it came back) of each paragraph that was damaged."""
    return [
        # The width of punctuation is lost to NFKC; what is given back has its own.
        (right, nfkc(own) if folded else own)
        for one, other, mine in zip(truth, damaged, found, strict=True)
        for right, wrong, own in zip(one, other, mine, strict=True)
        if right != wrong
    ]


def _honest(truth: str, found: str) -> bool:
    """Whether a text came back but for digits that were left as `?`."""
    return len(truth) == len(found) and all(
        a == b or (a.isdigit() and b == "?") for a, b in zip(truth, found, strict=True)
    )


def clean(form: Form) -> Figures:
    """Edits on sound text of every kind: all that there is."""
    figures: Figures = {}
    documents = 0
    for corpus in CLEAN:
        edits = characters = 0
        for texts in _chunks(corpus, form):
            documents += len(texts)
            characters += sum(map(len, texts))
            edits += sum(a != b for a, b in zip(texts, mended(texts), strict=True))
        figures[f"{corpus}.edited"] = float(edits)
        figures[f"{corpus}.characters"] = float(characters)
    figures["documents"] = float(documents)
    figures["upper_bound"] = 3 / max(1, documents)
    return figures


def _chunks(corpus: str, form: Form) -> Iterator[list[str]]:
    chunk: list[str] = []
    for record in read(corpus):
        chunk.append(form(record["text"]))
        if len(chunk) == 400:
            yield chunk
            chunk = []
    yield chunk


def speed(form: Form) -> Figures:
    """Processor time of the whole stage on sound news, beside `orjson.loads` of the same lines
    (facts that later stages read too are made before), and of both editors of this room on
    pages damaged from end to end: each kind that is mended, and `every`, which is as much of
    each."""
    pages = [form(page) for page in news_pages()]
    size = sum(len(page.encode()) for page in pages) / 1e6
    lines = [orjson.dumps({"text": page}) for page in pages]
    stage = min(_stage_seconds(pages) for _ in range(_ROUNDS))
    loads = _seconds(lambda: [orjson.loads(line) for line in lines], _ROUNDS)
    figures = {"stage.mb_per_s": size / stage, "stage_to_orjson": loads / stage}
    shuffled = random.Random(0).sample(pages, 60)
    shifted_pages = [
        "\n".join(text for _, text in _paragraphs(page, _with_pinyin)) for page in shuffled
    ]
    damaged = {"shift": shifted_pages}
    for kind, damage in KINDS.items():
        if kind not in _LEFT_ALONE:
            damaged[kind] = [text for _, text in _damaged(damage, pages[:60])]
    # Simplified pages cannot be read from Big5.
    speeds = {kind: _speed_on(texts) for kind, texts in damaged.items() if texts}
    every = fmean(1 / value for value in speeds.values())
    figures |= {f"{kind}.mb_per_s": value for kind, value in speeds.items()}
    return {**figures, "every.mb_per_s": 1 / every, "megabytes": size}


def _stage_seconds(pages: Sequence[str]) -> float:
    """Processor time of all editors of the default recipe on a batch of its own."""
    batch = Batch([Document(str(number), page) for number, page in enumerate(pages)])
    _ = batch.codes, batch.classes, batch.folded
    start = time.process_time()
    _edited(batch, _stage())
    return max(time.process_time() - start, 1e-9)


@cache
def _stage() -> tuple[Editor, ...]:
    found = Pipeline.from_recipe("news-zh").repair
    return tuple(found)


def _speed_on(damaged: Sequence[str]) -> float:
    """MB of damaged text that both editors mend in a second."""
    mended(damaged[:2])  # tables are made on first use
    amount = sum(len(text.encode()) for text in damaged) / 1e6
    with few_collections():  # as a run of the command does
        return amount / _seconds(lambda: mended(damaged), 2)


def _seconds(work: Callable[[], object], rounds: int) -> float:
    """The best processor time of a few rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return max(best, 1e-9)
