"""One function between our data and typst: templates and data go in as files in memory, PDF bytes come out.

User text travels only inside ``payload.json``. It is never put into markup, so ``#panic("x")`` in a name is printed as
those very characters. Nothing on disk is readable for a template: all files it may open are in memory.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from peibu.papers.errors import TypesettingFailed
from peibu.papers.fonts import SANS, SERIF, typst_fonts
from peibu.papers.glyphs import refuse_gaps
from peibu.papers.wording import BEIJING

PDF_STANDARD = "a-2u"  # for the archive: fonts embedded, text extractable


def typeset(
    template: str,
    payload: Mapping[str, Any],
    *,
    dated: date,
    pictures: Mapping[str, bytes] | None = None,
    families: Sequence[str] = (SERIF, SANS),
) -> bytes:
    """PDF/A-2u of ``templates/<template>.typ`` filled with ``payload``.

    ``dated`` becomes the creation time in the file (midnight in Beijing), so the same input gives the same bytes.
    ``pictures`` are files the template may open by name. Raises GlyphGap, FontsMissing or TypesettingFailed; a typst
    warning counts as a failure, because a warning here means a document that looks wrong.
    """
    refuse_gaps(payload, families)
    compiler = _compiler(template, payload, pictures or {})
    return _checked(compiler, template, format="pdf", dated=dated)


def _checked(compiler: typst.Compiler, template: str, *, format: str, dated: date) -> bytes:
    moment = datetime(dated.year, dated.month, dated.day, tzinfo=BEIJING)
    standards = [PDF_STANDARD] if format == "pdf" else []
    try:
        made, warnings = compiler.compile_with_warnings(
            format=format, pdf_standards=standards, timestamp=int(moment.timestamp())
        )
    except typst.TypstError as error:
        raise TypesettingFailed(
            f"模板“{template}”排版失败：{error.message}。这是系统问题，请联系维护人员。"
        ) from error
    if warnings:
        listed = "；".join(warning.message for warning in warnings)
        raise TypesettingFailed(f"模板“{template}”排版有警告，文件未生成：{listed}。这是系统问题，请联系维护人员。")
    return made


def _compiler(template: str, payload: Mapping[str, Any], pictures: Mapping[str, bytes]) -> typst.Compiler:
    files = {
        "main.typ": _template(template),
        "stationery.typ": _template("stationery"),
        "payload.json": json.dumps(payload, ensure_ascii=False, sort_keys=True).encode("utf-8"),
        **pictures,
    }
    return typst.Compiler(files, root=_templates(), font_paths=typst_fonts(), ignore_system_fonts=True)


@cache
def _template(name: str) -> bytes:
    return (resources.files("peibu.papers") / "templates" / f"{name}.typ").read_bytes()


def _templates() -> Path:
    return Path(__file__).resolve().parent / "templates"
