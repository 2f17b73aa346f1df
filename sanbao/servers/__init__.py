"""Airflow and Superset on this machine."""
