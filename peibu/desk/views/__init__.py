"""Views of the officers' side, one file per area of work."""
