"""Learning records of all platforms, kept as they came; credited time, class hours and signals read out of them."""
