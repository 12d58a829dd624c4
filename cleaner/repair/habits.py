"""The habits of a text that tell between characters which the language model takes for one."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from cleaner.kernels.text import fold_text
from cleaner.repair.candidates import repertoire

_ENDS = frozenset("。！？”）》】；…")
_NO_ENDS = frozenset("，、（《【“")
_NARROW = frozenset(",;:!()")


class Habits(NamedTuple):
    """How a text is written: its script, and the width of its punctuation."""

    traditional: bool
    wide: bool

    def bias(self, option: str, *, at_end: bool) -> float:
        """What the model cannot see in favour of an option, in nats."""
        other = _scripts()[1 if self.traditional else 0]
        value = -5.0 * sum(char in other for char in option)
        if self.wide:
            value -= 4.0 * sum(char in _NARROW for char in option)
        if at_end:
            value += 4.0 * (option[-1:] in _ENDS) - 4.0 * (option[-1:] in _NO_ENDS)
        return value


def habits_of(text: str) -> Habits:
    """The habits of a text, as far as it is known."""
    traditional, simplified = _scripts()
    more = sum(char in traditional for char in text) - sum(char in simplified for char in text)
    return Habits(more > 0, text.count("，") >= text.count(","))


@cache
def _scripts() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of Traditional text only, and of Simplified text only."""
    han = "".join(char for char in map(chr, repertoire()) if "\u4e00" <= char <= "\u9fff")
    pairs = [(a, b) for a, b in zip(han, fold_text(han), strict=True) if a != b]
    big5 = set(han.encode("big5", "ignore").decode("big5"))
    return frozenset(a for a, _ in pairs), frozenset(b for _, b in pairs) - big5
