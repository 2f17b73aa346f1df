"""Cells to typed rows, by contract; everything found is told with its column, code and rows."""
