"""Runs with an index on disk, killed at random moments and resumed, beside an undisturbed one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from benchmarks.generate import articles

Form = Callable[[str], str]

_KILLS = 20
_DOCS = 2000
_OUTPUTS = ("out.jsonl", "rejects.jsonl")

_RUN = """
import sys
from pathlib import Path
from cleaner.pipeline import Pipeline
from cleaner.recipe import load
from cleaner.stream import Settings, run
source, folder, index = sys.argv[1:]
recipe = load("dedup-only")
for name in recipe.filters:
    recipe = recipe.with_options(name, index=index)
def make():
    return Pipeline.from_recipe(recipe)
print("go", flush=True)
run(make, Settings([source], folder + "/out.jsonl", folder + "/rejects.jsonl", workers=0,
    resume=True, chunk_bytes=60_000, checkpoint_every=2))
"""


def kills(form: Form) -> dict[str, float]:
    """Twenty kills over as many runs as that takes. Each run finds yesterday's index, and when
    it is through, the index must serve tomorrow's run as the undisturbed one does."""
    rng = random.Random(9)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        days = [_input(root / f"day{day}.jsonl", day, form) for day in range(3)]
        calm = root / "calm"
        seconds = _days(days, calm)
        killed = equal = runs = 0
        while killed < _KILLS:
            folder = root / f"run{runs}"
            _whole(days[0], folder / "0", folder / "index")
            killed += _disturbed(days[1], folder, seconds, rng, _KILLS - killed)
            _whole(days[2], folder / "2", folder / "index")
            runs += 1
            equal += all(_outputs(folder / day) == _outputs(calm / day) for day in "012")
    return {"kills": killed, "runs": runs, "byte_identical": equal / runs}


def _input(path: Path, day: int, form: Form) -> Path:
    """A day's crawl: half of it repeats the day before, a third of that with a change."""
    found = articles(_DOCS * 2, seed=9)[day * _DOCS // 2 : (day + 2) * _DOCS // 2]
    with path.open("wb") as file:
        for at, article in enumerate(found):
            text = article.text + "（更新）" * (at % 3 == 0)
            file.write(orjson.dumps({"id": f"{day}-{at}", "text": form(text)}) + b"\n")
    return path


def _days(days: list[Path], folder: Path) -> float:
    """The undisturbed runs; how long the second one takes."""
    seconds = 0.0
    for number, source in enumerate(days):
        start = time.monotonic()
        _whole(source, folder / str(number), folder / "index")
        seconds = time.monotonic() - start if number == 1 else seconds
    return seconds


def _disturbed(source: Path, folder: Path, seconds: float, rng: random.Random, most: int) -> int:
    """The second day, killed and resumed until it is through; how often it was killed."""
    killed = 0
    while True:
        victim = _started(source, folder / "1", folder / "index")
        if killed < most:
            try:
                victim.wait(rng.uniform(0, seconds / 2))
            except subprocess.TimeoutExpired:
                victim.kill()
        status = victim.wait()
        killed += status == -signal.SIGKILL
        if status not in (0, -signal.SIGKILL):
            raise RuntimeError(f"the run over {source} failed with status {status}")
        if _is_through(folder / "1"):  # even if the process was killed on its way out
            return killed


def _is_through(folder: Path) -> bool:
    """Outputs have their names, and there is no state left to resume from."""
    whole = all((folder / name).exists() for name in _OUTPUTS)
    return whole and not any(folder.glob(".*.run"))


def _whole(source: Path, folder: Path, index: Path) -> None:
    if _started(source, folder, index).wait() != 0:
        raise RuntimeError(f"the run over {source} failed")


def _started(source: Path, folder: Path, index: Path) -> subprocess.Popen[bytes]:
    """A run in a process of its own, which has begun when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-c", _RUN, str(source), str(folder), str(index)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


def _outputs(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in _OUTPUTS]
