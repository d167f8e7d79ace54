"""Synthetic pictures of classrooms, drawn with shapes only: no faces, no fonts, no foreign material."""

import io
import random

from PIL import Image, ImageDraw, ImageEnhance

_WALLS = ("#e9e2d0", "#d8e4ea", "#dfe8d8", "#f0dfd5", "#cfd6de", "#e6e6e6", "#d9d0e3")
_FLOORS = ("#a98b6d", "#8d8f93", "#6f7f8f", "#b5a58f", "#7b6a5a")
_CLOTHES = ("#2b4a6f", "#7a2e2e", "#3f5f3f", "#444444", "#8a6d3b", "#5b3f73", "#1f6f78", "#b0b0b0")
_SKINS = ("#e8c39e", "#d9ae86", "#f0d0b0", "#c99a72")


def draw_photo(drawing: int, *, near_duplicate: bool = False, size: tuple[int, int] = (960, 640)) -> bytes:
    """Return a JPEG of a classroom.

    Args:
        drawing: the seed; different seeds differ in room, light, seats and people.
        near_duplicate: the same picture handed in again: cropped a little, brighter, saved once more.
        size: width and height in pixels.
    """
    rng = random.Random(drawing)
    image = Image.new("RGB", size, rng.choice(_WALLS))
    pen = ImageDraw.Draw(image)
    horizon = int(size[1] * rng.uniform(0.34, 0.5))
    pen.rectangle((0, horizon, *size), fill=rng.choice(_FLOORS))
    _windows(pen, rng, size, horizon)
    _screen(pen, rng, size, horizon)
    _rows(pen, rng, size, horizon)
    _light(image, rng)
    quality = 88
    if near_duplicate:
        edge_x, edge_y = size[0] // 60, size[1] // 60
        image = image.crop((edge_x, edge_y, size[0] - edge_x, size[1] - edge_y)).resize(size)
        image = ImageEnhance.Brightness(image).enhance(1.08)
        quality = 72
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _windows(pen: ImageDraw.ImageDraw, rng: random.Random, size: tuple[int, int], horizon: int) -> None:
    wide, left = rng.randrange(60, 170), rng.random() < 0.5
    for number in range(rng.randrange(0, 4)):
        edge = 20 + number * (wide + 25)
        x = edge if left else size[0] - edge - wide
        pen.rectangle(
            (x, 40, x + wide, horizon - rng.randrange(30, 80)), fill=rng.choice(("#bfe3ff", "#fff6d8", "#9fb8c8"))
        )
        pen.line((x + wide // 2, 40, x + wide // 2, horizon - 80), fill="#ffffff", width=4)


def _screen(pen: ImageDraw.ImageDraw, rng: random.Random, size: tuple[int, int], horizon: int) -> None:
    wide, high = rng.randrange(220, 460), rng.randrange(110, 190)
    x, y = rng.randrange(120, size[0] - wide - 60), rng.randrange(20, max(21, horizon - high))
    pen.rectangle((x - 6, y - 6, x + wide + 6, y + high + 6), fill="#303030")
    pen.rectangle((x, y, x + wide, y + high), fill=rng.choice(("#f7fbff", "#123a6b", "#fdf7e6", "#0d4f45")))
    for _ in range(rng.randrange(3, 9)):
        bar_x, bar_y = x + rng.randrange(10, wide - 60), y + rng.randrange(10, high - 20)
        pen.rectangle(
            (bar_x, bar_y, bar_x + rng.randrange(20, 50), bar_y + rng.randrange(4, 16)), fill=rng.choice(_CLOTHES)
        )
    speaker = x + rng.choice((-45, wide + 40))
    _person(pen, rng, speaker, horizon - 10, 46)


def _rows(pen: ImageDraw.ImageDraw, rng: random.Random, size: tuple[int, int], horizon: int) -> None:
    rows, seats, lean = rng.randrange(3, 6), rng.randrange(4, 9), rng.uniform(-60, 60)
    for row in range(rows):
        depth = (row + 1) / rows
        y = int(horizon + depth * (size[1] - horizon) * 0.85)
        head = int(14 + 26 * depth)
        for seat in range(seats):
            x = int((seat + 0.5) * size[0] / seats + lean * depth + rng.uniform(-12, 12))
            if rng.random() < 0.82:
                _person(pen, rng, x, y, head)
        desk = rng.choice(("#7a5636", "#c9b08a", "#d5d8dc"))
        pen.rectangle((0, y + head, size[0], y + head + int(8 + 14 * depth)), fill=desk)


def _person(pen: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int, head: int) -> None:
    pen.ellipse((x - head, y, x + head, y + head * 3), fill=rng.choice(_CLOTHES))
    pen.ellipse((x - head // 2, y - head, x + head // 2, y + head // 4), fill=rng.choice(_SKINS))
    pen.pieslice((x - head // 2, y - head - 3, x + head // 2, y + head // 5), 180, 360, fill="#1d1a18")


def _light(image: Image.Image, rng: random.Random) -> None:
    share = rng.randrange(15, 45)
    glow = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(image.size)
    glow = glow.point(lambda value: value * share // 100)
    image.paste(Image.new("RGB", image.size, rng.choice(("#000000", "#1a2a40", "#402a1a"))), (0, 0), glow)
