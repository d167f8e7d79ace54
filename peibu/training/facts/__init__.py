"""Rows of training -> answers to the rulebook's questions, one file per subject."""
