"""A claim's life: determination, review, approval, objection, re-checks on later evidence."""
