"""The core types: settling of edits, replay, and source ranges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Change, Document, Edit, Keep, Put, change_from_edits, settle

TEXTS = st.text(alphabet=st.characters(), max_size=40)


@st.composite
def text_and_edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(TEXTS)
    edits = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        edits.append(Edit(start, end, draw(st.text(max_size=4)), f"rule{number}"))
    return text, edits


def overlap(a: Edit, b: Edit) -> bool:
    if (a.start, a.end) == (b.start, b.end):
        return True
    return max(a.start, b.start) < min(a.end, b.end) or any(
        x.start == x.end and y.start < x.start < y.end for x, y in ((a, b), (b, a))
    )


@given(text_and_edits())
def test_settled_edits_are_disjoint_and_sorted(case: tuple[str, list[Edit]]) -> None:
    settled = settle(case[1])
    assert all(not overlap(a, b) for i, a in enumerate(settled) for b in settled[i + 1 :])
    assert settled == sorted(settled, key=lambda e: (e.start, e.end))


@given(text_and_edits())
def test_an_edit_gives_way_only_to_a_longer_or_earlier_one(case: tuple[str, list[Edit]]) -> None:
    edits = case[1]
    settled = settle(edits)
    for at, edit in enumerate(edits):
        if edit not in settled:
            stronger = [
                other
                for before, other in enumerate(edits)
                if (other.end - other.start, -before) > (edit.end - edit.start, -at)
            ]
            assert any(overlap(edit, other) and other in settled for other in stronger)


@given(text_and_edits())
def test_a_change_partitions_its_source(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    change = change_from_edits("f", text, settle(edits))
    at = 0
    for piece in change.pieces:
        assert piece.start == at <= piece.end
        at = piece.end
    assert at == len(text)


def test_source_ranges_go_through_several_changes() -> None:
    doc = Document("d", "雨ab停了c。")
    doc = doc.changed(change_from_edits("one", doc.text, [Edit(1, 3, "", "r")]))
    doc = doc.changed(change_from_edits("two", doc.text, [Edit(3, 4, "！", "r")]))
    assert doc.text == "雨停了！。"
    assert doc.source_range(0, 2) == (0, 4)
    assert doc.source_range(3, 4) == (5, 6)
    assert doc.original == "雨ab停了c。"


def test_reordered_pieces_map_back() -> None:
    change = Change("r", "甲乙丙丁", (Keep(2, 4), Put("\n", 2, 2, "seam"), Keep(0, 2)))
    assert change.replay() == "丙丁\n甲乙"
    assert change.to_source(0, 2) == (2, 4)
    assert change.to_source(3, 5) == (0, 2)
    assert change.to_source(1, 4) == (0, 4)
