"""Takes away what the line itself and its neighbours show to be junk."""
