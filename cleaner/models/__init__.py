"""The only readers of trained weights."""
