"""Clean texts of all kinds that strip was never tuned on: how much of them does it touch wrongly?

What it takes from these corpora was read by eye. `strip_labels/clean.jsonl` names, by hash, the
removals that were right (about one article in a hundred of the "clean" news does carry a
copyright line or a list of links); every other one counts as wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import xxhash

from benchmarks import corpora
from benchmarks.strip_pages import strip_stage
from cleaner.document import Document

_JUDGED = Path(__file__).parent / "strip_labels" / "clean.jsonl"
_CORPORA = {
    "news_chinanews": 2500,
    "news_rmrb2026": 2500,
    "news_xwlb": 1000,
    "news_nankai": 3200,
    "news_rthk_zhhant": 2000,
    "en_rthk": 400,
    "lang_chardet_ja_ko_zh": 100,
    "nonnews_mixed": 6000,
    "social_ytdesc": 400,
    "weibo_posts": 2000,
}
_CHUNK = 200


class Removal(NamedTuple):
    """One spot that went away: which rule took what from where."""

    corpus: str
    doc: str
    rule: str
    text: str

    @property
    def key(self) -> str:
        """The name of a removal among the judged ones; the same for both forms of Unicode."""
        letters = "".join(filter(str.isalnum, corpora.nfkc(self.text)))
        return f"{xxhash.xxh3_64_intdigest(letters.encode('utf-8', 'surrogatepass')):016x}"


def clean(form: Callable[[str], str], split: corpora.Split = "test") -> dict[str, float]:
    """Shares of documents and of characters wrongly touched, over all; and all touched ones."""
    docs = chars = wrong_docs = wrong_chars = touched = 0
    judged = _judged()
    by_rule: Counter[str] = Counter()
    for corpus in _CORPORA:
        for doc in _stripped(corpus, form, split):
            docs += 1
            chars += len(doc.original)
            wrong = [r for r in removals(corpus, doc) if r.key not in judged]
            touched += bool(doc.changes)
            wrong_docs += bool(wrong)
            wrong_chars += sum(len(removal.text) for removal in wrong)
            by_rule.update({removal.rule for removal in wrong})
    return {
        "documents": float(docs),
        "touched.documents": touched / docs,
        "wrong.documents": wrong_docs / docs,
        "wrong.characters": wrong_chars / chars,
        **{f"wrong.{rule}": count / docs for rule, count in sorted(by_rule.items())},
    }


def removals(corpus: str, doc: Document) -> Iterator[Removal]:
    """Every spot that a document lost; the blank lines around removals go with them."""
    for change in doc.changes:
        for put in change.puts:
            text = change.source[put.start : put.end]
            if text.strip() and change.filter != "strip.blanks":
                yield Removal(corpus, doc.id, put.rule, text)


def _stripped(corpus: str, form: Callable[[str], str], split: corpora.Split) -> Iterator[Document]:
    pipe = strip_stage()
    records = islice(corpora.load(corpus, split), _CORPORA[corpus])
    while chunk := list(islice(records, _CHUNK)):
        docs = [Document(str(n), form(record["text"])) for n, record in enumerate(chunk)]
        yield from pipe.clean(docs).docs


def _judged() -> set[str]:
    rows = _JUDGED.read_text("utf-8").splitlines() if _JUDGED.is_file() else []
    return {json.loads(row)["removal"] for row in rows}
