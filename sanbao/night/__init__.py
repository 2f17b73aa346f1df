"""The steps of a night and what guards them: load, build, publish, remind; backup and restore."""
