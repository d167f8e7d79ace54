"""Archive packages, findings, credit records."""
