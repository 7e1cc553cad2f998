"""Files that are not plain text: what they are, how they are opened without harm, their cells."""
