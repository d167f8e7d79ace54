"""Pages for officers, finance, auditors."""
