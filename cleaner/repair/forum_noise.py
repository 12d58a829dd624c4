"""What Discuz strews between paragraphs against copying (9 w3 t1 b8 @3 G F y) ?0 f# N).

Its function `jammer` (Discuz! X, function_post) writes five pairs or more: a character from blank
to `;`, a blank, and one from `?` to `~`. A reader of the page does not see them, a crawler does,
and blanks side by side have become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import regex

from cleaner.batch import View
from cleaner.document import Edit

_CORE = re.compile(r"[@-~][!-?] [@-~][!-?] [@-~]")
"""What the screen of `repair.spacing` looks for too."""
_RUN = regex.compile(
    r"(?<![A-Za-z0-9])(?:[ -;] {1,2})?(?:(?P<token>[?-~][!-;]?) {1,2}){3,}"
    r"(?P<token>[?-~][!-;]?)(?![!-~])[ ]?"
)


class _Seen(NamedTuple):
    """What a run is made of: pairs and lone characters, digits, kinds of marks, and whether the
    letters are of both cases, or some are none."""

    pairs: int
    alone: int
    digits: int
    marks: int
    mixed: bool


def forum_noise(view: View) -> Iterator[Edit]:
    """The noise of a page. Chess moves, chords and lists of letters have the same shape, but not
    so many marks; where one run is sure, others need fewer."""
    if not _CORE.search(view.text):
        return
    runs = [(match, _seen(match)) for match in _RUN.finditer(view.text)]
    sure = any(_is_sure(seen) for _, seen in runs)
    for match, seen in runs:
        if _is_sure(seen) or (sure and _is_likely(seen)):
            yield Edit(match.start(), match.end(), "", "repair.spacing.forum", 0.95)


def _seen(match: regex.Match[str]) -> _Seen:
    tokens = match.captures("token")
    seconds = [token[1] for token in tokens if len(token) > 1]
    firsts = "".join(token[0] for token in tokens)
    return _Seen(
        len(seconds),
        len(tokens) - len(seconds),
        sum(second.isdigit() for second in seconds),
        len({second for second in seconds if not second.isdigit()}),
        not (firsts.isalpha() and (firsts.islower() or firsts.isupper())),
    )


def _is_sure(seen: _Seen) -> bool:
    many = seen.pairs >= 4 and seen.marks >= 2 and (seen.digits > 0 or seen.pairs >= 6)
    return seen.mixed and seen.pairs > seen.alone and (many or (seen.pairs >= 7 and seen.marks > 0))


def _is_likely(seen: _Seen) -> bool:
    return seen.pairs >= 2 and seen.mixed and (seen.marks > 0 or seen.pairs >= 4)
