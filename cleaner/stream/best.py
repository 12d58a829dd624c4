"""A run that keeps the best of twins: everything is cleaned and spooled, then decided, then
written."""

from __future__ import annotations

import pickle
import tempfile
from typing import IO, Any

import orjson

from cleaner.best import LENGTH, Ranking, check
from cleaner.pipeline import Pipeline
from cleaner.stream.rows import Row, Worked
from cleaner.stream.workers import Results


def ranked(results: Results, pipe: Pipeline, signal: str) -> Results:
    """The results in the same order, with dedup decided by `signal`; see `cleaner.best`.

    The spool takes as much disk as the inputs, unpacked, and what the indexes need beside.
    """
    check(pipe, signal)
    ranking = Ranking(pipe)
    with tempfile.TemporaryFile() as spool:
        for job, pieces in results:
            bare = [(piece, _ranked(worked, ranking, signal)) for piece, worked in pieces]
            pickle.dump((job, bare), spool, pickle.HIGHEST_PROTOCOL)
        whys = ranking.decide()
        number = 0
        for job, pieces in _replayed(spool):
            decided = []
            for piece, worked in pieces:
                rows = list(worked.rows)
                for at in (at for group in worked.groups for at in group.rows):
                    why = whys.get(number)
                    number += 1
                    if why is not None:
                        rows[at] = rows[at].dropped(why)
                decided.append((piece, worked._replace(rows=rows, groups=[])))
            yield job, decided


def _ranked(worked: Worked, ranking: Ranking, signal: str) -> Worked:
    """What came of a chunk without its sketches, which the ranking has now."""
    for group in worked.groups:
        rows = [worked.rows[at] for at in group.rows]
        values = [_value(row, signal) for row in rows]
        ranking.add([r.id for r in rows], [not r.reasons for r in rows], values, group.sketches)
    return worked._replace(groups=[group._replace(sketches=()) for group in worked.groups])


def _value(row: Row, signal: str) -> float:
    signals: dict[str, Any] = orjson.loads(row.clean + b"}")["signals"]
    if signal == LENGTH and LENGTH not in signals:
        return row.characters
    value = signals.get(signal)
    return float("nan") if value is None else float(value)


def _replayed(spool: IO[bytes]) -> Results:
    end = spool.tell()
    spool.seek(0)
    while spool.tell() < end:
        yield pickle.load(spool)
