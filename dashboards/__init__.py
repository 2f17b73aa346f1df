"""Superset assets as YAML, the serving copy, and deployment through Superset's REST API."""
