"""The centre of the window: a package for each view, and here what they share."""
