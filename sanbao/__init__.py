"""The wiring: settings and the command line that people and DAGs call."""
