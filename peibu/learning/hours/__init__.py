"""How long somebody has learned: statements read into traces, traces into time that is credited once (ADR 0035)."""
