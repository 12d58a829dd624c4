"""The parts of a split page: each replays from the page, and no edit is told twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Change, Document, Edit, Keep, Piece, Put, change_from_edits, settle
from cleaner.parts import own_changes
from cleaner.pipeline import Pipeline


@st.composite
def pages(draw: st.DrawFn) -> tuple[Document, list[Document]]:
    """A page after some passes of edits, and the parts that it is then split into."""
    doc = Document("page", draw(st.text("abcd\n", min_size=1, max_size=30)))
    for number in range(draw(st.integers(0, 3))):
        edits = [
            draw(edit(doc.text, f"{number}.{rule}")) for rule in range(draw(st.integers(0, 4)))
        ]
        doc = doc.changed(change_from_edits(f"strip.{number}", doc.text, settle(edits)))
    pieces = draw(cut(len(doc.text)))
    home = [draw(st.integers(0, 2)) for _ in pieces]
    parts = []
    for part in sorted(set(home)):
        own = [piece for piece, at in zip(pieces, home, strict=True) if at == part]
        made = doc.changed(Change("restore.page", doc.text, tuple(draw(st.permutations(own)))))
        later = settle([draw(edit(made.text, f"{part}.later"))])
        parts.append(made.changed(change_from_edits("restore.feed", made.text, later)))
    return doc, parts


@st.composite
def edit(draw: st.DrawFn, text: str, rule: str) -> Edit:
    start = draw(st.integers(0, len(text)))
    return Edit(start, draw(st.integers(start, len(text))), draw(st.text("XY", max_size=2)), rule)


@st.composite
def cut(draw: st.DrawFn, size: int) -> list[Piece]:
    """Pieces that partition a text of so many characters, some of which go."""
    borders = sorted({0, size, *draw(st.lists(st.integers(0, size), max_size=5))})
    return [
        Put("", a, b, f"split.{a}") if draw(st.booleans()) and draw(st.booleans()) else Keep(a, b)
        for a, b in pairwise(borders)
    ] or [Keep(0, 0)]


@given(pages())
def test_a_part_replays_from_the_page(case: tuple[Document, list[Document]]) -> None:
    for part in case[1]:
        text = part.original
        for change in own_changes(part.changes):
            assert change.source == text
            text = change.replay()
        assert text == part.text


def origins(doc: Document) -> list[int]:
    """For each character where it stood in the page, −1 for new ones."""
    at = list(range(len(doc.original)))
    for change in doc.changes:
        at = [
            place
            for p in change.pieces
            for place in (at[p.start : p.end] if isinstance(p, Keep) else [-1] * len(p.text))
        ]
    return at


@given(pages())
def test_every_character_of_a_part_comes_from_where_it_came_from(
    case: tuple[Document, list[Document]],
) -> None:
    for part in case[1]:
        own = Document(part.id, part.text, changes=own_changes(part.changes))
        assert origins(own) == origins(part)


@given(pages())
def test_every_edit_of_a_page_is_told_once(case: tuple[Document, list[Document]]) -> None:
    page, parts = case
    every = Counter(put.rule for change in page.changes for put in change.puts)
    told: Counter[str] = Counter()
    for part in parts:
        told.update(p.rule for c in own_changes(part.changes) for p in c.puts)
    assert set(every) <= set(told)
    whole = {p.rule for c in page.changes for p in c.puts if len(p.text) < 2}
    last = {p.rule for p in page.changes[-1].puts} if page.changes else set()
    for rule in whole & last:  # text of an edit that the split cuts in two belongs to both
        assert told[rule] == 1


def test_what_was_never_split_keeps_its_changes() -> None:
    doc = Document("a", "one two")
    for new in ("1", "2"):
        doc = doc.changed(change_from_edits("f", doc.text, [Edit(0, 1, new, "r")]))
    assert own_changes(doc.changes) == doc.changes


def test_the_first_change_takes_the_part_out_of_the_page() -> None:
    page = Document("page", "x one\ny two")
    page = page.changed(
        change_from_edits("strip.a", page.text, [Edit(0, 2, "", "r1"), Edit(6, 8, "", "r2")])
    )
    second = page.changed(Change("restore.page", page.text, (Keep(4, 7),)))
    assert own_changes(second.changes) == (
        Change("restore.page", "x one\ny two", (Keep(6, 11),)),
        Change("strip.a", "y two", (Put("", 0, 2, "r2"), Keep(2, 5))),
    )


def test_what_was_put_in_another_order_stays_so_though_it_reads_the_same() -> None:
    page = Document("page", "xaab").changed(
        change_from_edits("strip.a", "xaab", [Edit(0, 1, "", "r")])
    )
    part = page.changed(Change("restore.page", page.text, (Keep(1, 2), Keep(0, 1))))
    own = Document("page", part.text, changes=own_changes(part.changes))
    assert origins(own) == origins(part) == [2, 1]


def test_the_pipeline_tells_each_part_its_own() -> None:
    body = "本报讯（记者 林一舟）{}昨日举行，来自各村的三百名村民参加。\n活动由镇政府主办。\n"
    first, second = body.format("&#28783;会"), body.format("通车仪式")
    page = f"石桥镇举办灯会\n{first}东川镇开通公交\n{second}"
    docs = Pipeline.from_recipe("news-zh").clean([Document("page", page)]).docs
    assert [(doc.id, doc.part_of) for doc in docs] == [("page#1", "page"), ("page#2", "page")]
    rules = [{put.rule for change in doc.changes for put in change.puts} for doc in docs]
    assert "repair.escapes.entity" in rules[0]
    assert "repair.escapes.entity" not in rules[1]
