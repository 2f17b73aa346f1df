"""The synthetic county as clean, typed tables.

Nothing here knows a file format: `sample_county.files` writes these tables the way departments do.
"""
