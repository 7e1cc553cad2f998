"""Small controls of the panels; each knows Qt and the theme, none the document."""
