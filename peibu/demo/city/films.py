"""Short synthetic films: a coloured board with a bar that grows, and a slide show that lasts. No foreign material."""

import io
import random
from fractions import Fraction

import av
from PIL import Image, ImageDraw

SIZE = (320, 180)
MILLI = Fraction(1, 1000)
_QUICK = {"deadline": "realtime", "cpu-used": "8"}


def draw_film(drawing: int, *, seconds: int, step: float = 0.5, size: tuple[int, int] = SIZE) -> bytes:
    """Return a WebM (VP8) of exactly `seconds`, one picture every `step` seconds; different seeds differ in colour."""
    rng = random.Random(drawing)
    paper, ink = (rng.randrange(190, 250), rng.randrange(200, 250), 250), (20, rng.randrange(60, 120), 160)
    out, ticks, count = io.BytesIO(), int(step * 1000), round(seconds / step)
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=25, options=_QUICK)
        stream.width, stream.height = size
        stream.pix_fmt, stream.bit_rate = "yuv420p", 60_000
        stream.codec_context.time_base, stream.codec_context.gop_size, stream.codec_context.thread_count = MILLI, 20, 1
        for number in range(count):
            frame = av.VideoFrame.from_image(_board(paper, ink, number / count, size))
            frame.pts, frame.time_base = number * ticks, MILLI
            _packets(container, stream.encode(frame), ticks)
        _packets(container, stream.encode(None), ticks)
    return out.getvalue()


def _packets(container, packets, ticks: int) -> None:
    for packet in packets:
        packet.duration = round(Fraction(ticks, 1000) / packet.time_base)
        container.mux(packet)


def _board(paper: tuple, ink: tuple, share: float, size: tuple[int, int]) -> Image.Image:
    width, height = size
    image = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(image)
    pen.rectangle((20, 20, width - 20, height - 40), fill="#ffffff", outline=ink, width=3)
    for row in range(4):
        pen.rectangle((40, 40 + 22 * row, 40 + (width - 80) * (0.9 - 0.15 * row), 50 + 22 * row), fill=ink)
    pen.rectangle((20, height - 26, 20 + (width - 40) * share, height - 16), fill=ink)
    return image
