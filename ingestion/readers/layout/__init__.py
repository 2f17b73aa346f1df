"""A grid of text to tables: what is header, data row, total, title, signature, note."""
