"""Where nothing is an escape: addresses, code, and pages that teach about escapes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import regex

_TEXT = r"[^\s\p{Han}\u3000-\u303F\uFF00-\uFFEF“”‘’<>\"]"
_ADDRESS = regex.compile(
    rf"""(?:https?|ftp|file|mailto|data|magnet|thunder|ed2k):{_TEXT}+
       | \bwww\.{_TEXT}+
       | (?<![A-Za-z0-9.@_-])[A-Za-z0-9.@_-]{{1,100}}?
         \.(?:com|cn|net|org|gov|edu|info|tv|me|io|cc|jp|hk|tw|s?html?|php|aspx?|jsp|cgi|jpe?g|png|gif|pdf|docx?)(?=[/?:&=%\#]){_TEXT}*
       | (?<![\w%/.=&?\#-])/?[A-Za-z][\w.-]*/{_TEXT}*%[0-9A-Fa-f]{{2}}{_TEXT}*
       | \?[\w-]+=[\w.%&=+;-]*""",
    regex.VERBOSE,
)
_FENCE = regex.compile(r"^[ \t]*(?:```|~~~).*?^[ \t]*(?:```|~~~)", regex.MULTILINE | regex.DOTALL)
_CODE = regex.compile(
    r"""\s*(?:
        import\s[\w.{*]+(?:;|$|\s(?:as|from)\b) | from\s[\w.]+\simport\b | \#include\b
      | (?:def|class|function)\b[^\p{Han}]*[({:] | (?:var|let|const)\s+\w+\s*=
      | (?:return|echo)\b[^\p{Han}]*; | (?:print|if|for|while|switch|catch)\s*\(
      | SELECT\b.*\bFROM\b
      | <\?(?:php|xml) | <!-- | // | /\*
      | [A-Za-z_$][A-Za-z0-9_.$\[\]>-]*\s*[+:]?=[=>]?\s*[A-Za-z0-9"'\[({/$\\]
      | [A-Za-z_$][A-Za-z0-9_.$]*\([^\p{Han}]*\)\s*[;.{]?\s*$
      | ["']?[A-Za-z_][A-Za-z0-9_-]*["']\s*:\s*["'{\[0-9]
      | [{\[]\s*["'{\[]
      | .*\)\s*[;{]\s*$ | [^\p{Han}]*\}\s*[;,]?\s*$
    )""",
    regex.VERBOSE,
)
_TEACHING = ["转义", "實體", "实体", "编码", "編碼", "正则", "正則", "字符集", "字符串"]
_TEACHING += ["代码", "代碼", "标签", "標籤", "浏览器解析", "unicode", "ascii", "html", "xml"]
_TEACHING += ["json", "javascript", "escape", "encod"]
_UTF8 = regex.compile(r"utf-?\s?8")


class Protected:
    """The ranges of a text that hold addresses or fenced code.

    No address goes beyond a blank: only the words that somebody asks about are searched.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        fenced = "```" in text or "~~~" in text
        self._fences = _Ranges(_FENCE.finditer(text) if fenced else ())
        self._word = 0, -1
        self._addresses = _Ranges(())

    def __contains__(self, at: int) -> bool:
        return at in self._fences or at in self._addresses_around(at)

    def _addresses_around(self, at: int) -> _Ranges:
        start, end = self._word
        if not start <= at <= end:
            text = self._text
            start = max(text.rfind(blank, 0, at) for blank in " \n") + 1
            end = min(found if (found := text.find(b, at)) >= 0 else len(text) for b in " \n")
            self._word = start, end
            self._addresses = _Ranges(_ADDRESS.finditer(text, start, end))
        return self._addresses


class _Ranges:
    """Ranges of a text in order, that is asked whether a place lies in one."""

    def __init__(self, matches: Iterable[regex.Match[str]]) -> None:
        self._spans: Sequence[tuple[int, int]] = sorted(match.span() for match in matches)
        self._starts = [start for start, _ in self._spans]

    def __contains__(self, at: int) -> bool:
        last = bisect_right(self._starts, at)
        return any(end > at for _, end in self._spans[max(0, last - 4) : last])


def looks_like_code(line: str) -> bool:
    """Whether a line (its escapes taken out) reads as a statement of a program or as data."""
    # Runs of blanks, which escapes leave when they are taken out, would be tried from each blank.
    return _CODE.match(" ".join(line.split())) is not None


def teaches(line: str) -> bool:
    """Whether a line speaks about escapes, so that one in it may be meant."""
    line = line.lower()
    return any(map(line.__contains__, _TEACHING)) or ("utf" in line and bool(_UTF8.search(line)))


def lines_of(text: str) -> Iterator[tuple[int, int]]:
    """The ranges of the lines of a text, without their newlines."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield start, end
        start = end + 1
    yield start, len(text)
