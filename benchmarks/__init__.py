"""Measurements against others: `uv run --group bench python -m benchmarks.training` prints a table."""
