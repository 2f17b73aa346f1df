"""Files that follow from the contracts and the problem table; committed and checked."""
