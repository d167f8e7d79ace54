"""Brings a generated city into the database: registers directly, everything that happened through the real actions."""
