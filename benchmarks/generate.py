"""A corpus of invented Chinese news, made from a seed, so that floors need no other data.

The words stand in `words.toml`. Equal arguments give equal articles on every machine: the only
source of chance is `random.Random`, whose sequence Python keeps stable for a given seed.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_SIZES = (1, 2, 2, 3, 3, 4, 5)  # sentences in a paragraph
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Article:
    """One invented report. `paragraphs` are whole; a dateline, where there is one, opens the
    first. `byline` is a line of its own (source and writer), `date` is ISO."""

    title: str
    byline: str
    paragraphs: tuple[str, ...]
    date: str
    place: str
    topic: str

    @property
    def body(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)

    @property
    def text(self) -> str:
        """The whole page: title, byline, paragraphs, one a line."""
        return "\n".join((self.title, self.byline, *self.paragraphs))


def articles(n: int, seed: int = 0) -> list[Article]:
    """`n` distinct articles of 250–1,200 characters; a longer list begins with a shorter one."""
    return [_Writer(random.Random(f"{seed}/{number}")).article() for number in range(n)]


@cache
def _words() -> Mapping[str, Any]:
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return {key: _split(value) for key, value in table.items()}


def _split(value: Any) -> Any:
    """A string of words becomes a list: parted by `|` where it holds one, else by blanks."""
    if isinstance(value, str):
        return value.split("|") if "|" in value else value.split()
    if isinstance(value, dict):
        return {key: _split(part) for key, part in value.items()}
    return value


class _Writer:
    """Fills frames for one article; place, unit and subject stay the same throughout."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.words = _words()
        self.topic = chance.choice(list(self.words["topic"]))
        self.subject: Mapping[str, list[str]] = self.words["topic"][self.topic]
        self.thing = chance.choice(self.subject["thing"])
        self.county, self.town = self.place_name(), self.town_name()
        self.year, self.month, self.monthday = (
            chance.randint(2012, 2025),
            chance.randint(1, 12),
            chance.randint(1, 28),
        )
        self.people = [self.person() for _ in range(3)]

    def article(self) -> Article:
        source = self.pick("source")
        reporter = self.person()
        return Article(
            title=self.fill(self.chance.choice(self.subject["title"])).rstrip("。"),
            byline=f"{self.date} 来源：{source} 记者 {reporter}",
            paragraphs=tuple(self.paragraphs(source, reporter)),
            date=self.date,
            place=self.county,
            topic=self.topic,
        )

    @property
    def date(self) -> str:
        return f"{self.year}-{self.month:02}-{self.monthday:02}"

    def paragraphs(self, source: str, reporter: str) -> list[str]:
        sentences = self.sentences()
        body = [self.lead(source, reporter) + sentences.pop()]
        for _ in range(self.chance.randint(3, 9)):
            taken = [
                sentences.pop() for _ in range(min(len(sentences), self.chance.choice(_SIZES)))
            ]
            if taken:
                body.append("".join(taken))
        closing = self.fill(self.pick("closings"))
        if self.chance.random() < 0.6:
            body.append(closing)
        else:
            body[-1] += closing
        return body

    def lead(self, source: str, reporter: str) -> str:
        lead = self.fill(self.pick("leads"))
        opening = self.chance.choice(
            [f"本报讯（记者 {reporter}）", f"{source}讯（记者 {reporter}）", "", "", ""]
        )
        return opening + lead

    def sentences(self) -> list[str]:
        """What the article has to say, in no order; no frame twice."""
        frames = [*self.subject["frames"]]
        frames += self.chance.sample(self.words["quotes"], 6)
        frames += self.chance.sample(self.words["facts"], 8)
        self.chance.shuffle(frames)
        return [self.fill(frame) for frame in frames]

    def fill(self, frame: str) -> str:
        """The frame with every slot filled; slots may hold frames."""
        while "{" in frame:
            frame = _SLOT.sub(lambda match: self.slot(match[1]), frame)
        return frame

    def slot(self, name: str) -> str:
        numbers = {
            "n": (11, 480),
            "n2": (3, 60),
            "small": (2, 9),
            "month": (1, 12),
            "age": (19, 88),
        }
        if name in numbers:
            return str(self.chance.randint(*numbers[name]))
        made: dict[str, Callable[[], str]] = {
            "place": lambda: self.county,
            "place2": self.place_name,
            "town": lambda: self.town,
            "thing": lambda: self.thing,
            "person": lambda: self.chance.choice(self.people),
            "unit": lambda: self.chance.choice(self.subject["unit"]),
            "big": lambda: f"{self.chance.randint(5, 99) * 100 + self.chance.randint(0, 99)}",
            "pct": lambda: f"{self.chance.randint(10, 980) / 10}％",
            "day": lambda: f"{self.month}月{self.monthday}日",
            "year": lambda: str(self.year),
            "event": lambda: self.chance.choice(self.subject["event"]),
        }
        return made[name]() if name in made else self.pick(name)

    def pick(self, name: str) -> str:
        return str(self.chance.choice(self.words[name]))

    def person(self) -> str:
        return self.pick("surname") + "".join(
            self.chance.sample(self.words["given"], self.chance.randint(1, 2))
        )

    def place_name(self) -> str:
        return self.pick("county_head") + self.pick("county_tail") + self.pick("county_kind")

    def town_name(self) -> str:
        return self.pick("town_head") + self.pick("town_tail") + self.pick("town_kind")
