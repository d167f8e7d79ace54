"""Who may do what in training, one file per area."""
