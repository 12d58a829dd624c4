"""Errors that say what happened, where, and what to do about it."""

from __future__ import annotations


class CleanerError(Exception):
    """Base of every error that the library raises on purpose.

    The message is one line: what is wrong, where, and what the reader can do.
    """


class UsageError(CleanerError):
    """Options, inputs and outputs that do not go together."""


class RecipeError(CleanerError):
    """A recipe cannot be read, or names something that does not exist."""


class RuleError(CleanerError):
    """A rule file or a word list is malformed."""


class FilterError(CleanerError):
    """A filter broke its contract, for example by an edit outside of its text."""


class InputError(CleanerError):
    """An input cannot be read."""


class OutputError(CleanerError):
    """An output cannot be written."""


def cause(error: Exception) -> str:
    """What is wrong in the system's own words, without its number and the path again."""
    return getattr(error, "strerror", None) or str(error)
