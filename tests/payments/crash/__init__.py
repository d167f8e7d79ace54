"""Killing the payer and the database while a bank pays: nothing lost, nothing twice, equal sums (security reference R2)."""
