"""Pages for the public, trainees, enterprises, providers."""
