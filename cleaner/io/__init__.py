"""Formats and compression; knows nothing of filters."""
