"""Settings and URLs; the only room that knows all rooms."""
