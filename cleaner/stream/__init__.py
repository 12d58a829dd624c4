"""A run: chunks of raw lines through workers, in order, accounted for, and resumable."""

from cleaner.stream.run import Outcome, Settings, run

__all__ = ["Outcome", "Settings", "run"]
