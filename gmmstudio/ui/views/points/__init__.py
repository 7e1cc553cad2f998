"""The points of a plot: which of them is seen at each pixel, and in which colour."""
