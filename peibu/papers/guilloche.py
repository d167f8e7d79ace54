"""The engraved ground of the certificate: woven sine lines, drawn once as SVG and shared by every page.

Everything here is decoration and therefore computed, not stored: fixed numbers in, the same SVG text out. Lengths are
millimetres of a landscape A4 page. No seal is drawn anywhere: the registered e-seal is set by its owner.
"""

from collections.abc import Callable
from functools import cache
from math import cos, pi, sin

WIDTH, HEIGHT = 297.0, 210.0
IVORY, CREAM, GOLD, PALE_GOLD = "#fdfbf3", "#f8f0da", "#a98235", "#e3cf9f"
STEPS_PER_WAVE = 6
Point = tuple[float, float]


@cache
def certificate_ground() -> bytes:
    """SVG of the whole page ground: ivory paper, fine underprint, central rosette, frame, corner ornaments."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}mm" height="{HEIGHT:g}mm" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" fill="none">',
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{IVORY}"/>',
        *_underprint(),
        *_rosette(WIDTH / 2, HEIGHT / 2 + 4),
        *_frame(),
        "</svg>",
    ]
    return "\n".join(parts).encode("ascii")


def _curve(place: Callable[[float], Point], start: float, stop: float, steps: int, *, closed: bool = False) -> str:
    """SVG path through ``place(t)`` as cubic Béziers; slopes are taken numerically."""
    width = (stop - start) / steps
    nudge = width / 1000

    def slope(t: float) -> Point:
        (x0, y0), (x1, y1) = place(t - nudge), place(t + nudge)
        return (x1 - x0) / (2 * nudge), (y1 - y0) / (2 * nudge)

    x, y = place(start)
    words = [f"M{x:.2f} {y:.2f}"]
    for index in range(steps):
        a, b = start + index * width, start + (index + 1) * width
        (ax, ay), (bx, by) = place(a), place(b)
        (au, av), (bu, bv) = slope(a), slope(b)
        third = width / 3
        bend = (ax + au * third, ay + av * third, bx - bu * third, by - bv * third, bx, by)
        words.append("C" + " ".join(f"{number:.2f}" for number in bend))
    return "".join(words) + ("Z" if closed else "")


def _stroke(paths: list[str], colour: str, width: float) -> str:
    return f'<path d="{"".join(paths)}" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"/>'


def _underprint() -> list[str]:
    """Pale wavy lines over the inner field, their swell moving from line to line like woven silk."""
    left, right, top, bottom, pitch = 21.0, 276.0, 21.0, 189.0, 2.4
    lines = []
    for index in range(int((bottom - top) / pitch) + 1):
        base, lag = top + index * pitch, index * pi / 14

        def place(x: float, base: float = base, lag: float = lag) -> Point:
            return x, base + 0.75 * sin(2 * pi * (x - left) / 36.4286 + lag) * cos(pi * (x - left) / 255)

        lines.append(_curve(place, left, right, 42))
    return [_stroke(lines, "#f6edd6", 0.16)]


def _ring(x: float, y: float, radius: float, swell: float, waves: int, strands: int) -> list[str]:
    """``strands`` closed curves around (x, y), each a circle with ``waves`` swells, turned evenly against another."""
    paths = []
    for strand in range(strands):
        turn = 2 * pi * strand / strands

        def place(angle: float, turn: float = turn) -> Point:
            r = radius + swell * sin(waves * angle + turn)
            return x + r * cos(angle), y + r * sin(angle)

        paths.append(_curve(place, 0, 2 * pi, waves * STEPS_PER_WAVE, closed=True))
    return paths


def _rosette(x: float, y: float) -> list[str]:
    return [
        _stroke(_ring(x, y, 53, 7.5, 24, 14), "#f0e3c2", 0.16),
        _stroke(_ring(x, y, 41, 8.5, 18, 12), "#f3e2d5", 0.16),
        _stroke(_ring(x, y, 28.5, 7, 12, 12), "#f0e3c2", 0.16),
        _stroke(_ring(x, y, 15.5, 7, 8, 12), "#f3e2d5", 0.16),
    ]


def _frame() -> list[str]:
    outer, inner = 9.0, 19.0
    parts = [
        _box(7, GOLD, 0.9),
        _box(8.3, GOLD, 0.25),
        f'<path fill-rule="evenodd" fill="{CREAM}" d="{_box_path(outer)}{_box_path(inner)}"/>',
        _stroke(_bands((outer + inner) / 2, 3.6, 6), PALE_GOLD, 0.28),
        _stroke(_bands((outer + inner) / 2, 3.6, 6, half_step=True), GOLD, 0.14),
        _box(outer, GOLD, 0.25),
        _box(inner, GOLD, 0.25),
        _box(20.3, GOLD, 0.6),
    ]
    for x in (14.0, WIDTH - 14.0):
        for y in (14.0, HEIGHT - 14.0):
            parts += _corner(x, y)
    return parts


def _box_path(inset: float) -> str:
    return f"M{inset:g} {inset:g}H{WIDTH - inset:g}V{HEIGHT - inset:g}H{inset:g}Z"


def _box(inset: float, colour: str, width: float) -> str:
    return f'<path d="{_box_path(inset)}" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="miter"/>'


def _bands(middle: float, swell: float, strands: int, *, half_step: bool = False) -> list[str]:
    """Woven bands along the four sides, a whole number of waves each, so that opposite corners match."""
    paths = []
    for strand in range(strands):
        turn = pi * (2 * strand + half_step) / strands
        for length, waves, sides in ((WIDTH, 20, "tb"), (HEIGHT, 13, "lr")):
            for side in sides:
                paths.append(_side(side, length, waves, (middle, swell, turn)))
    return paths


def _side(side: str, length: float, waves: int, weave: tuple[float, float, float]) -> str:
    middle, swell, turn = weave
    start, stop = 14.0, length - 14.0

    def place(along: float) -> Point:
        across = middle + swell * sin(2 * pi * waves * (along - start) / (stop - start) + turn)
        return {
            "t": (along, across),
            "b": (along, HEIGHT - across),
            "l": (across, along),
            "r": (WIDTH - across, along),
        }[side]

    return _curve(place, start, stop, waves * STEPS_PER_WAVE)


def _corner(x: float, y: float) -> list[str]:
    """A small rosette on its own ground that ends the two bands cleanly."""
    return [
        f'<circle cx="{x:g}" cy="{y:g}" r="8.2" fill="{IVORY}" stroke="{GOLD}" stroke-width="0.6"/>',
        f'<circle cx="{x:g}" cy="{y:g}" r="7.2" fill="{CREAM}" stroke="{GOLD}" stroke-width="0.2"/>',
        _stroke(_ring(x, y, 4.7, 2.1, 10, 6), GOLD, 0.14),
        _stroke(_ring(x, y, 2.1, 1.3, 8, 4), GOLD, 0.14),
        f'<circle cx="{x:g}" cy="{y:g}" r="0.7" fill="{GOLD}"/>',
    ]
