"""Reads a policy folder, judges facts, says why. No Django."""
