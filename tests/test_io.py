"""Inputs, lines, decoding, records, outputs."""

from __future__ import annotations

import bz2
import gzip
import itertools
import json
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import InputError, OutputError
from cleaner.io import files, records
from cleaner.io.decoding import decode
from cleaner.io.inputs import Input, check, format_of
from cleaner.io.lines import Chunk, chunks, split
from cleaner.io.outputs import Output, part_of, reveal
from cleaner.io.records import parse

TEXT = "今天上午，县图书馆新馆开门迎客。\n读者排起了长队。"
PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
}


def content(path: Path, skip: int = 0) -> tuple[bytes, str | None]:
    source = Input(str(path))
    data = b"".join(source.blocks(skip))
    source.close()
    return data, source.damage


class TestInputs:
    @pytest.mark.parametrize("suffix", PACK)
    def test_packed_files_of_several_members(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a.jsonl{suffix}"
        path.write_bytes(PACK[suffix](b"one\n") + PACK[suffix](b"two\n"))
        assert content(path) == (b"one\ntwo\n", None)
        assert content(path, skip=5) == (b"wo\n", None)

    @pytest.mark.parametrize("suffix", PACK)
    def test_truncated_files_give_what_is_there(self, tmp_path: Path, suffix: str) -> None:
        lines = b"".join(
            b'{"n": %d, "x": "%s"}\n' % (n, os.urandom(8).hex().encode()) for n in range(100_000)
        )
        packed = PACK[suffix](lines)
        path = tmp_path / f"a.jsonl{suffix}"
        path.write_bytes(packed[: len(packed) // 2])
        data, damage = content(path)
        assert damage
        assert "truncated" in damage
        assert lines.startswith(data)
        assert len(data) >= len(lines) // 4

    def test_corrupt_gzip_is_told(self, tmp_path: Path) -> None:
        packed = bytearray(gzip.compress(os.urandom(400_000)))
        packed[200_000:200_100] = bytes(100)
        path = tmp_path / "a.gz"
        path.write_bytes(packed)
        data, damage = content(path)
        assert damage
        assert len(data) > 100_000

    def test_byte_order_marks(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        for encoding in ("utf-8-sig", "utf-16"):
            path.write_text(TEXT, encoding)
            assert content(path)[0].decode() == TEXT
        path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
        assert content(path)[0].decode() == TEXT

    def test_empty_and_tiny_files(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl.gz"
        for data in (b"", b"\n", b"ab"):
            path.write_bytes(PACK[".gz"](data))
            assert content(path) == (data, None)
        path.write_bytes(b"")
        assert content(path) == (b"", None)

    @pytest.mark.parametrize(("name", "word"), [("", "folder"), ("none.jsonl", "no such file")])
    def test_what_is_no_file_is_named(self, tmp_path: Path, name: str, word: str) -> None:
        with pytest.raises(InputError, match=word):
            check(str(tmp_path / name))

    def test_formats_by_name(self) -> None:
        names = {"a.txt": "text", "a.txt.gz": "text", "a.parquet": "parquet"}
        names |= {"a.jsonl.zst": "jsonl", "a": "jsonl", "a.json": "jsonl"}
        assert {name: format_of(name) for name in names} == names


class TestLines:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from([b"", b"a", b"bb\n", b"\n", b"cccccccc\n"])), st.integers(1, 9))
    def test_chunks_depend_on_bytes_alone(self, blocks: list[bytes], size: int) -> None:
        data = b"".join(blocks)
        found = list(chunks(blocks, size))
        assert found == list(chunks([data], size))
        assert b"".join(chunk.data for chunk in found) == data
        for chunk, following in itertools.pairwise(found):
            assert chunk.data.endswith(b"\n")
            assert len(chunk.data) >= size
            assert (following.line, following.offset) == (chunk.line + chunk.lines, chunk.end)
        for chunk in found:
            assert data[: chunk.offset].count(b"\n") == chunk.line - 1

    def test_halves_and_single_lines(self) -> None:
        chunk = Chunk(5, 100, b"a\nbb\nccc\n")
        halves = chunk.halves()
        assert halves == (Chunk(5, 100, b"a\n"), Chunk(6, 102, b"bb\nccc\n"))
        assert chunk.only(6) == Chunk(6, 102, b"bb\n")
        assert Chunk(1, 0, b"a\n").halves() is None
        assert Chunk(1, 0, b"a").halves() is None
        assert Chunk(1, 0, b"a\nb").halves() == (Chunk(1, 0, b"a\n"), Chunk(2, 2, b"b"))

    def test_ranges_of_lines(self) -> None:
        assert list(split(b"a\n\nbc")) == [(0, 1), (2, 2), (3, 5)]
        assert list(split(b"a\n")) == [(0, 1)]


class TestDecoding:
    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_whole_texts(self, encoding: str) -> None:
        assert decode(TEXT.encode(encoding)) == (TEXT, encoding, 0)

    def test_big5(self) -> None:
        text = "縣圖書館新館昨日開放，讀者排起長隊，現場秩序井然。" * 3
        found = decode(text.encode("big5"))
        # Big5 that is valid GB18030 too cannot be told apart by strict decoding.
        assert found.encoding in ("big5", "gb18030")

    def test_broken_utf8_stays_utf8(self) -> None:
        raw = TEXT.encode()
        found = decode(raw[:10] + b"\xff" + raw[12:])
        assert found.encoding == "utf-8"
        assert found.replaced >= 1
        assert found.text.endswith("长队。")

    @pytest.mark.parametrize(("lost", "encoding"), [(1, "utf-8"), (2, "gb18030")])
    def test_half_of_the_characters_must_be_utf8(self, lost: int, encoding: str) -> None:
        raw = "你你".encode() + b"\xb0\xa1" * lost  # as UTF-8 two characters and 2 × lost gaps
        assert decode(raw).encoding == encoding

    @settings(max_examples=100, deadline=None)
    @given(st.binary(max_size=60))
    def test_never_raises(self, raw: bytes) -> None:
        decode(raw).text.encode("utf-8", "surrogatepass")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
KEYS = st.sampled_from(["text", "a", "te", 'q"', "\\", "clean", "标题"])


class TestRecords:
    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(KEYS, JSON), st.text(max_size=8), st.text(max_size=8), st.booleans())
    def test_only_the_text_changes(
        self, fields: dict[str, Any], text: str, new: str, ascii_only: bool
    ) -> None:
        fields["text"] = text
        raw = json.dumps(fields, ensure_ascii=ascii_only, indent=1).replace("\n", " ").encode()
        record = parse(raw)
        made = records.replaced(record, {"text": new})
        expected = json.dumps({**fields, "text": new})
        assert json.dumps(json.loads(made)) == expected
        without = json.loads(records.without(parse(made), "clean"))
        fields.pop("clean", None)
        assert json.dumps(without) == json.dumps({**fields, "text": new})

    @pytest.mark.parametrize(
        "raw",
        [
            b'{"n": 123456789012345678901234567890, "text": "a", "x": NaN, "y": -Infinity}',
            b'{"text": "a", "z": 1e999, "deep": {"text": "b", "v": 1.000}}',
            b'{"a": 1, "a": 2, "text": "a"}',
            b'  {"te\\u0078t" : "a" , "esc": "\\u00e9\\/" }  ',
            b'{"s": "\\ud800", "text": "a"}',
        ],
    )
    def test_nothing_else_is_altered(self, raw: bytes) -> None:
        made = records.replaced(parse(raw), {"text": "新"})
        assert made in (
            raw.replace(b'"a" ', '"新" '.encode()),
            raw.replace(b'"text": "a"', '"text": "新"'.encode()),
        )

    def test_the_last_of_repeated_texts_counts(self) -> None:
        record = parse(b'{"text": "old", "text": "a"}')
        assert record.fields["text"] == "a"
        assert records.replaced(record, {"text": "b"}) == b'{"text": "old", "text": "b"}'

    def test_new_fields_are_added(self) -> None:
        made = records.replaced(parse(b'{"text": "a"}'), {"text": "b", "id": "x#1"})
        assert json.loads(made) == {"text": "b", "id": "x#1"}
        assert records.replaced(parse(b"{}"), {"k": 1}) == b'{"k":1}'

    def test_lone_surrogates_stay(self) -> None:
        record = parse(b'{"text": "x\\ud83dy"}')
        assert record.fields["text"] == "x\ud83dy"
        made = records.replaced(record, {"text": record.fields["text"] + "z"})
        assert json.loads(made)["text"] == "x\ud83dyz"

    def test_quotes_and_backslashes(self) -> None:
        record = parse(rb'{"text": "a\\\"b\\", "k": "\"text\""}')
        assert json.loads(records.replaced(record, {"text": "n"})) == {"text": "n", "k": '"text"'}

    def test_gb18030_lines_are_read(self) -> None:
        record = parse(json.dumps({"text": TEXT}, ensure_ascii=False).encode("gb18030"))
        assert (record.fields["text"], record.encoding) == (TEXT, "gb18030")

    @pytest.mark.parametrize(
        ("raw", "word"),
        [
            (b"{", "broken JSON"),
            (b'{"text": "a"', "broken JSON"),
            (b"[1]", "a list"),
            (b"12", "a number"),
            (b'"text"', "a string"),
            (b"null", "null"),
            (b"[" * 100_000, "nested"),
            (b'{"text": "a"} {"text": "b"}', "broken JSON"),
        ],
    )
    def test_what_is_no_record_is_named(self, raw: bytes, word: str) -> None:
        with pytest.raises(ValueError, match=word):
            parse(raw)


class TestOutputs:
    @pytest.mark.parametrize("suffix", ["", *PACK])
    def test_cut_back_to_a_mark_and_continued(self, tmp_path: Path, suffix: str) -> None:
        whole, cut = tmp_path / f"whole{suffix}", tmp_path / f"cut{suffix}"
        first, second = b"one\n" * 1000, b"two\n" * 1000
        output = Output(whole)
        output.write(first)
        output.mark()
        output.write(second)
        output.close()
        output = Output(cut)
        output.write(first)
        length = output.mark()
        output.write(b"never")
        output.flush()
        output.abandon()
        output = Output(cut, length)
        output.write(second)
        output.close()
        assert part_of(cut).read_bytes() == part_of(whole).read_bytes()
        for path in (whole, cut):
            assert not path.exists()
            reveal(path)
            assert content(path) == (first + second, None)

    @pytest.mark.parametrize("suffix", PACK)
    def test_an_empty_output_can_be_read(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a{suffix}"
        Output(path).close()
        reveal(path)
        assert path.stat().st_size
        assert content(path) == (b"", None)

    def test_a_full_disk_is_named(self) -> None:
        output = Output("/dev/full")
        output.write(b"x")
        with pytest.raises(OutputError, match=r"/dev/full.*No space"):
            output.mark()

    def test_short_writes_lose_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        honest = os.write
        monkeypatch.setattr(os, "write", lambda fd, data: honest(fd, bytes(data)[:3]))
        output = Output(tmp_path / "a")
        output.write(b"0123456789")
        output.close()
        assert part_of(tmp_path / "a").read_bytes() == b"0123456789"

    def test_a_shorter_part_than_marked_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="without --resume"):
            Output(tmp_path / "a", 10)


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_small_file_is_old_or_new_and_never_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None
) -> None:
    path = tmp_path / "stats.json"
    if before is not None:
        path.write_bytes(before)

    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "write_all", refused)
        with pytest.raises(OutputError, match="No space left"):
            files.save(path, b"new")
    assert (path.read_bytes() if path.exists() else None) == before
    files.save(path, b"new")
    assert path.read_bytes() == b"new"
