"""The demo city: a seeded generator and its loader."""
