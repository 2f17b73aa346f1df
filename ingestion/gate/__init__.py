"""What becomes of a file: assessed against its contract, and against what came before it."""
