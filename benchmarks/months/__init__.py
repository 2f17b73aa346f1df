"""Sixty months of a small county that nobody looks after: `python -m benchmarks.months --months 60`."""
