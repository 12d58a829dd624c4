"""Scorer `score.damage`: the share of a text that was lost and cannot be given back.

What the repairs left: replacement and control characters, private-use characters, 锟斤拷 and
烫烫烫, question marks where Chinese characters stood, and stretches of mojibake that no decoder
undoes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cleaner.batch import Batch, Ints, Mask, View
from cleaner.filter import Bound, Evidence, Values
from cleaner.kernels.text import Class, Codes, encode, fold
from cleaner.models.lm import load
from cleaner.rules import RuleBook

BLOCK = 32
"""Characters of a block, counted from the start of the document, that is judged as a whole."""
_RARE_SHARE = 0.2
"""Rare characters of a block from which on the language model is asked."""
_ODD = -7.0
"""Mean ln p of a character, below which a block of Chinese is none. Clean text of every kind
stays above −6 in 999 of 1000 lines."""
_LATIN_SHARE = 0.5
_LEAST = 6
"""So many characters must be odd before a block is damage."""
_BLANKS = (Class.SPACE, Class.NEWLINE, Class.INVISIBLE)

_KUN, _JIN, _KAO = encode("锟斤拷").tolist()
_FILLS = encode("烫屯葺铪")  # 0xCC, 0xCD, 0xDD and 0xFE 0xEE of fresh memory, read as GBK
_QUESTION = ord("?")
_CANTONESE = fold(
    encode("冇咗喺睇啲嘅嚟嘢唔哋佢冚攞揾搵啱咁噉嗰嘥嚿掂喎啫咩瞓嬲諗嗮晒畀俾啦嘛喇囉啵嘞咪")
)
"""Rare in print, but not on the pages of Hong Kong."""
_SIGNS = encode("\xa0·×÷°§©®«»£¥±²³µ½¼¾")
"""Signs of Latin-1 that text of any language may hold."""


class Damage:
    """`damage`: lost characters among all that are no blanks, 0 to 1."""

    name = "score.damage"
    names: Mapping[str, Bound] = {"damage": "max"}

    def __init__(self, book: RuleBook) -> None:
        pass

    def score(self, batch: Batch) -> dict[str, Values]:
        lost = batch.sums(lost_mask(batch))
        written = batch.lengths - batch.count(*_BLANKS)
        share: Values = np.minimum(lost / np.maximum(written, 1), 1.0)
        return {"damage": share}

    def evidence(self, view: View) -> Iterator[Evidence]:
        mask = lost_mask(Batch([view.doc]))[: len(view.text)]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).view(np.int8)))
        for start, end in edges.reshape(-1, 2).tolist():
            yield Evidence(start, end, "damage", _note(view.text[start:end]))


def lost_mask(batch: Batch) -> Mask:
    """Which code points of a batch stand for lost ones, shape (n,)."""
    classes = batch.classes
    mask: Mask = (classes == Class.CONTROL) | (classes == Class.PRIVATE)
    _mark_replaced_replacement(batch.folded, mask)
    _mark_fills(batch.folded, mask)
    _mark_questions(batch, mask)
    _mark_blocks(batch, mask)
    return mask


def _mark_replaced_replacement(folded: Codes, mask: Mask) -> None:
    """锟斤拷: two U+FFFD in UTF-8, read as GBK; any two neighbours of the three prove it."""
    for first, second in ((_KUN, _JIN), (_JIN, _KAO), (_KAO, _KUN)):
        at = np.flatnonzero(folded[:-1] == first)
        at = at[folded[at + 1] == second]
        mask[at] = True
        mask[at + 1] = True


def _mark_fills(folded: Codes, mask: Mask) -> None:
    """Four and more of the characters that fresh memory reads as."""
    at = np.flatnonzero(np.isin(folded, _FILLS))
    for start, end in _runs(at):
        if end - start >= 4 and (folded[start:end] == folded[start]).all():
            mask[start:end] = True


def _mark_questions(batch: Batch, mask: Mask) -> None:
    """Runs of question marks that end no clause, on a page that has three or more of them.

    A writer in doubt puts them behind a word and before a pause; where characters were lost
    they stand anywhere.
    """
    codes, classes = batch.codes, batch.classes
    runs = [
        (start, end) for start, end in _runs(np.flatnonzero(codes == _QUESTION)) if end - start > 1
    ]
    odd: list[tuple[int, int]] = []
    for start, end in runs:
        behind_word = start > 0 and classes[start - 1] in _WORDS
        before_pause = classes[end] in _PAUSES
        if not (behind_word and before_pause):
            odd.append((start, end))
    docs = np.searchsorted(batch.ends, [start for start, _ in odd])
    counts = np.bincount(docs, minlength=len(batch)) if odd else np.zeros(len(batch), np.int64)
    for (start, end), doc in zip(odd, docs.tolist(), strict=True):
        if counts[doc] >= 3 or end - start >= 12:
            mask[start:end] = True


_WORDS = frozenset({Class.HAN, Class.RARE_HAN, Class.ASCII_LETTER, Class.DIGIT, Class.KANA})
_WORDS |= {Class.HANGUL, Class.LETTER, Class.PUNCTUATION, Class.TERMINAL, Class.SYMBOL}
_PAUSES = frozenset({Class.SPACE, Class.NEWLINE, Class.PUNCTUATION, Class.TERMINAL, Class.SYMBOL})


def _mark_blocks(batch: Batch, mask: Mask) -> None:
    """Blocks of 32 that are mojibake: rare Chinese characters that follow on each other as no
    text has them, or Latin letters of the upper half of Latin-1 without the lower."""
    starts = _block_starts(batch)
    if not len(starts):
        return
    sizes = np.diff(np.append(starts, len(batch.codes)))
    unusual = batch.classes == Class.RARE_HAN
    _forgive(unusual, batch.folded, _CANTONESE)
    rare = np.add.reduceat(unusual.view(np.int8), starts, dtype=np.int64)
    for at in np.flatnonzero((rare >= _LEAST) & (rare >= _RARE_SHARE * sizes)).tolist():
        start, end = int(starts[at]), int(starts[at] + sizes[at])
        if _is_odd(batch, start, end):
            mask[start:end] |= ~np.isin(batch.classes[start:end], _BLANKS)
    upper = (batch.codes >= 0x80) & (batch.codes < 0x180)
    _forgive(upper, batch.codes, _SIGNS)
    high = np.add.reduceat(upper.view(np.int8), starts, dtype=np.int64)
    for at in np.flatnonzero((high >= _LEAST) & (high >= _LATIN_SHARE * sizes)).tolist():
        start, end = int(starts[at]), int(starts[at] + sizes[at])
        mask[start:end] |= upper[start:end]


def _forgive(mask: Mask, codes: Codes, known: Codes) -> None:
    """Take the `known` code points out of a mask."""
    at = np.flatnonzero(mask)
    mask[at[np.isin(codes[at], known)]] = False


def _is_odd(batch: Batch, start: int, end: int) -> bool:
    """Whether the language model finds no Chinese in a block; Japanese is not asked for any."""
    classes = batch.classes[start:end]
    if (classes == Class.KANA).sum() > 0.1 * (end - start):
        return False
    han = np.isin(classes, (Class.HAN, Class.RARE_HAN))
    scores = load().scores(batch.folded[start:end])
    # Whole numbers, so that the sum does not depend on its order.
    total = int(np.rint(scores[han] * 1024).astype(np.int64).sum())
    return total < _ODD * 1024 * int(han.sum())


def _block_starts(batch: Batch) -> Ints:
    """Where each block begins in a batch; blocks are counted anew in every document."""
    sizes = batch.lengths + 1
    blocks = -(-sizes // BLOCK)
    first = np.cumsum(blocks) - blocks
    number = np.arange(int(blocks.sum())) - np.repeat(first, blocks)
    starts: Ints = np.repeat(batch.starts, blocks) + number * BLOCK
    return starts


def _runs(at: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """Stretches [start, end) of positions that follow on each other; `at` is sorted."""
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) != 1) + 1
    edges = [0, *breaks.tolist(), len(at)]
    return [(int(at[a]), int(at[b - 1]) + 1) for a, b in pairwise(edges)]


def _note(text: str) -> str:
    """What kind of loss a stretch shows, in a few words."""
    first = text[0]
    if first == "?":
        return "question marks for characters"
    if first in "锟斤拷":
        return "replacement characters, read as GBK"
    if "\ue000" <= first <= "\uf8ff" or first > "\U000effff":
        return "private-use characters"
    if first == "\ufffd":
        return "replacement characters"
    return "control characters" if first < " " or "\x7f" <= first < "\xa0" else "mojibake"
