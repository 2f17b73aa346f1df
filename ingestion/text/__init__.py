"""What is true of any text, whatever file or feed it comes from."""
