"""The evidence for the number of clusters."""
