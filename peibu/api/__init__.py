"""JSON for other systems: learning records (xAPI) and the simple intake of platforms."""
