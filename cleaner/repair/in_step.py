"""Many tasks side by side, so that what they ask for alike is answered at once.

A task is a generator: it yields what it has to ask, is sent the answers, and returns its result.
An array of many short questions takes hardly longer than one of a few.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from cleaner.batch import Batch, Mask, View

T = TypeVar("T")

_AT_ONCE = 1 << 16  # characters of pages that are taken side by side


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


class Pages(Generic[T]):
    """The results of a task for each page of a batch, found for some pages at a time."""

    def __init__(
        self, batch: Batch, suspects: Callable[[Batch], Mask], task: Callable[[View], Task[T]]
    ) -> None:
        self._batch, self._task = batch, task
        self._todo = deque(np.flatnonzero(suspects(batch)).tolist())
        self._found: dict[int, T] = {}  # by the place where the page begins

    def result(self, view: View) -> T:
        """The result for a page."""
        start = view.span.start
        if start not in self._found:
            pages = {start: view, **self._next()}
            results = in_step([self._task(page) for page in pages.values()])
            self._found |= zip(pages, results, strict=True)
        return self._found[start]

    def _next(self) -> dict[int, View]:
        """The next pages, by the place where each begins."""
        pages: dict[int, View] = {}
        size = 0
        while self._todo and size < _AT_ONCE:
            page = self._batch.view(self._todo.popleft())
            pages[page.span.start] = page
            size += len(page.text)
        return pages
