"""Jobs through worker processes, results in order.

A worker that dies or takes too long is replaced. Its chunk is tried again in halves, until the
line that kills is alone: that line is refused, with the reason, and everything else is done.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from cleaner.stream.collector import few_collections
from cleaner.stream.rows import Job, Worked
from cleaner.stream.work import Work, killed

_CONTEXT = "fork" if sys.platform == "linux" else "spawn"
_TICK = 0.5
_WAITING_PER_WORKER = 4

Results = Iterator[tuple[Job, list[tuple[Job, Worked]]]]


@dataclass
class _Piece:
    """A job, or a half of one after a death."""

    job: Job
    result: Worked | None = None


@dataclass
class _Slot:
    """A place in the order of output."""

    job: Job
    pieces: list[_Piece]

    @property
    def done(self) -> bool:
        return all(piece.result is not None for piece in self.pieces)


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    alive: Any
    """A double in shared memory: when the worker last turned to another document."""
    piece: _Piece | None = None


def inline(work: Work, jobs: Iterator[Job]) -> Results:
    """Every job in this very process."""
    for job in jobs:
        yield job, [(job, work(job))]


class Pool:
    """`count` worker processes; use it as a context, so that none outlives it.

    `max_seconds` is what a filter may take over one document: a worker tells the time whenever
    it turns to another. `tick` is called about twice a second.
    """

    def __init__(
        self, work: Work, count: int, max_seconds: float, tick: Callable[[], None] = lambda: None
    ) -> None:
        self._work = work
        self._max_seconds = max_seconds
        self._tick = tick
        self._context = multiprocessing.get_context(_CONTEXT)
        self._slots: deque[_Slot] = deque()
        self._todo: deque[_Piece] = deque()
        self._workers: list[_Worker] = []
        for _ in range(count):
            self._workers.append(self._start())

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            _stop(worker)

    def run(self, jobs: Iterator[Job]) -> Results:
        """Each job with its results, in order of the jobs; more than one piece after a death."""
        more = True
        while more or self._slots:
            while more and len(self._slots) < _WAITING_PER_WORKER * len(self._workers):
                job = next(jobs, None)
                if job is None:
                    more = False
                    break
                piece = _Piece(job)
                self._slots.append(_Slot(job, [piece]))
                self._todo.append(piece)
                self._dispatch()
            while self._slots and self._slots[0].done:
                slot = self._slots.popleft()
                yield slot.job, [(p.job, p.result) for p in slot.pieces if p.result is not None]
            if self._slots:
                self._collect()

    def _dispatch(self) -> None:
        for at, worker in enumerate(self._workers):
            if worker.piece is None and self._todo:
                worker.piece = self._todo.popleft()
                worker.alive.value = time.monotonic()
                try:
                    worker.pipe.send(worker.piece.job)
                except OSError:
                    self._bury(at, "crash", None)

    def _collect(self) -> None:
        """Wait until something happens, and deal with it."""
        busy = [worker for worker in self._workers if worker.piece is not None]
        ready = wait([worker.pipe for worker in busy], timeout=_TICK)
        for at, worker in enumerate(self._workers):
            if worker.pipe in ready:
                self._receive(at, worker)
            elif worker.piece and time.monotonic() - worker.alive.value > self._max_seconds:
                self._bury(at, "seconds", self._max_seconds)
        self._dispatch()
        self._tick()

    def _receive(self, at: int, worker: _Worker) -> None:
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(at, "crash", None)
            return
        if worker.piece is not None:
            worker.piece.result = result
        worker.piece = None

    def _bury(self, at: int, why: str, limit: float | None) -> None:
        """Replace a worker, and put what it was at back in halves."""
        worker = self._workers[at]
        _stop(worker)
        code = worker.process.exitcode
        self._workers[at] = self._start()
        piece = worker.piece
        if piece is None:
            return
        halves = piece.job.chunk.halves() if piece.job.format != "text" else None
        if halves is None:
            piece.result = killed(piece.job, _reason(why, code, limit))
            return
        fresh = [_Piece(piece.job._replace(chunk=half)) for half in halves]
        for slot in self._slots:
            for place, other in enumerate(slot.pieces):
                if other is piece:
                    slot.pieces[place : place + 1] = fresh
                    break
        self._todo.extendleft(reversed(fresh))

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        others = [worker.pipe for worker in self._workers if not worker.pipe.closed]
        inherited = [ours, *others] if _CONTEXT == "fork" else []
        alive = self._context.RawValue("d", time.monotonic())
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._work, alive, inherited, os.getpid()), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, alive)


def _serve(
    pipe: Connection, work: Work, alive: Any, inherited: list[Connection], parent: int
) -> None:
    """What a worker process does: jobs in, results out, until its parent is gone."""

    def beat() -> None:
        alive.value = time.monotonic()

    work.pipe.beat = beat
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in inherited:
        other.close()
    _ = work.pipe  # built here where processes are spawned, and at hand where they are forked
    with few_collections(), suppress(EOFError, OSError):
        while True:
            while not pipe.poll(1.0):
                if os.getppid() != parent:
                    return
            pipe.send(work(pipe.recv()))


def _stop(worker: _Worker) -> None:
    worker.pipe.close()
    if worker.process.is_alive():
        worker.process.kill()
    worker.process.join()


def _reason(why: str, code: int | None, limit: float | None) -> dict[str, Any]:
    if why == "seconds":
        return {"filter": "run.time", "signal": why, "limit": limit}
    return {"filter": "run.crash", "signal": why, "error": f"worker ended with status {code}"}
