"""Trains the shipped models; the same bytes from the same seed and data."""
