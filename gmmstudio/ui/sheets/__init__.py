"""The report on sheets of paper: laid out and painted by Qt, off the window's thread."""
