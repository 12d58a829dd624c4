"""Decides from the whole page what belongs together, in what order, and what to nothing."""
