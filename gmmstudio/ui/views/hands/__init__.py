"""Changing a model by hand in the scatter."""
