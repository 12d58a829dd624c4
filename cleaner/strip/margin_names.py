"""Names of sites and columns above a text, told by their shape.

Where a page has a title, a short line above its text that is the name of a paper, a site or a
column (`short news`, `local news`) is none of the article.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

import regex

from cleaner.strip.margin_screens import ENDS, NAME

_TITLE = 10
"""The title beside a name has at least so many characters."""
_MENU = 8
"""More short lines are a menu, which is the frame's."""
_NAMES = regex.compile(
    r"""(?:
        \p{Han}{0,5}(?:新闻|要闻|港闻|快讯|资讯|频道|日报|晚报|早报|晨报|时报|商报|青年报|生活报|都市报
            |法治报|法制报|影音|头条|电视台|广播网|热线|之窗)(?:网|客户端)?
      | (?:今日|即时|本地|本港|地方|全球|台湾|香港|澳门|大陆)?(?:即时|国际|国内|社会|两岸|财经|体育
            |娱乐|生活|文化|综合|地方|评论|时评|教育|健康|科技|焦点|热点)(?:新闻|要闻|频道|版|焦点)?
    )""",
    regex.VERBOSE,
)


def names(
    texts: Sequence[str], may_be_title: Callable[[int], bool], words: Container[str]
) -> list[int]:
    """Which lines above a text are names and have a line below that may be its title; a word of
    menus or of headings of feeds is one only above the one title, for it may have a list."""
    short = [(at, text) for at, text in enumerate(texts) if len(text) <= NAME]
    if len(short) > _MENU:
        return []
    found = [at for at, text in short if text[-1] in ENDS and _NAMES.fullmatch(text)]
    if not found:
        return []
    long = (at for at in range(len(texts) - 1, found[0], -1) if len(texts[at]) >= _TITLE)
    titles = filter(may_be_title, long)
    title = next(titles, 0)
    one = next(titles, 0) == 0
    return [at for at in found if at < title and (one or texts[at] not in words)]
