"""What the wire to the seal cannot do."""


class SealUnavailable(Exception):
    """Nothing can be signed now; the message is a Chinese sentence with what to do."""
