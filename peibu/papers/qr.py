"""QR codes as SVG text, for documents and for web pages. zxing-cpp chooses version and mask; here they are only drawn."""

from itertools import groupby

import numpy as np
import zxingcpp


def qr_svg(text: str, scale: float = 4, *, border: int = 0, dark: str = "#1d2129", error: str = "m") -> str:
    """An SVG element drawing ``text`` as a QR code.

    ``scale`` is the width of one module in pixels, ``border`` the quiet zone in modules (4 is the standard; 0 where
    the page leaves the white space itself), ``error`` the correction level l, m, q or h. The element carries
    size and viewBox, so a page may size it with CSS.
    Raises ValueError for an empty text or one too long for a QR code.
    """
    modules = _modules(text, error)
    side = len(modules) + 2 * border
    path = "".join(_line(row, border, border + y) for y, row in enumerate(modules))
    return (
        f'<svg width="{side * scale:g}" height="{side * scale:g}" xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 {side} {side}"><path class="qrline" stroke="{dark}" d="{path}"/></svg>'
    )


def qr_picture(text: str) -> bytes:
    """The QR code as an SVG file for a typst template: black, without border."""
    return qr_svg(text, 4, border=0, dark="#000000").encode("utf-8")


def _modules(text: str, error: str) -> list[list[bool]]:
    """The rows of the code, True where it is dark."""
    if not text:
        raise ValueError("二维码内容为空，无法生成")
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=error.upper())
    except ValueError as problem:
        raise ValueError(f"二维码内容过长（{len(text)} 个字符），无法生成") from problem
    return (np.array(code.to_image(scale=1, add_quiet_zones=False)) == 0).tolist()


def _line(row: list[bool], x: int, y: int) -> str:
    """The dark stretches of a row as strokes along its middle."""
    path = []
    for dark, run in groupby(row):
        length = len(list(run))
        path += [f"M{x} {y}.5h{length}"] if dark else []
        x += length
    return "".join(path)
