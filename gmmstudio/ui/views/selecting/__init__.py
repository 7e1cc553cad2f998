"""Selecting rows in a plot."""
