"""Questions to the store; nothing here writes."""
