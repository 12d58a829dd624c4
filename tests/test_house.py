"""The house keeps its order: imports run downwards, the core knows nothing of the command."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cleaner"

# From the ground up. A module imports only what stands on a lower floor, or on its own floor
# within its own room.
FLOORS = [
    {"errors", "document", "kernels"},
    {"hits", "parts", "rule_files"},
    {"batch"},
    {"structure", "cuts"},
    {"filter"},
    {"apply"},
    {"rules", "models", "io"},
    {"repair", "strip", "restore", "score", "dedup"},
    {"catalog", "own_rules"},
    {"verdict"},
    {"recipe"},
    {"pipeline"},
    {"best"},
    {"stream"},
    {"train"},
    {"cli"},
]
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path: Path) -> set[str]:
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cleaner"):
            below = node.module.split(".")[1:]
            rooms |= {below[0]} if below else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("cleaner.")}
    return {room for room in rooms if room in FLOOR}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downwards(path: Path) -> None:
    room = room_of(path)
    assert room in FLOOR, f"{room} has no floor: list it in this test"
    for other in imported_rooms(path) - {room}:
        assert FLOOR[other] < FLOOR[room] or {room, other} <= FLOORS[0], f"{room} imports {other}"


def test_the_library_is_light_to_import() -> None:
    heavy = {"datasketch", "scipy", "fasttext", "typer", "rich", "pyarrow", "charset_normalizer"}
    code = "import sys, cleaner; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not heavy & {name.split(".")[0] for name in loaded}


def test_every_module_says_what_it_is_for() -> None:
    silent = [path.name for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert not silent
