"""Receive, read, check, land and return the files that departments drop."""
