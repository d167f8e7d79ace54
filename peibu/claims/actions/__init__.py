"""Deeds on claims: one file per subject. Nothing else writes them."""
