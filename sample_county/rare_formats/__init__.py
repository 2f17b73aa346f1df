"""Formats that no library here writes, as the programs that departments have write them."""
