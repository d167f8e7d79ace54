"""Rows of training turned into the answers a policy asks for, one file per area."""
