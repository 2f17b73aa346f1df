"""From the inbox to the archive: claimed, numbered, kept, and in which order they are loaded."""
