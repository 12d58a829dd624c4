"""Sound articles made incoherent: foreign paragraphs, shuffles, interleaved columns, halves."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import regex

Damage = Callable[[Sequence[str], Sequence[str], random.Random], list[str]]

_SENTENCE = regex.compile(r"[^。！？!?]*[。！？!?]+[”’\"'」』)）]*|[^。！？!?]+$")

_END = regex.compile(r"[。！？!?]+[”’\"'」』)）]*|\n")

_TOLD = regex.compile(r"[。！？!?…][”’\"'」』)）]*(?:[(（]完[)）])?$")


def paragraphs(text: str) -> list[str]:
    """The lines of an article that are not blank."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def is_told(paragraph: str) -> bool:
    """Whether a paragraph ends as a sentence does. Of headings and lines of names nobody can say
    to which article they belong, so that they make no text foreign."""
    return _TOLD.search(paragraph) is not None


def told(parts: Sequence[str]) -> list[str]:
    """The paragraphs of an article without its headings and lines of names."""
    return [part for part in parts if is_told(part)]


def _articles(texts: Sequence[str], least: int) -> list[list[str]]:
    """The paragraphs of the articles that have so many, headings and lines of names aside."""
    return [parts for parts in map(paragraphs, texts) if len(told(parts)) >= least]


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, with their closing marks."""
    return [part for part in _SENTENCE.findall(text) if part.strip()]


def excerpt(text: str, size: int) -> str:
    """The first sentences of a text, of about `size` characters in all."""
    if len(text) <= size:
        return text
    ends = [match.end() for match in _END.finditer(text, 0, size)]
    return text[: ends[-1]] if ends and 2 * ends[-1] >= size else text[:size]


def spliced(own: Sequence[str], other: Sequence[str], chance: random.Random) -> list[str]:
    """Foreign paragraphs at random places: 10 to 50 % of what stands there afterwards."""
    share, foreign = chance.uniform(0.1, 0.5), told(other)
    count = min(len(foreign), max(1, round(share * len(own) / (1 - share))))
    mixed = list(own)
    for paragraph in chance.sample(foreign, count):
        mixed.insert(chance.randint(0, len(mixed)), paragraph)
    return mixed


def one_foreign(
    own: Sequence[str], other: Sequence[str], chance: random.Random
) -> tuple[list[str], int]:
    """One paragraph of another article somewhere, and the number of its line."""
    mixed = list(own)
    line = chance.randint(0, len(mixed))
    mixed.insert(line, chance.choice(told(other)))
    return mixed, line


def shuffled_paragraphs(
    own: Sequence[str], _other: Sequence[str], chance: random.Random
) -> list[str]:
    """All paragraphs in another order."""
    mixed = list(own)
    for _ in range(5):
        chance.shuffle(mixed)
        if mixed != list(own):
            break
    return mixed


def shuffled_sentences(
    own: Sequence[str], _other: Sequence[str], chance: random.Random
) -> list[str]:
    """All sentences in another order, in paragraphs of as many sentences as before."""
    parts = [sentences(paragraph) for paragraph in own]
    pool = [sentence for part in parts for sentence in part]
    chance.shuffle(pool)
    mixed, at = [], 0
    for part in parts:
        mixed.append("".join(pool[at : at + len(part)]))
        at += len(part)
    return [paragraph for paragraph in mixed if paragraph]


def interleaved(own: Sequence[str], other: Sequence[str], chance: random.Random) -> list[str]:
    """Two articles in turns of one or two paragraphs, as columns of a page come out."""
    mixed: list[str] = []
    queues = [list(own), list(other)[: len(own) + 2]]
    turn = chance.randint(0, 1)
    while queues[0] or queues[1]:
        for _ in range(chance.randint(1, 2)):
            if queues[turn]:
                mixed.append(queues[turn].pop(0))
        turn = 1 - turn
    return mixed


def halves(own: Sequence[str], other: Sequence[str], _chance: random.Random) -> list[str]:
    """The first half of one article and the second half of another."""
    first, second = _told_at(own), _told_at(other)
    return [*own[: first[(len(first) - 1) // 2] + 1], *other[second[len(second) // 2] :]]


def _told_at(parts: Sequence[str]) -> list[int]:
    return [at for at, part in enumerate(parts) if is_told(part)]


def page_of(articles: Sequence[Sequence[str]], chance: random.Random) -> list[str]:
    """Several articles as one text, most of them cut short, as a page of a newspaper comes
    out; on some pages two of them change places in the middle."""
    parts = [list(own[: chance.randint(2, 6)]) for own in articles]
    if chance.random() < 0.5 and len(parts) > 2:
        at = chance.randint(0, len(parts) - 2)
        first, second = parts[at], parts[at + 1]
        parts[at : at + 2] = [first[:1], second[:1], first[1:], second[1:]]
    return [paragraph for part in parts for paragraph in part]


def with_one_foreign(
    texts: Sequence[str], seed: int, least: int = 5
) -> tuple[list[str], list[int]]:
    """Articles of at least `least` paragraphs, headings and lines of names aside, with one
    paragraph of another one, and the number of its line in each."""
    chance, articles = random.Random(seed), _articles(texts, least)
    mixed, lines = [], []
    for index, own in enumerate(articles):
        other = articles[(index + chance.randint(1, len(articles) - 1)) % len(articles)]
        changed, line = one_foreign(own, other, chance)
        mixed.append("\n".join(changed))
        lines.append(line)
    return mixed, lines


def two_in_one(texts: Sequence[str], seed: int, most: int = 6) -> tuple[list[str], list[int]]:
    """Up to `most` paragraphs of one article and as many of another in one text each, and the
    character with which the second one begins."""
    chance = random.Random(seed)
    articles = [parts for parts in map(paragraphs, texts) if len(parts) >= 3]
    mixed, borders = [], []
    for index, own in enumerate(articles):
        other = articles[(index + chance.randint(1, max(1, len(articles) - 1))) % len(articles)]
        one, two = ("\n".join(parts[: chance.randint(2, most)]) for parts in (own, other))
        mixed.append(f"{one}\n{two}")
        borders.append(len(one) + 1)
    return mixed, borders


DAMAGES: dict[str, Damage] = {
    "splice": spliced,
    "paragraphs": shuffled_paragraphs,
    "sentences": shuffled_sentences,
    "interleave": interleaved,
    "halves": halves,
}


def pairs(
    texts: Sequence[str], kind: str, seed: int, least: int = 5
) -> tuple[list[str], list[str]]:
    """Sound articles of at least `least` paragraphs, headings and lines of names aside, and the
    same damaged; articles that the damage leaves as they were are left out.

    Foreign text comes from another article of the same list, which is of one source.
    """
    chance, articles = random.Random(seed), _articles(texts, least)
    sound, damaged = [], []
    for index, own in enumerate(articles):
        if kind == "page":
            # Neighbours in the list, which for a newspaper share a day and a page.
            mixed = page_of(articles[index : index + chance.randint(2, 8)], chance)
        else:
            other = articles[(index + chance.randint(1, max(1, len(articles) - 1))) % len(articles)]
            mixed = DAMAGES[kind](own, other, chance) if other is not own else own
        if mixed != own:
            sound.append("\n".join(own))
            damaged.append("\n".join(mixed))
    return sound, damaged
