"""Photos of the training (QD97.3.9, 6.2): inspected, re-encoded, kept with their hashes."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.training.models import Cohort, PhotoPrint, Session
from peibu.training.permissions.attendance import KEEPING, can_keep_for_class
from peibu.training.queries.photos import photos_of, print_of

KINDS = ("jpg", "png")


def keep_photo(
    *, cohort: Cohort, name: str, content: bytes, by: Actor, at: dt.datetime, session: Session | None = None
) -> Document:
    """Keep a photo of a class, or of one of its sessions. What is stored is the re-encoded picture without its
    embedded data; time of capture and perceptual hashes stay as facts.

    Refused: not a teacher of the class nor the provider's staff; class closed; not a picture; the same file again.
    """
    verdict = can_keep_for_class(by, cohort)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请由本班教师或承接单位经办人上传")
    if cohort.stage not in KEEPING:
        label = cohort.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能再上传现场照片", "class_is_closed", "请在班次发证前上传")
    if session is not None and session.cohort_id != cohort.pk:
        raise Refused("所选课次不属于本班", "foreign_session", "请在本班课程表中选择课次")
    upload = inspect_upload(name, content, allow=KINDS)
    if upload.problems:
        told = "；".join(problem.what.removeprefix(f"“{name[:80]}”不能接收：") for problem in upload.problems)
        raise Refused(f"照片“{name[:60]}”没有保存：{told}", "photo_unfit", upload.problems[0].todo)
    facts = {**upload.facts, "original_sha256": upload.sha256, "session": str(session.pk) if session else ""}
    with refusing():
        # the lock keeps two uploads of the same file at the same moment apart
        Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        if photos_of(cohort).filter(facts__original_sha256=upload.sha256).exists():
            raise Refused(f"照片“{name[:60]}”已经上传过", "photo_twice", "请选择另一张现场照片")
        document = keep_document(
            division=cohort.division,
            subject_id=cohort.pk,
            purpose=Purpose.SITE_PHOTO,
            name=name,
            kind=upload.kind,
            content=upload.content,
            by=by,
            at=at,
            facts=facts,
        )
        index_photos([document])
    return document


def index_photos(documents: Iterable[Document]) -> int:
    """Make photos findable as near duplicates; returns how many were added. Those indexed before change nothing."""
    prints = [row for row in map(print_of, documents) if row is not None]
    return len(PhotoPrint.objects.bulk_create(prints, ignore_conflicts=True))


def index_old_photos(**_signal) -> None:
    """After a migration: photos kept before there was an index. A migration of another room may come before ours."""
    if PhotoPrint._meta.db_table not in connection.introspection.table_names():
        return
    rows = Document.objects.filter(purpose=Purpose.SITE_PHOTO, subject_id__in=Cohort.objects.values("pk"))
    index_photos(rows.exclude(pk__in=PhotoPrint.objects.values("pk")).iterator())
