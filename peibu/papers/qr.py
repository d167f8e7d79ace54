"""QR codes as SVG text, for documents and for web pages."""

import io

import segno


def qr_svg(text: str, scale: float = 4, *, border: int = 0, dark: str = "#1d2129", error: str = "m") -> str:
    """An SVG element drawing ``text`` as a QR code.

    ``scale`` is the width of one module in pixels, ``border`` the quiet zone in modules (4 is the standard; 0 where
    the page leaves the white space itself), ``error`` the correction level l, m, q or h. The element carries
    size and viewBox, so a page may size it with CSS.
    Raises ValueError for an empty text or one too long for a QR code.
    """
    if not text:
        raise ValueError("二维码内容为空，无法生成")
    try:
        code = segno.make(text, error=error, micro=False, boost_error=False)
    except segno.DataOverflowError as problem:
        raise ValueError(f"二维码内容过长（{len(text)} 个字符），无法生成") from problem
    sink = io.BytesIO()
    code.save(sink, kind="svg", border=border, dark=dark, xmldecl=False, omitsize=True, nl=False)
    side = f"{code.symbol_size(border=border)[0] * scale:g}"
    return sink.getvalue().decode("utf-8").replace("<svg ", f'<svg width="{side}" height="{side}" ', 1)


def qr_picture(text: str) -> bytes:
    """The QR code as an SVG file for a typst template: black, without border."""
    return qr_svg(text, 4, border=0, dark="#000000").encode("utf-8")
