"""What views share that show the columns page by page."""
