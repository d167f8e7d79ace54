"""Archive a class: check that everything is there, build the package, keep it until its date (QD97.6.2)."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework import progress
from peibu.casework.actions import keep_determination, keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document, Progress
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.kernel.months import same_day
from peibu.oversight.facts import archive_facts, archive_parts
from peibu.oversight.models import ArchivePackage
from peibu.oversight.package import STEPS, collect, pack
from peibu.rulebook import load_policy
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort

PAPER_KINDS = ("pdf", "jpg", "png")


def retention(cohort: Cohort, *, on: dt.date) -> dt.date:
    """Kept to the end of that many years after the training ended; at least what the policy names."""
    years = int(load_policy(cohort.policy).value("archive_years_min", on=on))
    return same_day(cohort.ends_on, 12 * years)


def _own(cohort: Cohort, by: Actor) -> None:
    if by.unit is None or cohort.provider_id != by.unit.id:
        raise Refused("该班次不属于您所在的单位", "foreign_class", "请使用承接单位的账号")


def keep_exam_paper(*, cohort: Cohort, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    """Keep a scan of the written papers; only the provider, only before the class is archived."""
    _own(cohort, by)
    if cohort.stage == CohortStage.ARCHIVED:
        raise Refused("班次已归档，不能再添加试卷", "archived", "归档包不可更改")
    upload = inspect_upload(name, content, allow=PAPER_KINDS)
    if upload.problems:
        first = upload.problems[0]
        raise Refused(f"试卷“{name[:60]}”没有保存：{first.what}", "paper_unfit", first.todo)
    return keep_document(
        division=cohort.division,
        subject_id=cohort.pk,
        purpose=Purpose.EXAM_PAPER,
        name=name,
        kind=upload.kind,
        content=upload.content,
        by=by,
        at=at,
    )


def require_archivable(cohort: Cohort, by: Actor, *, on: dt.date) -> None:
    """Certificates issued and every part there; the refusal names each missing part."""
    _own(cohort, by)
    if cohort.stage == CohortStage.ARCHIVED:
        raise Refused("班次已归档", "archived", "可直接下载档案包")
    if cohort.stage != CohortStage.CERTIFIED:
        raise Refused("证书尚未赋号，不能归档", "not_certified", "请待证书批次办结后再归档")
    wrong = [f"{part.label}（{part.missing}）" for part in archive_parts(cohort, on=on) if not part.complete]
    if wrong:
        raise Refused(f"档案不完整：{'；'.join(wrong)}", "archive_incomplete", "请补齐后再归档")


def archive_class(*, cohort: Cohort, by: Actor, at: dt.datetime, progress_id: UUID | None = None) -> ArchivePackage:
    """Build and keep the package; the class is archived. All or nothing."""
    on = timezone.localdate(at)
    with refusing():
        cohort = Cohort.objects.select_for_update(of=("self",)).select_related("plan", "provider").get(pk=cohort.pk)
        require_archivable(cohort, by, on=on)
        until = retention(cohort, on=on)
        facts = archive_facts(cohort, on=on, kept_until=until)
        judgement = load_policy(cohort.policy).judge("archive", facts, on=on)
        keep_determination(subject_id=cohort.pk, judgement=judgement, known_at=at, by=by, at=at)
        report = (lambda done: progress.step(progress_id, done)) if progress_id else (lambda done: None)
        files = collect(cohort, on=on, progress=report)
        about = {"class": cohort.name, "policy": cohort.policy, "made_on": str(on), "kept_until": str(until)}
        content, manifest = pack(files, about=about)
        document = keep_document(
            division=cohort.division,
            subject_id=cohort.pk,
            purpose=Purpose.ARCHIVE,
            name=f"{cohort.name}培训档案.zip",
            kind="zip",
            content=content,
            by=by,
            at=at,
            retained_until=until,
        )
        Document.objects.filter(subject_id=cohort.pk, retained_until__isnull=True).update(retained_until=until)
        Cohort.objects.filter(pk=cohort.pk).update(stage=CohortStage.ARCHIVED)
        return ArchivePackage.objects.create(
            cohort=cohort,
            document=document,
            manifest=manifest,
            root=manifest["root"],
            retained_until=until,
            made_at=at,
            made_by=by.user,
        )


def start_archiving(*, cohort: Cohort, by: Actor, at: dt.datetime) -> Progress:
    """Put the building of the package into the job queue; what can be refused is refused now."""
    from peibu.oversight.tasks import build_archive

    require_archivable(cohort, by, on=timezone.localdate(at))
    with transaction.atomic():
        bar = progress.begin(title=f"{cohort.name}归档", total=STEPS, by=by, at=at)
        assignment = by.user.assignments.filter(role=by.role, unit=by.unit).values_list("pk", flat=True).first()
        build_archive.defer(cohort=str(cohort.pk), assignment=str(assignment), at=at.isoformat(), bar=str(bar.pk))
    return bar
