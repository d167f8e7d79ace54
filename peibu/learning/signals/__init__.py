"""Reasons to look at somebody's learning (JN6.6.2b): found in the records, looked at by people, deciding nothing."""
