"""Puts numbers on a text, and never judges."""
