"""The import dialog: how a file is read, seen at once in its first rows."""
