"""How much an arriving file may cost. Exceeding a limit is a refusal, never a crash of the server."""

from dataclasses import dataclass

MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one file. Sizes in bytes, times in seconds."""

    file_bytes: int = 20 * MB
    memory_bytes: int = 512 * MB
    cpu_seconds: int = 20
    wall_seconds: int = 30
    unpacked_bytes: int = 50 * MB
    ratio: int = 100
    ratio_from_bytes: int = MB
    """Below this unpacked size the ratio is not judged: a nearly empty workbook compresses well and harms nobody."""
    members: int = 1000
    columns: int = 256
    sheets: int = 50
    answer_bytes: int = 96 * MB
    pixels: int = 120_000_000
    """Declared size of a picture. JPEG is decoded at a reduced scale; other formats get a quarter of this."""


DEFAULT = Limits()
