"""The simple intake: reports as JSON or as a file, and the list of what could not be taken."""
