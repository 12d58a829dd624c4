"""One run over many inputs: read, work, admit, write, account, and checkpoint."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from cleaner.errors import UsageError
from cleaner.filter import Resumable
from cleaner.io.files import writing
from cleaner.io.inputs import STDIN, Input
from cleaner.io.outputs import STDOUT, Output, regular, reveal
from cleaner.io.parquet import ParquetOutput
from cleaner.io.sources import chunks_of
from cleaner.pipeline import Pipeline
from cleaner.stream import checkpoint as checkpoints
from cleaner.stream.account import Tally
from cleaner.stream.best import ranked
from cleaner.stream.checkpoint import Checkpoint
from cleaner.stream.collector import few_collections
from cleaner.stream.identity import identity_of
from cleaner.stream.plan import Shard, is_folder, plan
from cleaner.stream.rows import Job
from cleaner.stream.settings import Outcome, Settings, Snapshot
from cleaner.stream.work import Work
from cleaner.stream.workers import Pool, Results, inline
from cleaner.stream.write import admitted, write

Watch = Callable[[Snapshot], None]


def run(make: Callable[[], Pipeline], settings: Settings, watch: Watch = lambda _: None) -> Outcome:
    """Run a pipeline over inputs; `make` builds it, and must be picklable where workers are
    spawned. Raises InputError, OutputError, UsageError; BrokenPipeError when nobody reads."""
    shards = plan(settings.inputs, settings.out, settings.rejects, settings.format)
    work = Work(make, settings.shape)
    pipe = work.pipe
    start = time.perf_counter()  # rules and models are loaded
    with ExitStack() as stack:
        stack.enter_context(few_collections())
        going = _Run(work, shards, settings, watch)
        stack.callback(going.abandon)
        results: Results
        if settings.workers:
            limit = pipe.recipe.run.max_seconds
            pool = stack.enter_context(Pool(work, settings.workers, limit, going.tick))
            results = pool.run(going.jobs())
        else:
            results = inline(work, going.jobs())
        if settings.best:
            results = ranked(results, pipe, settings.best)
        for job, pieces in results:
            going.take(job, pieces)
        going.finish()
    return Outcome(going.identity, going.tally, going.damage, time.perf_counter() - start)


class _Run:
    """The state of a run: open outputs, sums, and how far it is."""

    def __init__(self, work: Work, shards: list[Shard], settings: Settings, watch: Watch) -> None:
        self.pipe = work.pipe
        self.shards = shards
        self.settings = settings
        self.watch = watch
        self.identity = identity_of(self.pipe, shards, settings)
        self.tally = Tally()
        self.damage: dict[str, str] = {}
        self.shard = -1
        self.chunks = 0
        self.open: dict[str, Output | ParquetOutput] = {}
        self.whole: list[str] = []
        self.folder = _state_folder(shards, settings)
        self.start = self._resume() if self.folder else None
        self._reading = Snapshot(shards, 0, 0, self.tally)

    def jobs(self) -> Iterator[Job]:
        """Every chunk of every input that is not done yet."""
        first = self.start.shard if self.start else 0
        for number in range(first, len(self.shards)):
            shard = self.shards[number]
            at = (1, 0)
            if self.start and number == first:
                at = (self.start.line, self.start.offset)
            source = Input(shard.path)
            try:
                for chunk in chunks_of(source, shard.format, self.settings.chunk_bytes, *at):
                    self._reading = Snapshot(self.shards, number, source.consumed, self.tally)
                    yield Job(number, shard.name, shard.format, chunk)
            finally:
                source.close()
            if source.damage:
                self.damage[shard.path] = source.damage

    def take(self, job: Job, pieces: Sequence[tuple[Job, Any]]) -> None:
        """Write what came of a chunk."""
        self._go_to(job.shard)
        shard = self.shards[job.shard]
        out = self.open[shard.out]
        rejects = self.open[shard.rejects] if shard.rejects else None
        for piece, worked in pieces:
            self.tally.add(worked.tally)
            write(admitted(worked, self.pipe), piece, self.settings.shape, out, rejects, self.tally)
        if STDOUT in self.open:
            self.open[STDOUT].flush()
        self.chunks += 1
        if self.folder and self.chunks % self.settings.checkpoint_every == 0:
            last = pieces[-1][0].chunk
            self._checkpoint(job.shard, last.line + last.lines, last.end)
        self.tick()

    def tick(self) -> None:
        """Show how far the run is."""
        self.watch(self._reading)

    def finish(self) -> None:
        """Close everything; outputs get their names."""
        self._go_to(len(self.shards) - 1)
        self._close(list(self.open))
        if self.folder:
            self._checkpoint(len(self.shards), 1, 0)
        for index in self.pipe.dedup:
            if isinstance(index, Resumable):
                index.finish()
        if self.folder:
            checkpoints.clear(self.folder)
        else:
            for path in self.whole:
                reveal(Path(path))

    def abandon(self) -> None:
        """Close files without giving them their names."""
        for output in self.open.values():
            output.abandon()

    def _go_to(self, number: int) -> None:
        """Open the outputs of an input, and close those that are done; inputs between, which
        had nothing in them, get their empty outputs."""
        for at in range(self.shard + 1, number + 1):
            shard = self.shards[at]
            wanted = {path for path in (shard.out, shard.rejects) if path}
            self._close([path for path in self.open if path not in wanted])
            lengths = self.start.lengths if self.start and at == self.start.shard else {}
            for path in sorted(wanted - set(self.open)):
                self.open[path] = self._opened(path, shard, lengths.get(path, 0))
            self.shard = at

    def _opened(self, path: str, shard: Shard, length: int) -> Output | ParquetOutput:
        if not path.endswith(".parquet"):
            return Output(path, length)
        source = shard.path if shard.format == "parquet" else None
        if source and path == self.settings.out and len(self.shards) > 1:
            source = None  # rows of several files: columns are those of the first rows
        return ParquetOutput(path, source, self.settings.shape.text_field, length)

    def _close(self, paths: Sequence[str]) -> None:
        for path in paths:
            self.open.pop(path).close()
            if path != STDOUT:
                self.whole.append(path)

    def _checkpoint(self, shard: int, line: int, offset: int) -> None:
        """Everything up to here is on disk; outputs that are whole get their names."""
        assert self.folder is not None
        lengths = {path: output.mark() for path, output in self.open.items()}
        indexes = {
            item.name: item.checkpoint() for item in self.pipe.dedup if isinstance(item, Resumable)
        }
        state = Checkpoint(
            self.identity,
            shard,
            line,
            offset,
            self.chunks,
            lengths,
            self.whole,
            indexes,
            self.tally.as_dict(),
            self.damage,
        )
        checkpoints.save(self.folder, state)
        for path in self.whole:
            reveal(Path(path))
        self.whole = []

    def _resume(self) -> Checkpoint | None:
        """Go to where an unfinished run stood, or begin."""
        assert self.folder is not None
        found = checkpoints.load(self.folder, self.identity) if self.settings.resume else None
        if found is None:
            checkpoints.clear(self.folder)
        else:
            self.tally = Tally.from_dict(found.tally)
            self.damage = dict(found.damage)
            self.chunks = found.chunks
            self.shard = found.shard - 1
            for path in found.whole:
                reveal(Path(path))
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        for index in self.pipe.dedup:
            if isinstance(index, Resumable):
                mark = found.indexes.get(index.name) if found else None
                index.begin(self.folder / index.name, mark)
        return found


def _state_folder(shards: Sequence[Shard], settings: Settings) -> Path | None:
    """Where checkpoints go; None where a run cannot be resumed."""
    outputs = [path for s in shards for path in (s.out, s.rejects) if path]
    if settings.best:
        if settings.resume:
            raise UsageError("--resume: a run that keeps the best of twins must run at one go")
        return None
    able = all(map(regular, outputs)) and all(shard.path != STDIN for shard in shards)
    if not able:
        if settings.resume:
            raise UsageError("--resume: needs input files, and output files; give FILE… and -o OUT")
        return None
    many = is_folder(settings.out)
    return checkpoints.folder_of(settings.out, many=many)
