"""Deeds of training, one file per area; nothing else writes its tables."""
