"""The rows of the table, and what the fit says of each."""
