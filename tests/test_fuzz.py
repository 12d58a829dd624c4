"""Any bytes as input: nothing raises, nothing is lost, the sums hold.

`CLEANER_FUZZ=100000 pytest tests/test_fuzz.py` looks for an hour instead of seconds.
"""

from __future__ import annotations

import json
import os
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.generate import articles
from cleaner.io.lines import Chunk
from cleaner.pipeline import Pipeline
from cleaner.stream.account import Tally
from cleaner.stream.rows import Job, Shape
from cleaner.stream.work import Work
from cleaner.stream.write import admitted, write

EXAMPLES = int(os.environ.get("CLEANER_FUZZ", "15"))
SAMPLES = [article.text for article in articles(4, seed=60)]

damaged = st.builds(
    lambda text, at, cut, new: text[:at] + new + text[at + cut :],
    st.sampled_from(SAMPLES),
    st.integers(0, 900),
    st.integers(0, 300),
    st.text(max_size=20)
    | st.sampled_from(["&#20013;", "(zhōng)", "ä¸\xad", "\\u4e2d", "锟斤拷", "\ud800"]),
)
records = st.builds(
    lambda text, ascii_only, other: json.dumps(
        {"text": text, **other}, ensure_ascii=ascii_only
    ).encode("utf-8", "surrogatepass"),
    damaged | st.text(max_size=40),
    st.booleans(),
    st.dictionaries(st.sampled_from(["id", "clean", "part_of", "n"]), st.integers() | st.floats()),
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A record, sometimes broken at a byte, in another encoding, or no record at all."""
    line = draw(records | st.binary(max_size=40))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(st.binary(max_size=3)) + line[at + draw(st.integers(0, 3)) :]
    if draw(st.integers(0, 9)) == 0:
        line = line.decode("utf-8", "replace").encode("gb18030", "replace")
    return line.replace(b"\n", b" ")


class Lines:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.found: list[bytes] = []

    def write(self, data: bytes, row: int = 0) -> None:
        assert data.endswith(b"\n")
        self.found.append(data)


@cache
def works() -> tuple[Work, ...]:
    make = cache(lambda: Pipeline.from_recipe("news-zh"))
    return tuple(Work(make, shape) for shape in (Shape(), Shape(keep_all=True), Shape(audit=True)))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(lines(), max_size=6), st.integers(0, 2))
def test_any_bytes(found: list[bytes], shape: int) -> None:
    work = works()[shape]
    job = Job(0, "fuzz", "jsonl", Chunk(1, 0, b"\n".join(found)))
    worked = work(job)
    tally, out, rejects = Tally(), Lines(), Lines()
    tally.add(worked.tally)
    write(admitted(worked, work.pipe), job, work.shape, out, rejects, tally)
    assert not tally.errors
    assert tally.lines == tally.blank + tally.invalid + tally.documents
    assert tally.documents + tally.parts == tally.kept + tally.rejected
    if work.shape.audit:
        assert len(out.found) == tally.documents
    elif work.shape.keep_all:
        assert len(out.found) == tally.kept + tally.rejected
    else:
        assert len(out.found) == tally.kept
        assert len(rejects.found) == tally.rejected + tally.invalid
    for line in out.found:
        assert "clean" in json.loads(line.decode("utf-8", "surrogatepass"))
