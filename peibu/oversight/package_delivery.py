"""Lesson notes and call-backs of a class as files of its archive package (WH63.2.8, WH63.4.1)."""

import datetime as dt
import json

from django.utils import timezone

from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.queries import documents_of
from peibu.kernel.packages import file_name
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.models import Cohort
from peibu.training.queries.callbacks import Callbacks, callbacks_of
from peibu.training.queries.lesson_notes import Prepared, prepared

Files = dict[str, bytes]


def _when(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _read(document: Document) -> bytes:
    with document.file.open("rb") as file:
        return file.read()


def lesson_notes(cohort: Cohort, on: dt.date) -> Files:
    """Every version of every session's notes: the texts in one paper, the files beside it. Nothing when there is none."""
    rows = [row for row in prepared(cohort) if row.notes]
    if not rows:
        return {}
    parts = [part for row in rows for part in _versions(row)]
    files = {"04-培训日志/教案.pdf": plain_pdf(title=f"{cohort.name}教案", parts=parts, dated=on)}
    kept = documents_of(cohort.pk, Purpose.LESSON_NOTE)
    return files | {f"04-培训日志/教案/{n:03d}-{file_name(d.name)}": _read(d) for n, d in enumerate(kept, start=1)}


def _versions(row: Prepared) -> list[Part]:
    head = f"{_when(row.session.starts_at)} {row.session.subject}"
    return [
        Part(
            heading=f"{head}（第{note.version}版）",
            paragraphs=[
                *(note.text.splitlines() or ["见教案文件"]),
                f"{note.written_by.name}，{_when(note.written_at)}提交{'（开课后补交）' if note.late else ''}",
            ],
        )
        for note in reversed(row.notes)
    ]


def call_backs(cohort: Cohort, on: dt.date) -> Files:
    """What was committed to, and how many were reached. No name, no number, no answer, no key and no seed: the provider
    keeps this package and knows the keys of its roster, so that the seed alone would tell in which order it was phoned,
    and who was phoned must have nothing to fear from having answered. The draw in full is kept at the desk."""
    figures = callbacks_of(cohort)
    if figures.round is None or figures.round.drawn_at is None:
        return {}
    told = json.dumps(_committed(figures), ensure_ascii=False, indent=1, sort_keys=True).encode()
    title = f"{cohort.name}电话回访情况"
    return {
        "09-电话回访/draw.json": told,
        "09-电话回访/电话回访情况.pdf": plain_pdf(title=title, parts=_told(figures), dated=on),
    }


def _committed(figures: Callbacks) -> dict:
    row = figures.round
    counts = {"people": len(row.order), "wanted": figures.wanted, "drawn": figures.drawn, "reached": figures.reached}
    return {"commitment": row.commitment, "pool_sha256": row.pool_sha256} | counts


def _told(figures: Callbacks) -> list[Part]:
    row = figures.round
    counts = f"应回访{figures.wanted}人，接通{figures.reached}人，多次未接通{figures.not_reached}人，号码有误{figures.wrong_number}人"
    return [
        Part(heading="回访人数", paragraphs=[counts]),
        Part(heading="抽取", paragraphs=[f"{_when(row.committed_at)}公布种子指纹：{row.commitment}",
                                       f"{_when(row.drawn_at)}公开种子并抽取"]),
        Part(heading="怎样核对", paragraphs=["完整的抽取文件由经办机构保存：其种子指纹和名单指纹应与 draw.json 相同，"
                                       "并通过 python -m peibu.kernel.draw 核验。"]),
        Part(heading="说明", paragraphs=["学员的回答只用于监督培训过程，由经办机构保存，不列入本档案。"]),
    ]  # fmt: skip


def performance_report(cohort: Cohort, on: dt.date) -> Files:
    """The performance evaluation report as uploaded (WH63.2.8)."""
    kept = documents_of(cohort.pk, Purpose.PERFORMANCE_REPORT)
    return {f"10-绩效评估报告/{n:03d}-{file_name(d.name)}": _read(d) for n, d in enumerate(kept, start=1)}
