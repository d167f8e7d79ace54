"""Learning records: xAPI statements and documents of all platforms, kept as they came."""
