"""Pure NumPy functions on the arrays of a batch; each has a slow, obvious twin in its test."""
