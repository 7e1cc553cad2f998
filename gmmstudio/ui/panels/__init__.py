"""The panels at the sides: the left one asks, the right one reads."""
