"""Compares documents with those already kept."""
