"""Money given out wrongly comes back: derivation, notice, hearing, decision, appeal, return, set-off."""
