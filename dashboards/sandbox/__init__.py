"""Where an analyst's SQL runs: one gate, one process per query, limits that act.

Superset's own Python imports this package, so it needs nothing but DuckDB and the standard library.
"""
