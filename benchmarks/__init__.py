"""The harness by which the project is judged."""
