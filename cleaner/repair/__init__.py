"""Gives back the characters that the author wrote; see the modules, one a filter."""
