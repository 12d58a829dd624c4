"""Virtual environments for peers: each has its own, made when it is first asked for.

They lie under `benchmarks/.peers/`, which git does not see. Needs the package registry.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / ".peers"
_SCRIPTS = Path(__file__).parent / "peers"


def python_of(peer: str, requirements: Sequence[str]) -> Path:
    """The interpreter of a peer's environment; raises subprocess.CalledProcessError."""
    digest = hashlib.blake2b(repr(sorted(requirements)).encode(), digest_size=4).hexdigest()
    folder = _FOLDER / f"{peer}-{digest}"
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *requirements]
        subprocess.run(install, check=True)
        ready.touch()
    return python


def call(peer: str, requirements: Sequence[str], *words: str) -> dict[str, Any]:
    """Run `benchmarks/peers/<peer>.py WORDS…` in the peer's environment; the JSON object that
    it prints on its last line."""
    command = [str(python_of(peer, requirements)), str(_SCRIPTS / f"{peer}.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{peer}: {done.stderr.strip().splitlines()[-1:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
