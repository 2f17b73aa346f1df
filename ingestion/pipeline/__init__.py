"""The way of a file from its receipt to its outcome, and what a person decides about it."""
