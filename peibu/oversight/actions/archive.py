"""Archive a class: check that everything is there, build the package, keep it until its date (QD97.6.2)."""

import datetime as dt
import hashlib
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from peibu.accounts.actor import Actor
from peibu.casework import progress
from peibu.casework.actions import keep_determination, keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document, Progress
from peibu.casework.queries import documents_of
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.kernel.months import same_day
from peibu.kernel.packages import pack
from peibu.oversight.facts import archive_facts, archive_list, archive_parts, class_documents
from peibu.oversight.models import ArchivePackage
from peibu.oversight.package import STEPS, collect
from peibu.oversight.permissions import can_archive
from peibu.rulebook import Judgement, Status, load_policy
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort

PAPER_KINDS = ("pdf", "jpg", "png")
PAPERS_FROM = (CohortStage.TAUGHT, CohortStage.EXAMINED, CohortStage.CERTIFIED)


def retention(cohort: Cohort, *, on: dt.date) -> dt.date:
    """Kept to the same day that many years after the training ended; at least what the policy names."""
    years = int(load_policy(cohort.policy).value("archive_years_min", on=on))
    return same_day(cohort.ends_on, 12 * years)


def _own(cohort: Cohort, by: Actor) -> None:
    verdict = can_archive(by, cohort)
    if not verdict:
        raise Refused(verdict.reason, "foreign_class", "请使用承接单位的账号")


def _locked(cohort: Cohort) -> Cohort:
    rows = Cohort.objects.select_for_update(of=("self",))
    return rows.select_related("plan", "provider", "division", "case").get(pk=cohort.pk)


def keep_exam_paper(*, cohort: Cohort, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    """Keep a scan of the written papers; only the provider, only before the class is archived."""
    return _keep_paper(cohort, Purpose.EXAM_PAPER, "试卷", name, content, by, at)


def keep_performance_report(*, cohort: Cohort, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    """Keep the performance evaluation report of a class whose policy asks for one (WH63.2.8); else as an exam paper."""
    if "performance_report" not in (archive_list(cohort) or ()):
        raise Refused("本政策的档案不需要绩效评估报告", "no_such_part", "请刷新页面后重试")
    return _keep_paper(cohort, Purpose.PERFORMANCE_REPORT, "绩效评估报告", name, content, by, at)


def _keep_paper(
    cohort: Cohort, purpose: str, word: str, name: str, content: bytes, by: Actor, at: dt.datetime
) -> Document:
    _own(cohort, by)
    upload = inspect_upload(name, content, allow=PAPER_KINDS)
    if upload.problems:
        told = upload.problems[0].what.removeprefix(f"“{name[:80]}”不能接收：")
        raise Refused(f"{word}“{name[:60]}”没有保存：{told}", "paper_unfit", upload.problems[0].todo)
    with refusing():
        cohort = _locked(cohort)
        if cohort.stage == CohortStage.ARCHIVED:
            raise Refused(f"班次已归档，不能再添加{word}", "archived", "归档包不可更改")
        if cohort.stage not in PAPERS_FROM:
            raise Refused(f"班次尚未结课，还没有{word}", "not_taught", "请在考核结束后上传")
        if documents_of(cohort.pk, purpose).filter(facts__original_sha256=upload.sha256).exists():
            raise Refused(f"{word}“{name[:60]}”已经上传过", "paper_twice", "请选择另一个文件")
        return keep_document(
            division=cohort.division,
            subject_id=cohort.pk,
            purpose=purpose,
            name=name,
            kind=upload.kind,
            content=upload.content,
            facts={"original_sha256": upload.sha256},
            by=by,
            at=at,
        )


def require_archivable(cohort: Cohort, by: Actor, *, on: dt.date) -> Judgement:
    """The judgement of a complete archive. Refused otherwise, with each missing part by name."""
    _own(cohort, by)
    if cohort.stage == CohortStage.ARCHIVED:
        raise Refused("班次已归档", "archived", "可直接下载档案包")
    if archive_list(cohort) is None:
        raise Refused("本政策没有规定培训档案", "no_archive", "资料留在班次页面，不需要归档")
    if cohort.stage != CohortStage.CERTIFIED or cohort.ends_on is None:
        raise Refused("证书尚未赋号，不能归档", "not_certified", "请待证书批次办结后再归档")
    wrong = [f"{part.label}（{part.missing}）" for part in archive_parts(cohort, on=on) if not part.complete]
    if wrong:
        raise Refused(f"档案不完整：{'；'.join(wrong)}", "archive_incomplete", "请补齐后再归档")
    facts = archive_facts(cohort, on=on, kept_until=retention(cohort, on=on))
    judgement = load_policy(cohort.policy).judge("archive", facts, on=on)
    if judgement.decision is not Status.PASS:
        told = "；".join(finding.sentence for finding in (*judgement.failed, *judgement.unknown))
        raise Refused(f"档案不符合规定：{told}", "archive_fails", "请补齐后再归档")
    return judgement


def archive_class(*, cohort: Cohort, by: Actor, at: dt.datetime, progress_id: UUID | None = None) -> ArchivePackage:
    """Build and keep the package; the class is archived. All or nothing.

    The files are built before the transaction, so that the progress shows; what was changed meanwhile is refused.
    """
    on = timezone.localdate(at)
    cohort = Cohort.objects.select_related("plan", "provider", "division", "case").get(pk=cohort.pk)
    require_archivable(cohort, by, on=on)
    seen = _documents_mark(cohort)
    report = (lambda done: progress.step(progress_id, done)) if progress_id else (lambda done: None)
    content, root = pack(collect(cohort, on=on, progress=report))
    with refusing():
        cohort = _locked(cohort)
        judgement = require_archivable(cohort, by, on=on)
        if _documents_mark(cohort) != seen:
            raise Refused("归档期间有人补充了资料，档案包没有保存", "archive_overtaken", "请重新归档")
        keep_determination(subject_id=cohort.pk, judgement=judgement, known_at=at, by=by, at=at)
        return _keep(cohort, content, root, by, at)


def _documents_mark(cohort: Cohort) -> str:
    """Changes when a file of the class comes or goes."""
    rows = class_documents(cohort).values_list("pk", "sha256")
    return hashlib.sha256(repr(sorted(map(str, rows))).encode()).hexdigest()


def _keep(cohort: Cohort, content: bytes, root: str, by: Actor, at: dt.datetime) -> ArchivePackage:
    on = timezone.localdate(at)
    until = retention(cohort, on=on)
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
    shorter = Q(retained_until__isnull=True) | Q(retained_until__lt=until)
    Document.objects.filter(pk__in=class_documents(cohort).values("pk")).filter(shorter).update(retained_until=until)
    Cohort.objects.filter(pk=cohort.pk).update(stage=CohortStage.ARCHIVED)
    return ArchivePackage.objects.create(
        cohort=cohort,
        document=document,
        manifest={"class": cohort.name, "policy": cohort.policy, "made_on": str(on), "kept_until": str(until)},
        root=root,
        retained_until=until,
        made_at=at,
        made_by=by.user,
    )


def start_archiving(*, cohort: Cohort, by: Actor, at: dt.datetime) -> Progress:
    """Put the building of the package into the job queue; what can be refused is refused now."""
    from peibu.oversight.tasks import build_archive  # the task calls archive_class of this module

    require_archivable(cohort, by, on=timezone.localdate(at))
    assignment = by.user.assignments.get(role=by.role, unit=by.unit)
    job = build_archive.configure(queueing_lock=f"archive/{cohort.pk}", lock=f"archive/{cohort.pk}")
    try:
        with transaction.atomic():
            bar = progress.begin(title=f"{cohort.name}归档", total=len(STEPS), by=by, at=at)
            job.defer(cohort=str(cohort.pk), assignment=str(assignment.pk), at=at.isoformat(), bar=str(bar.pk))
    except AlreadyEnqueued:
        raise Refused("本班正在归档", "archiving", "请稍候刷新页面查看")
    return bar
