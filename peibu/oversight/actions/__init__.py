"""Deeds of oversight, one file per area."""
