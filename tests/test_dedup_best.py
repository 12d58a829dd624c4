"""Which of twins stays, and who repeats whom."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from cleaner.best import best
from cleaner.cli.dedup import _Maker
from cleaner.dedup.clusters import Note, Noted, clusters
from cleaner.document import Document
from cleaner.errors import RecipeError, UsageError
from cleaner.filter import scorer
from cleaner.pipeline import Pipeline
from cleaner.recipe import load
from cleaner.stream import Settings, run


def noise(size: int, seed: int) -> str:
    return "".join(map(chr, np.random.default_rng(seed).integers(0x4E00, 0x9000, size)))


def families() -> list[str]:
    """Thirty texts, each with up to three longer copies, of which some are of one length."""
    texts = []
    for seed in range(30):
        text = noise(300, seed)
        tails = ["", "甲", "乙", "丙丁"][: 1 + seed % 4]
        texts += [text + tail for tail in tails]
    return texts


def kept(texts: Sequence[str], signal: str = "length") -> set[str]:
    pipe = Pipeline.from_recipe("dedup-only")
    docs = [Document(str(at), text) for at, text in enumerate(texts)]
    found = list(best(pipe, docs, signal))
    assert [doc.text for doc in found] == list(texts)
    return {doc.text for doc in found if doc.kept}


def test_the_longest_of_each_family_stays_whatever_the_order() -> None:
    texts = families()
    first = kept(texts)
    assert len(first) == 30
    assert {len(text) for text in first} == {300, 301, 302}
    for seed in range(5):
        shuffled = random.Random(seed).sample(texts, len(texts))
        assert kept(shuffled) == first


def test_a_signal_of_a_filter_ranks() -> None:
    pipe = Pipeline.from_recipe("dedup-only", extra=[scorer("score.tail")(lambda t: t[-1] == "乙")])
    text = noise(200, 1)
    docs = list(best(pipe, [text + "甲", text + "乙", text + "丙"], "tail"))
    assert [doc.kept for doc in docs] == [False, True, False]
    assert {doc.reasons[0].twin for doc in docs if doc.reasons} == {"2"}
    with pytest.raises(RecipeError, match="no such signal; there are: length, tail"):
        list(best(pipe, [text], "beauty"))


def test_dropped_documents_are_no_twins() -> None:
    pipe = Pipeline.from_recipe(
        "dedup-only", extra=[scorer("score.tail")(lambda t: t[-1] == "乙")], limits={"tail": 1}
    )
    text = noise(200, 1)
    docs = list(best(pipe, [text + "甲甲", text + "乙"], "length"))
    assert [[reason.signal for reason in doc.reasons] for doc in docs] == [["tail"], []]


def run_over(folder: Path, texts: Sequence[str], name: str, **options: object) -> list[str]:
    """The texts that a run over a file keeps."""
    source = folder / f"{name}.jsonl"
    lines = [json.dumps({"id": str(at), "text": text}) for at, text in enumerate(texts)]
    source.write_text("\n".join(lines), "utf-8")
    maker = _Maker(load("dedup-only"), noted=True)
    out = folder / f"{name}.out"
    settings = Settings([str(source)], str(out), workers=0, chunk_bytes=5000, **options)  # type: ignore[arg-type]
    run(maker, settings)
    assert maker.pipe is not None
    notes = [note for index in maker.pipe.dedup if isinstance(index, Noted) for note in index.notes]
    dropped = {member["id"] for cluster in clusters(notes) for member in cluster["members"]}
    records = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert dropped == {str(at) for at in range(len(texts))} - {r["id"] for r in records}
    return [record["text"] for record in records]


def test_a_run_keeps_the_best_in_order_of_input(tmp_path: Path) -> None:
    texts = families()
    random.Random(1).shuffle(texts)
    found = run_over(tmp_path, texts, "best", best="length")
    expected = kept(texts)
    assert found == [text for text in texts if text in expected]
    assert run_over(tmp_path, texts, "first") != found
    with pytest.raises(UsageError, match="at one go"):
        run_over(tmp_path, texts, "again", best="length", resume=True)


def test_clusters_are_stars_around_what_was_kept() -> None:
    notes = [
        Note(4, "e", "b", 0.9, "dedup.near"),
        Note(2, "c", "b", 1.0, "dedup.exact"),
        Note(1, "b", "a", 0.87, "dedup.near"),
        Note(6, "g", "f", 0.8, "dedup.near"),
    ]
    found = list(clusters(notes))
    assert [cluster["representative"] for cluster in found] == ["a", "f"]
    assert [member["id"] for member in found[0]["members"]] == ["b", "c", "e"]
    assert {member["similarity"] for member in found[0]["members"]} == {0.87}


def test_notes_are_cut_back_to_a_checkpoint(tmp_path: Path) -> None:
    texts = [noise(80, seed % 10) for seed in range(40)]

    def admit(pipe: Pipeline, part: Sequence[str], number: int) -> None:
        list(pipe([Document(str(number + at), text) for at, text in enumerate(part)]))

    def noted() -> tuple[Pipeline, Noted]:
        pipe = _Maker(load("dedup-only"), noted=True)()
        pipe.dedup[:] = pipe.dedup[:1]
        return pipe, pipe.dedup[0]  # type: ignore[return-value]

    whole, expected = noted()
    admit(whole, texts, 0)
    expected.finish()
    pipe, index = noted()
    index.begin(tmp_path / "state")
    admit(pipe, texts[:25], 0)
    mark = json.loads(json.dumps(index.checkpoint()))
    admit(pipe, texts[25:30], 25)
    index.checkpoint()
    again, resumed = noted()
    resumed.begin(tmp_path / "state", mark)
    admit(again, texts[25:], 25)
    resumed.finish()
    assert resumed.notes == expected.notes and len(expected.notes) == 30
