"""Benchmarks of the score room: kinds, damage, calibration, the founding pages, peers, speed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import orjson

from benchmarks.corpora import Split, root
from benchmarks.kinds import NEWS, TRAINED, articles, news, of_one_article, others, sized
from cleaner.batch import Batch
from cleaner.document import Document
from cleaner.models.coherence import load as coherence_model
from cleaner.models.linear import Linear
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleBook
from cleaner.score.combined import NewsCoherence, combination
from cleaner.score.judged import foreign_logits, judge
from cleaner.score.news import chances
from cleaner.score.streams import stream_of_batch
from cleaner.train.incoherent import DAMAGES, pairs, with_one_foreign
from cleaner.train.measures import auc, calibration_error

Form = Callable[[str], str]
Figures = dict[str, float]
Floats = npt.NDArray[np.float64]

_EACH = 200


@cache
def _scorer() -> NewsCoherence:
    return NewsCoherence(RuleBook.load())


def scores(texts: Sequence[str]) -> dict[str, Floats]:
    """`news_coherence` and all signals behind it, of raw texts."""
    scorer = _scorer()
    return _in_batches(texts, lambda batch: {**scorer.signals(batch), **scorer.score(batch)})


def signals(texts: Sequence[str]) -> dict[str, Floats]:
    """All signals behind `news_coherence`, of raw texts."""
    return _in_batches(texts, _scorer().signals)


def news_by(model: Linear, texts: Sequence[str]) -> Floats:
    """`news` of raw texts by another model."""
    return _in_batches(texts, lambda batch: {"news": chances(model, batch)})["news"]


def _in_batches(
    texts: Sequence[str], score: Callable[[Batch], dict[str, Floats]]
) -> dict[str, Floats]:
    book = RuleBook.load()
    parts: list[dict[str, Floats]] = []
    for at in range(0, len(texts), 200):
        docs = [Document(str(n), text) for n, text in enumerate(texts[at : at + 200])]
        parts.append(score(Batch(docs, book.automaton)))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def kinds(form: Form) -> Figures:
    """News of a source never trained on, and of later days, against each kind of other text,
    lengths balanced: the `news` part alone, and `news_coherence`."""
    good = {source: _scored(sized(articles(source, "test"), _EACH, 1), form) for source in NEWS}
    bad = {kind: _scored(sized(texts, _EACH, 2), form) for kind, texts in others("test").items()}
    figures: Figures = {}
    for signal in ("news", "news_coherence"):
        unseen = good["news_nankai"][signal]
        every = np.concatenate([values[signal] for values in bad.values()])
        figures[f"{signal}.unseen"] = auc(unseen, every)
        figures[f"{signal}.traditional"] = auc(good["news_rthk_zhhant"][signal], every)
        figures[f"{signal}.later"] = min(auc(good[s][signal], every) for s in TRAINED)
        by_kind = {kind: auc(unseen, values[signal]) for kind, values in bad.items()}
        figures[f"{signal}.unseen.worst"] = min(by_kind.values())
        figures |= {f"{signal}.unseen.{kind}": value for kind, value in by_kind.items()}
    return figures


def _scored(texts: Sequence[str], form: Form) -> dict[str, Floats]:
    return scores([form(text) for text in texts])


def damaged(form: Form) -> Figures:
    """Sound news of at least five paragraphs against the same news damaged: by `coherence`, by
    the part of it that looks for this kind above all, and by `news_coherence`; means over the
    sources, the unseen one by itself."""
    figures: Figures = {}
    parts = {"paragraphs": "coherence", "sentences": "order"}
    for kind in DAMAGES:
        part = parts.get(kind, "unity")
        found: dict[str, list[float]] = {"coherence": [], part: [], "news_coherence": []}
        for source in NEWS:
            sound, broken = pairs(articles(source, "test")[: 4 * _EACH], kind, seed=7)
            whole = _scored(sound[:_EACH], form)
            other = _scored(broken[:_EACH], form)
            for signal, values in found.items():
                values.append(auc(whole[signal], other[signal]))
        for signal, values in found.items():
            figures[f"{signal}.{kind}"] = float(np.mean(values))
            figures[f"{signal}.{kind}.unseen"] = values[NEWS.index("news_nankai")]
    return figures


def stranger(form: Form) -> Figures:
    """One foreign paragraph among at least five: is it the first guess?"""
    shares = {}
    for source in NEWS:
        mixed, lines = with_one_foreign(list(articles(source, "test")[: 4 * _EACH]), seed=3)
        hits = [_guess(form(text)) == line for text, line in zip(mixed, lines, strict=True)]
        shares[source.removeprefix("news_")] = float(np.mean(hits[:_EACH]))
    return {"found": float(np.mean(list(shares.values()))), **shares}


def _guess(text: str) -> int:
    """The line that seems the strangest."""
    batch = Batch([Document("1", text)])
    judged = judge(stream_of_batch(batch), batch.folded, coherence_model())
    logits = foreign_logits(judged, coherence_model())[judged.rows]
    lines = np.array([line for _, line in judged.lines([text])])
    means = {line: float(logits[lines == line].mean()) for line in np.unique(lines).tolist()}
    return int(max(means, key=lambda line: means[line]))


def marks(form: Form) -> Figures:
    """Share of sound news, of all sources and splits, that falls below the limit of `news-zh` by
    each mark of something else, and would not without it; the worst of the sources. And how many
    articles were looked at."""
    table = combination()
    worst: dict[str, float] = dict.fromkeys(_MARKS, 0.0)
    count = 0
    for source in NEWS:
        found = signals([form(t) for split in get_args(Split) for t in articles(source, split)])
        low = table.calibration(table.mean(found)) < _limit()
        count += len(low)
        for name in _MARKS:
            spared = {**found, name: np.zeros(len(low))}
            lost = low & (table.calibration(table.mean(spared)) >= _limit())
            worst[name] = max(worst[name], float(np.mean(lost)))
    return {**worst, "articles": count}


_MARKS = ("other_form", "narration", "machine_filler")


@cache
def _limit() -> float:
    found = Pipeline.from_recipe("news-zh").recipe.limits["news_coherence"].min
    assert found is not None
    return found


def heads(form: Form) -> Figures:
    """Sound news as it is, below its own title, and below a kicker, its title and a line of names
    and times: the share that falls below the limit of `news-zh`; the worst of the sources, and
    how much the mean over them rises."""
    found: dict[str, list[float]] = {name: [] for name in _HEADS}
    for source in NEWS:
        records = [r for r in of_one_article(source, "test") if r.get("title")]
        for name, head in _HEADS.items():
            texts = [head.format(title=r["title"]) + r["text"] for r in records[: 2 * _EACH]]
            values = _scored(texts, form)["news_coherence"]
            found[name].append(float(np.mean(values < _limit())))
    bare = float(np.mean(found["bare"]))
    rises = {f"{name}.more": float(np.mean(lost)) - bare for name, lost in found.items()}
    return {**{name: max(lost) for name, lost in found.items()}, **rises}


_HEADS = {
    "bare": "",
    "titled": "{title}\n",
    "captioned": "{title}\n图为{title}现场。\n",
    "dated": "2026年05月01日 星期五\n\n{title}\n南北两区同日办理\n发布日期：2026-05-01\n\n"
    "信息来源：临江日报\n编辑：林一舟\n\n",
    "headed": "北桥区\n{title}\n本报记者 林一舟 2026-05-01 10:20\n\n",
}


def mixed(split: Any, form: Form, seed: int) -> tuple[list[str], npt.NDArray[np.str_]]:
    """Half sound news, a quarter other kinds, a quarter damaged news; and what each text is:
    "news", its kind, or its damage."""
    chance = random.Random(seed)
    sources = NEWS if split == "test" else TRAINED
    good = [("news", t) for s in sources for t in sized(articles(s, split), 2 * _EACH, seed)]
    bad = [(k, t) for k, texts in others(split).items() for t in sized(texts, _EACH, seed)]
    broken = [
        (kind, text)
        for number, kind in enumerate(DAMAGES)
        for source in sources
        for text in pairs(articles(source, split)[: 2 * _EACH], kind, seed + number)[1]
    ]
    count = min(len(good) // 2, len(bad), len(broken))
    drawn = chance.sample(good, 2 * count) + chance.sample(bad, count)
    drawn += chance.sample(broken, count)
    return [form(text) for _, text in drawn], np.array([kind for kind, _ in drawn])


def calibration(form: Form) -> Figures:
    """Expected calibration error over 15 bins on the held-out mix."""
    texts, kind = mixed("test", form, seed=5)
    truth = kind == "news"
    values = scores(texts)["news_coherence"]
    return {
        "ece": calibration_error(values, truth),
        "auc": auc(values[truth], values[~truth]),
        "documents": float(len(texts)),
    }


def founding(form: Form) -> Figures:
    """The founding pages: raw, cleaned, and their restored articles."""
    folder = root()
    if folder is None:
        raise FileNotFoundError("set CLEANER_DATA to the folder that holds data/ and seeds/")
    pipe = Pipeline.from_recipe("news-zh", limits={})
    figures: Figures = {}
    for path in sorted((folder / "seeds").glob("[0-9]*_*.txt")):
        if "repaired" in path.name:
            continue
        name, text = path.name[:3], form(path.read_text("utf-8"))
        raw = float(scores([text])["news_coherence"][0])
        parts = pipe.clean([Document(name, text)]).docs
        values = [part.signals["news_coherence"] for part in parts]
        figures[f"{name}.raw"] = raw
        figures[f"{name}.cleaned"] = float(np.mean(values))
        figures[f"{name}.worst"] = min(values)
        figures[f"{name}.gain"] = float(np.mean(values)) - raw
        figures[f"{name}.articles"] = float(len(values))
    return figures


def speed(form: Form) -> Figures:
    """The score stage of the default recipe on clean news: MB of UTF-8 a second of processor
    time, and as a share of `orjson.loads` of the same lines in the same run."""
    texts = [form(text) for text in news("news_chinanews", "test")[:800]]
    lines = [orjson.dumps({"text": text}) for text in texts]
    size = sum(len(text.encode()) for text in texts) / 1e6
    pipe = Pipeline.from_recipe("news-zh", limits={})
    batch = Batch([Document(str(n), text) for n, text in enumerate(texts)], pipe.book.automaton)
    start = time.process_time()
    for line in lines:
        orjson.loads(line)
    read = time.process_time() - start
    best = float("inf")
    for _ in range(3):
        fresh = batch.with_docs(batch.docs)
        fresh.memo.clear()
        _ = fresh.folded, fresh.classes, fresh.hits
        start = time.process_time()
        for scorer in pipe.score:
            if scorer.name not in fresh.memo:
                fresh.memo[scorer.name] = scorer.score(fresh)
        best = min(best, time.process_time() - start)
    return {"mb_per_second": size / best, "share_of_loads": read / best}


def weights(_form: Form) -> Figures:
    """What the shipped weights of the score weigh, and how long they take to load."""
    import cleaner.models.coherence as coherence
    import cleaner.models.news as news_model

    files = [module._FILE for module in (coherence, news_model)]
    coherence.load.cache_clear()
    news_model.load.cache_clear()
    start = time.process_time()
    coherence.load()
    news_model.load()
    spent = time.process_time() - start
    return {"megabytes": sum(f.stat().st_size for f in files) / 1e6, "load_seconds": spent}


def peers(form: Form) -> Figures:
    """AUC on the held-out mix, by side: ours, perplexity of our language model, and the rules of
    two peers as scores (the share of their rules that a text passes)."""
    from cleaner.kernels.text import encode, fold
    from cleaner.models.lm import load as language_model

    texts, kind = mixed("test", form, seed=5)
    truth, broken = kind == "news", np.isin(kind, list(DAMAGES))
    model = language_model()
    found = {
        "ours": scores(texts)["news_coherence"],
        "perplexity": np.array([float(model.scores(fold(encode(t))).mean()) for t in texts]),
        "fineweb2_zh": np.array([fineweb2(text) for text in texts]),
        "chinesewebtext": np.array([chinesewebtext(text) for text in texts]),
    }
    figures: Figures = {}
    for name, values in found.items():
        figures[f"{name}.all"] = auc(values[truth], values[~truth])
        figures[f"{name}.other_kinds"] = auc(values[truth], values[~truth & ~broken])
        figures[f"{name}.damaged"] = auc(values[truth], values[broken])
    return figures


def fineweb2(text: str) -> float:
    """Share of the limits of FineWeb2's Chinese configuration that a text keeps, characters in
    the place of words; ours by its published thresholds."""
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    repeated = 1 - sum(len(line) for line in set(lines)) / max(1, sum(map(len, lines)))
    ended = sum(line.rstrip()[-1:] in "。！？!?…”’：；" for line in lines) / len(lines)
    kept = [repeated <= 0.287, ended >= 0.106, len(lines) / max(1, len(text)) <= 0.178]
    kept += [_top(text, n) <= limit for n, limit in ((2, 0.256), (3, 0.201), (4, 0.171))]
    limits = {5: 0.198, 6: 0.182, 7: 0.167, 8: 0.154, 9: 0.14, 10: 0.127}
    kept += [_twice(text, n) <= limit for n, limit in limits.items()]
    return sum(kept) / len(kept)


def chinesewebtext(text: str) -> float:
    """Share of the rules of ChineseWebText that a text keeps (its list of words left out)."""
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    han = sum("\u4e00" <= char <= "\u9fff" for char in text) / max(1, len(text))
    kept = [len(text) > 200, np.mean([len(line) for line in lines]) >= 10, han >= 0.3]
    kept.append(_twice(text, 13) <= 0.5)
    return sum(map(bool, kept)) / len(kept)


def _grams(text: str, n: int) -> Counter[str]:
    return Counter(text[at : at + n] for at in range(len(text) - n + 1))


def _top(text: str, n: int) -> float:
    """Share of the text in its commonest n-gram."""
    return max(_grams(text, n).values(), default=0) * n / max(1, len(text))


def _twice(text: str, n: int) -> float:
    """Share of n-grams that stand there more than once."""
    counts = _grams(text, n)
    return sum(c for c in counts.values() if c > 1) / max(1, sum(counts.values()))
