"""Everything that is said to a person about a file, in Chinese and English."""
