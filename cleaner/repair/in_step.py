"""Many tasks side by side, so that what they ask for alike is answered at once.

A task is a generator: it yields what it has to ask, is sent the answers, and returns its result.
An array of many short questions takes hardly longer than one of a few.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Ask(NamedTuple):
    """Questions to a function that answers each of many by itself."""

    function: Callable[[list[Any]], list[Any]]
    about: Sequence[Any]


Task = Generator[Ask, list[Any], T]


def in_step(tasks: Sequence[Task[T]]) -> list[T]:
    """The results of all tasks; no answer depends on what else is asked."""
    results: dict[int, T] = {}
    answers: dict[int, list[Any] | None] = dict.fromkeys(range(len(tasks)))
    while answers:
        asked: dict[int, Ask] = {}
        for number, answer in answers.items():
            try:
                asked[number] = (
                    next(tasks[number]) if answer is None else tasks[number].send(answer)
                )
            except StopIteration as end:
                results[number] = end.value
        answers = _answered(asked)
    return [results[number] for number in range(len(tasks))]


def _answered(asked: dict[int, Ask]) -> dict[int, list[Any] | None]:
    """The answers for each task, each function called once."""
    answers: dict[int, list[Any] | None] = {}
    for function in dict.fromkeys(ask.function for ask in asked.values()):
        own = {number: ask.about for number, ask in asked.items() if ask.function is function}
        every = iter(function([question for about in own.values() for question in about]))
        for number, about in own.items():
            answers[number] = [next(every) for _ in about]
    return answers
