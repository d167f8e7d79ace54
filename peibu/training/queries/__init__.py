"""Questions about training, one file per area."""
