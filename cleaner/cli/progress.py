"""How far a run is: a live line on a terminal, a line a minute in a log, nothing in a pipe."""

from __future__ import annotations

import os
import stat
import sys
import time
from typing import Any, Literal

from cleaner.stream.settings import Outcome, Snapshot

_LIVE_SECONDS = 0.5
_LOG_SECONDS = 60.0

Kind = Literal["terminal", "log", "none"]


def kind_of_stderr() -> Kind:
    """A terminal is drawn on, an ordinary file is a log, and anything else is left alone."""
    try:
        if sys.stderr.isatty():
            return "terminal"
        mode = os.fstat(sys.stderr.fileno()).st_mode
    except (OSError, ValueError):
        return "none"
    return "log" if stat.S_ISREG(mode) else "none"


class Progress:
    """Shows snapshots of a run on stderr; use it as a context."""

    def __init__(self, *, quiet: bool) -> None:
        self.kind: Kind = "none" if quiet else kind_of_stderr()
        self._start = self._last = time.monotonic()
        self._live: Any = None

    def __enter__(self) -> Progress:
        if self.kind == "terminal":
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, now: Snapshot) -> None:
        """Show where the run is, unless it was shown a moment ago."""
        if self.kind == "none":
            return
        clock = time.monotonic()
        if clock - self._last < (_LIVE_SECONDS if self.kind == "terminal" else _LOG_SECONDS):
            return
        self._last = clock
        line = line_of(now, clock - self._start)
        if self._live:
            self._live.update(line, refresh=True)
        else:
            print(f"clean: {line}", file=sys.stderr, flush=True)  # noqa: T201

    def done(self, outcome: Outcome) -> None:
        """The sums, once all is done."""
        if self.kind == "none":
            return
        if self._live:
            self._live.update("", refresh=True)
        print(f"clean: {sums_of(outcome)}", file=sys.stderr)  # noqa: T201


def sums_of(outcome: Outcome) -> str:
    """One line: documents, and in how many parts where pages were split, what became of them, and
    why lines were no documents."""
    tally = outcome.tally
    speed = tally.bytes_in / 1e6 / outcome.seconds if outcome.seconds else 0.0
    split = f" in {tally.documents + tally.parts:,} parts" if tally.parts else ""
    reasons = ", ".join(f"{why}: {count:,}" for why, count in tally.invalid_reasons.items())
    return (
        f"{tally.documents:,} documents{split}, {tally.kept:,} kept, {tally.rejected:,} rejected, "
        f"{tally.invalid:,} invalid lines{f' ({reasons})' if reasons else ''}; "
        f"{outcome.seconds:.1f} s, {speed:.1f} MB/s"
    )


def line_of(now: Snapshot, seconds: float) -> str:
    """One line: which file, documents, MB/s, share kept, time left."""
    tally = now.tally
    shard = now.shards[now.shard]
    done = sum(s.size for s in now.shards[: now.shard]) + now.consumed
    total = sum(s.size for s in now.shards)
    judged = tally.kept + tally.rejected
    parts = [
        f"{now.shard + 1}/{len(now.shards)} {shard.name}",
        f"{tally.documents:,} documents",
        f"{tally.bytes_in / 1e6 / seconds:.1f} MB/s" if seconds else "",
        f"{tally.kept / judged:.0%} kept" if judged else "",
    ]
    if total and 0 < done <= total:
        left = seconds * (total - done) / done
        parts.append(f"{done / total:.0%}, {_span(left)} left")
    return " · ".join(part for part in parts if part)


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
