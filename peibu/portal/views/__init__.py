"""Views of the public side, one file per area of work."""
