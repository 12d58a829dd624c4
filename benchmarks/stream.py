"""Runs that are killed, spread over workers, and long: bytes, memory, speed."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.corpora import load, read
from benchmarks.definition import Figures, Form
from benchmarks.generate import articles
from cleaner import recipe as recipes
from cleaner.pipeline import Pipeline
from cleaner.stream import Outcome, Settings, run

_KILLS = 50


def make() -> Pipeline:
    """Repairs and both indexes: all that a run has to bring back after a kill."""
    repairs, dedup = recipes.load("repair-only"), recipes.load("dedup-only")
    filters = tuple(dict.fromkeys((*repairs.filters, *dedup.filters)))
    return Pipeline.from_recipe(
        replace(dedup, name="kills", filters=filters, options={**repairs.options, **dedup.options})
    )


def kills(form: Form) -> Figures:
    """kill -9 at random moments, with 1 and 2 workers in turn, then `--resume`.

    `identical` is the share of runs whose outputs, rejects and sums equal those of a calm run;
    `amid` the share that was killed between the first checkpoint and the end.
    """
    chance = random.Random(50)
    identical = amid = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = _pages(folder, form)
        start = time.perf_counter()
        calm = _told(_run(pages, folder / "calm", 1)), _results(folder / "calm")
        span = time.perf_counter() - start
        for number in range(_KILLS):
            cut = folder / f"cut{number}"
            amid += _killed(pages, cut, 1 + number % 2, chance.uniform(0.0, 1.2 * span))
            outcome = _run(pages, cut, 1 + number % 2, resume=True)
            identical += (_told(outcome), _results(cut)) == calm
    return {"identical": identical / _KILLS, "amid": amid / _KILLS, "kills": _KILLS}


def workers(form: Form) -> Figures:
    """Two worker processes against one, and MB/s of lines, over news with some dirty pages.

    `serial_share` is the processor time of the main process in that of the workers, which other
    users of the machine do not touch: two workers cannot be more than 2 / (1 + share) times as
    fast as one where there are two cores.
    """
    return _speeds(_mixed(form))


def _pages(folder: Path, form: Form) -> list[str]:
    paths = []
    texts = [form(article.text) for article in articles(1800, seed=51)]
    for number in range(3):
        path = folder / f"in{number}.jsonl"
        own = texts[number * 600 : number * 600 + 600]
        lines = [json.dumps({"text": text}) for text in [*own, *own[:40], *texts[:40]]]
        path.write_text("\n".join(lines) + "\n{broken\n", "utf-8")
        paths.append(str(path))
    return paths


def _settings(pages: list[str], folder: Path, count: int, *, resume: bool = False) -> Settings:
    return Settings(
        pages,
        f"{folder}/out.jsonl.zst",
        f"{folder}/rejects/",
        workers=count,
        resume=resume,
        chunk_bytes=1 << 16,
        checkpoint_every=4,
    )


def _run(pages: list[str], folder: Path, count: int, *, resume: bool = False) -> Outcome:
    folder.mkdir(exist_ok=True)
    return run(make, _settings(pages, folder, count, resume=resume))


def _killed(pages: list[str], folder: Path, count: int, after: float) -> bool:
    """Start a run in a process of its own and kill it; whether it had reached a checkpoint."""
    folder.mkdir()
    code = f"""
import sys; sys.path[:0] = {sys.path!r}
from pathlib import Path
from benchmarks.stream import _settings, make
from cleaner.stream import run
print("go", flush=True)
run(make, _settings({pages!r}, Path({str(folder)!r}), {count}))
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as victim:
        assert victim.stdout
        victim.stdout.readline()
        time.sleep(after)
        victim.kill()
    return any(folder.glob(".*/checkpoint.json"))


def _results(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _told(outcome: Outcome) -> str:
    table = outcome.as_dict()
    del table["speed"], table["identity"]
    return json.dumps(table)


def _mixed(form: Form) -> list[bytes]:
    """About 30 MB, so that starting workers hardly counts: news, and one dirty page in sixty."""
    dirty = [form(r["text"]) for r in read("dirty_realweb") if len(r["text"]) < 10_000]
    news = [form(r["text"]) for r in islice(load("news_chinanews", "test"), 7800)]
    texts = [*dirty[:130], *news]
    random.Random(1).shuffle(texts)
    return [json.dumps({"text": text}, ensure_ascii=False).encode() for text in texts]


def _speeds(lines: list[bytes]) -> Figures:
    make = partial(Pipeline.from_recipe, "news-zh")
    make()  # models and tables are loaded
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "in.jsonl"
        path.write_bytes(b"\n".join(lines))
        best: dict[int, float] = {}
        shares = []
        for count in (1, 2, 1, 2):
            begin = _busy(resource.RUSAGE_SELF), _busy(resource.RUSAGE_CHILDREN)
            outcome = run(make, Settings((str(path),), f"{name}/out.jsonl", workers=count))
            best[count] = min(outcome.seconds, best.get(count, outcome.seconds))
            ours = _busy(resource.RUSAGE_SELF) - begin[0]
            shares.append(ours / (_busy(resource.RUSAGE_CHILDREN) - begin[1]))
        size = path.stat().st_size / 1e6
    return {
        "two_over_one": best[1] / best[2],
        "serial_share": min(shares),
        "mb_per_s.one": size / best[1],
        "mb_per_s.two": size / best[2],
    }


def _busy(who: int) -> float:
    """Processor seconds so far."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime
