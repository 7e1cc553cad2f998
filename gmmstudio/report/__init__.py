"""Results put into words and files."""
