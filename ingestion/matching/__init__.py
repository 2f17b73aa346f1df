"""Which feed a table is, and what of a file is none of its rows."""
