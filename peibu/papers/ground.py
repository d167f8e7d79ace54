"""The engraved ground laid under finished pages: drawn and packed once per process, then only copied.

typst would draw its fourteen thousand curves anew for every certificate, which costs three times the certificate itself.
"""

import io
from dataclasses import dataclass
from datetime import date
from functools import cache

import pikepdf
from pikepdf import Name

from peibu.papers.guilloche import certificate_ground
from peibu.papers.typesetting import typeset

# An artifact: readers that speak the page pass over it. Drawn first, so that the text stands on it.
DRAWN = b"/Artifact BMC q /PeibuGround Do Q EMC\n"
_ANY_DAY = date(2020, 1, 1)  # typst wants a date; nothing of it is kept


@dataclass(frozen=True)
class _Ground:
    """`packed` drawing (Flate), the `page` it comes from with box and colours, the file that owns the page."""

    packed: bytes
    page: pikepdf.Page
    file: pikepdf.Pdf


def grounded(pdf: bytes) -> bytes:
    """The certificate's ground under every page of a file typeset on white; the same bytes for the same file."""
    ground = _ground()
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        form = _form(ground, file)
        for page in file.pages:
            page.add_resource(form, Name.XObject, Name.PeibuGround)
            page.contents_add(DRAWN, prepend=True)
        # Nothing is unpacked or packed again: what typst and the ground packed stays as it is.
        file.save(
            out, deterministic_id=True, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none
        )
    return out.getvalue()


def _form(ground: _Ground, file: pikepdf.Pdf) -> pikepdf.Object:
    """The ground as a drawing inside a file, shared by its pages."""
    form = pikepdf.Stream(
        file,
        ground.packed,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=list(ground.page.MediaBox),
        Filter=Name.FlateDecode,
        Resources=file.copy_foreign(ground.page.Resources),
    )
    return file.make_indirect(form)


@cache
def _ground() -> _Ground:
    pdf = typeset("ground", {}, dated=_ANY_DAY, pictures={"ground.svg": certificate_ground()})
    file = pikepdf.open(io.BytesIO(pdf))
    page = file.pages[0]
    page.Resources = file.make_indirect(page.Resources)
    return _Ground(page.Contents.read_raw_bytes(), page, file)
