"""What can go wrong, in sentences for the person at the terminal."""


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""
