"""Every wire that leaves the building, each with its fake."""
