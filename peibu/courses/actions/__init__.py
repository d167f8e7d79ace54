"""Deeds of this room."""
