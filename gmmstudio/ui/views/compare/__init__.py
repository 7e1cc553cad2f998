"""The four shapes of the clusters side by side."""
