"""Photos: decoded, turned upright, stripped of all metadata and encoded anew. Runs in the child."""

from __future__ import annotations

import base64
import io
import re
from datetime import datetime
from typing import Any

import numpy
import pdqhash
from PIL import Image, ImageOps, UnidentifiedImageError

from peibu.intake.archives import refuse
from peibu.intake.limits import Limits

_FORMATS = {"jpg": "JPEG", "png": "PNG"}
_LONG_SIDE = 4096
_DECODED_SIDE = 6000
_HASHED_SIDE = 512
_STRIP = 0.12
"""Share of the height cut off below for the second hash: phones print date and place there."""
_EXIF_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", re.A)
_EXIF, _TAKEN, _TAKEN_ZONE, _GPS = 0x8769, 0x9003, 0x9011, 0x8825


def reencode(content: bytes, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Task of the child: the clean picture (base64), its size, EXIF facts and 256-bit PDQ hashes in hex."""
    kind = options["kind"]
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as picture:
            facts = _facts(picture)
            clean = _decoded(picture, kind, limits)
    except Image.DecompressionBombError:
        raise _too_large()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise refuse("图片不完整或已损坏", "picture_broken", "请重新拍摄或另存后上传")
    sink = io.BytesIO()
    clean.save(sink, _FORMATS[kind], **({"quality": 90} if kind == "jpg" else {}))
    return {
        "content": base64.b64encode(sink.getvalue()).decode("ascii"),
        "facts": facts | {"width": clean.width, "height": clean.height} | _hashes(clean),
    }


def _too_large() -> Exception:
    return refuse("图片的像素过多", "picture_pixels", "请缩小图片后上传")


def _facts(picture: Image.Image) -> dict[str, Any]:
    exif = picture.getexif()
    inner = exif.get_ifd(_EXIF)
    return {"taken_at": _moment(inner.get(_TAKEN), inner.get(_TAKEN_ZONE)), "had_position": bool(exif.get_ifd(_GPS))}


def _moment(taken: Any, zone: Any) -> str:
    """ISO time the camera claims, with its zone when given; empty when absent or nonsense. A claim, no proof."""
    match = _EXIF_TIME.fullmatch(str(taken).strip("\0 "))
    if not match:
        return ""
    zone = zone if isinstance(zone, str) and re.fullmatch(r"[+-]\d\d:\d\d", zone) else ""
    try:
        return datetime.fromisoformat("{}-{}-{}T{}".format(*match.groups()) + zone).isoformat()
    except ValueError:
        return ""


def _decoded(picture: Image.Image, kind: str, limits: Limits) -> Image.Image:
    allowed = limits.pixels if kind == "jpg" else limits.pixels // 4
    if picture.width * picture.height > allowed:
        raise _too_large()
    # libjpeg decodes at 1/2, 1/4 or 1/8 for free: a 100-megapixel phone photo must not need half a gigabyte.
    scale = next((step for step in (1, 2, 4) if max(picture.size) <= _DECODED_SIDE * step), 8)
    picture.draft("RGB", (picture.width // scale, picture.height // scale))
    picture.load()
    transparent = kind == "png" and ("A" in picture.mode or "transparency" in picture.info)
    mode = "RGBA" if transparent else "RGB"
    clean = picture if picture.mode == mode else picture.convert(mode)
    clean.thumbnail((_LONG_SIDE, _LONG_SIDE))
    upright = ImageOps.exif_transpose(clean)
    upright.info = {}
    return upright


def _hashes(picture: Image.Image) -> dict[str, Any]:
    small = picture.convert("RGB")
    small.thumbnail((_HASHED_SIDE, _HASHED_SIDE))
    top = small.crop((0, 0, small.width, max(1, round(small.height * (1 - _STRIP)))))
    bits, quality = _pdq(small)
    return {
        "hash": bits,
        "hash_mirrored": _pdq(ImageOps.mirror(small))[0],
        "hash_without_strip": _pdq(top)[0],
        "hash_quality": quality,
    }


def _pdq(picture: Image.Image) -> tuple[str, int]:
    bits, quality = pdqhash.compute(numpy.asarray(picture))
    return numpy.packbits(bits.astype(bool)).tobytes().hex(), int(quality)
