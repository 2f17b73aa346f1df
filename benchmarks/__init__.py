"""Measured speed, beside what the same machine needs at least."""
