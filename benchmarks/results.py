"""Results as small files: the figures, the machine and the commit."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.quality import Outcome
from cleaner import __version__

FOLDER = Path(__file__).parent / "results"


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def commit() -> str:
    """The commit of the working tree, with `+` if it has changes; `unknown` outside of git."""
    here = Path(__file__).parent
    try:
        head = _git(here, "rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git(here, "status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def record(kind: str, outcomes: Sequence[Outcome], folder: Path = FOLDER) -> list[Path]:
    """Write one JSON file for each room, replacing what this kind of run gave before."""
    rooms: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        rooms.setdefault(outcome.definition.name.partition("/")[0], []).append(outcome)
    written = []
    for room, group in rooms.items():
        path = folder / kind / f"{room}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        old = json.loads(path.read_text("utf-8"))["results"] if path.is_file() else {}
        new = {outcome.definition.name: _entry(outcome) for outcome in group}
        content = {"results": dict(sorted({**old, **new}.items()))}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
        written.append(path)
    return written


def _entry(outcome: Outcome) -> dict[str, Any]:
    return {
        "figures": {name: float(f"{value:.6g}") for name, value in outcome.figures.items()},
        "faults": list(outcome.faults),
        "seconds": round(outcome.seconds, 1),
        "version": __version__,
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
    }


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
