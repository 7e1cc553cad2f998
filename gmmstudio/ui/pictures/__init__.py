"""Pictures of the views to take away: drawn by the same painting as the screen, for paper."""
