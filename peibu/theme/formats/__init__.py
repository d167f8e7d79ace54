"""How dates are written, by language; pages name a format, never its letters."""
