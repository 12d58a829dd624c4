"""The evaluation corpora behind `CLEANER_DATA`, with one split for everybody.

`CLEANER_DATA` names a folder that holds `data/` (corpora, `*.jsonl.zst`) and `seeds/`. A model
may be trained on `train`, tuned on `dev`, and is judged on `test`.
"""

from __future__ import annotations

import io
import json
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import xxhash
import zstandard

Split = Literal["train", "dev", "test"]

# News is split by date: what comes later was never seen. First day of dev, first day of test.
_DATES = {
    "news_chinanews": ("2023-10-15", "2023-11-01"),
    "news_rmrb2026": ("2026-06-16", "2026-07-01"),
    "news_xwlb": ("2021-01-01", "2022-01-01"),
    "news_rthk_zhhant": ("2025-02-01", "2025-03-01"),
    "en_rthk": ("2025-02-01", "2025-03-01"),
}
# A source that no shipped model may be trained on.
_HELD_OUT = {"news_nankai"}


def root() -> Path | None:
    """The folder that `CLEANER_DATA` names, or None."""
    name = os.environ.get("CLEANER_DATA")
    return Path(name) if name else None


def read(corpus: str) -> Iterator[dict[str, Any]]:
    """The records of a corpus in order of the file; raises FileNotFoundError without data."""
    folder = root()
    if folder is None:
        raise FileNotFoundError("set CLEANER_DATA to the folder that holds data/ and seeds/")
    with (folder / "data" / f"{corpus}.jsonl.zst").open("rb") as raw:
        reader = zstandard.ZstdDecompressor().stream_reader(raw)
        for line in io.TextIOWrapper(reader, "utf-8", newline="\n"):
            yield json.loads(line)


def split_of(corpus: str, record: dict[str, Any]) -> Split:
    """Which split a record belongs to: by date where there is one, else by hash of its text."""
    if corpus in _HELD_OUT:
        return "test"
    if corpus in _DATES:
        dev, test = _DATES[corpus]
        date = _iso(str(record.get("date", "")))
        return "train" if date < dev else "dev" if date < test else "test"
    bucket = xxhash.xxh3_64_intdigest(record["text"].encode("utf-8", "surrogatepass")) % 10
    return "train" if bucket < 6 else "dev" if bucket < 8 else "test"


def load(corpus: str, split: Split) -> Iterator[dict[str, Any]]:
    """The records of one split of a corpus."""
    return (record for record in read(corpus) if split_of(corpus, record) == split)


def nfkc(text: str) -> str:
    """The form that most crawls come in; every quality row is measured on it too."""
    return unicodedata.normalize("NFKC", text)


def _iso(date: str) -> str:
    digits = date.replace("/", "-").split()[0] if date.strip() else ""
    if digits.isdigit() and len(digits) == 8:
        digits = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return "-".join(part.zfill(2) for part in digits.split("-"))
