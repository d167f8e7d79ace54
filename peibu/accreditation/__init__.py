"""Calls, applications, expert panels, joint decisions: who may train, and for how long."""
