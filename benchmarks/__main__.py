"""`python -m benchmarks verify | measure | compare | quality [NAME…]`.

    verify     every definition can be read and run; figures that are given exactly are exact
    measure    speed, as ratios to a yardstick of the same run
    compare    peers side by side in one run, each in its own virtual environment
    quality    right and wrong answers against floors, on native text and on its NFKC form

NAME is a definition (`dedup/recall`) or a room (`dedup`); see `definition.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from benchmarks import results
from benchmarks.corpora import root
from benchmarks.definition import Definition, choose
from benchmarks.quality import Outcome, loaded, run, table


def main(words: Sequence[str] | None = None) -> int:
    """0: all floors hold; 1: one does not; 2: wrong use, or nothing to run."""
    options = _options(words)
    try:
        chosen = list(_chosen(options))
    except ValueError as error:
        print(f"benchmarks: {error}", file=sys.stderr)  # noqa: T201
        return 2
    if not chosen:
        print("benchmarks: no definition fits; see benchmarks/definitions", file=sys.stderr)  # noqa: T201
        return 2
    outcomes = list(_run(chosen, only_load=options.kind == "verify"))
    if options.record:
        results.record(options.kind, outcomes)
    failed = [outcome.definition.name for outcome in outcomes if not outcome.passed]
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} hold")  # noqa: T201
    return 1 if failed else 0


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=["verify", "measure", "compare", "quality"])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--gate", action="store_true", help="only what is quick enough for CI")
    parser.add_argument(
        "--data", action="store_true", help="also what needs the corpora behind CLEANER_DATA"
    )
    parser.add_argument("--record", action="store_true", help="write benchmarks/results")
    return parser.parse_args(words)


def _chosen(options: argparse.Namespace) -> Iterator[Definition]:
    """The definitions to run; those that need data only on request, by flag or by full name."""
    if options.data and root() is None:
        raise ValueError("--data: set CLEANER_DATA to the folder that holds data/ and seeds/")
    kind = None if options.kind == "verify" else options.kind
    for definition in choose(options.names, kind, gate=options.gate):
        if not definition.data or options.data or definition.name in options.names:
            yield definition


def _run(chosen: Sequence[Definition], *, only_load: bool) -> Iterator[Outcome]:
    for definition in chosen:
        outcome = loaded(definition) if only_load and not definition.expected else run(definition)
        print("\n".join(table(outcome)), flush=True)  # noqa: T201
        yield outcome


if __name__ == "__main__":
    sys.exit(main())
