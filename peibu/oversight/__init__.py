"""Archive packages, findings, credit records, what-if replays."""
