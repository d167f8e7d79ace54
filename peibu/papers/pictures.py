"""Photos that go into a paper: JPEG or PNG, told by content, wrapped so that they stay in memory."""

import base64
import io
import warnings

from PIL import Image, UnidentifiedImageError

from peibu.papers.errors import FieldRefused

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


def photo_picture(content: bytes) -> bytes:
    """``content`` as an SVG file that typst can open from memory; the pixels are kept as they are.

    typst takes in-memory files as text only, therefore the wrapper. Raises FieldRefused for anything but a readable
    JPEG or PNG.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
                image.load()
                kind, (width, height) = image.format, image.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise FieldRefused(
            "照片不是完好的 JPEG 或 PNG 图片，无法放入证书。请重新上传 JPEG 或 PNG 格式的照片。"
        ) from error
    encoded = base64.b64encode(content).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'xlink:href="data:{MEDIA_TYPES[kind]};base64,{encoded}"/></svg>'
    ).encode("ascii")
