"""A run: chunks of raw lines through workers, in order, accounted for, and resumable."""

from cleaner.stream.run import run
from cleaner.stream.settings import Outcome, Settings

__all__ = ["Outcome", "Settings", "run"]
