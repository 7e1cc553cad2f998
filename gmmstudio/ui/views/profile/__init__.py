"""A line for each cluster over the columns."""
