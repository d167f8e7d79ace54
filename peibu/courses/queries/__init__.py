"""Questions about courses, learners and their progress."""
