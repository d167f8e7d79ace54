"""Everything that arrives as a file: recognised, confined, parsed, every error with its cell. No Django."""
