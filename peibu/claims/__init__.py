"""A claim's life: determination, review, approval, objection."""
