"""All pairs of the columns at once."""
