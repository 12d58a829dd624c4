"""The command line: `clean FILE…`, and `clean SUBCOMMAND …`.

Only the module of the command that was asked for is imported.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, cast

from cleaner.errors import CleanerError, InputError, RecipeError, RuleError, UsageError

SUBCOMMANDS = {
    "explain": "what was changed in one document and why, before and after",
    "score": "the signals of documents; nothing is changed or dropped",
    "dedup": "duplicates alone: drop them, or plan what would be dropped",
    "tune": "limits that keep a share of your good documents",
    "train": "models from your own labelled documents",
}

# Exit statuses; they stand on the help page.
FAILED, MISUSED, DAMAGED, INTERRUPTED, CLOSED_PIPE = 1, 2, 3, 130, 141


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit status; errors are one line on stderr."""
    words = list(sys.argv[1:] if words is None else words)
    name = words.pop(0) if words and words[0] in SUBCOMMANDS else "clean"
    try:
        status = _run(name, words)
    except (RecipeError, RuleError, UsageError) as error:
        status = _complain(str(error), MISUSED)
    except InputError as error:
        status = _complain(f"{error}{_meant(name, words)}", FAILED)
    except CleanerError as error:
        status = _complain(str(error), FAILED)
    except (BrokenPipeError, _ClosedPipeError):
        status = CLOSED_PIPE
    except KeyboardInterrupt:
        status = _complain("interrupted", INTERRUPTED)
    except MemoryError:
        status = _complain("out of memory; try --workers 1", FAILED)
    except Exception as error:
        if os.environ.get("CLEANER_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        status = _complain(f"a fault of ours: {what}; CLEANER_DEBUG=1 shows where", FAILED)
    sys.exit(_flushed(status))


def _run(name: str, args: list[str]) -> int:
    import typer

    module = import_module(f"cleaner.cli.{name}")
    app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    command: Callable[..., Any] = module.command
    app.command(epilog=_epilog(module))(_past_click(command))
    program = "clean" if name == "clean" else f"clean {name}"
    # typer brings its own click of late: the base of wrong use is found through a subclass.
    misuse = cast(type[Exception], typer.BadParameter.__mro__[2])
    try:
        result = app(args, prog_name=program, standalone_mode=False)
    except typer.Exit as end:
        return int(end.exit_code)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except misuse as error:
        message = getattr(error, "format_message", error.__str__)().rstrip(".")
        return _complain(f"{message} (see {program} --help)", MISUSED)
    return result if isinstance(result, int) else 0


class _ClosedPipeError(Exception):
    """A BrokenPipeError on its way past click, which would make an exit of its own of it."""


def _past_click(command: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(command)
    def called(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except BrokenPipeError as error:
            raise _ClosedPipeError from error

    return called


def _epilog(module: ModuleType) -> str:
    """The end of a help page; `{commands}` in it stands for the list of subcommands."""
    commands = "\n\n".join(f"clean {name}: {text}" for name, text in SUBCOMMANDS.items())
    return str(getattr(module, "EPILOG", "")).replace("{commands}", commands)


def _meant(name: str, words: Sequence[str]) -> str:
    """What a person may have meant by the name of a file that there is not."""
    word = next((word for word in words if not word.startswith("-")), "")
    if name != "clean" or Path(word).exists():
        return ""
    path, _, line = word.rpartition(":")
    if line.isdigit() and Path(path).is_file():
        return f"; one line is shown by: clean explain {word}"
    near = get_close_matches(word, SUBCOMMANDS, 1, 0.7)
    return f"; or did you mean: clean {near[0]}?" if near else ""


def _complain(message: str, status: int) -> int:
    line = " ".join(message.split())
    print(f"clean: {line}", file=sys.stderr)  # noqa: T201
    return status


def _flushed(status: int) -> int:
    """Push out what Python still holds, so that a closed pipe is met here and not at exit."""
    try:
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        pass
    except OSError as error:
        return _complain(f"standard output: cannot be written: {error.strerror}", FAILED)
    else:
        return status
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return status or CLOSED_PIPE
