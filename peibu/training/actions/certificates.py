"""From the passed list to numbered certificates (QD97.3.9 to 3.11)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Division, Unit
from peibu.accounts.secrecy import secret_index
from peibu.casework.actions import keep_determination, move_case, open_case
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case, Progress
from peibu.casework.numbering import next_number
from peibu.casework.progress import begin
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import Judgement, Status, load_policy
from peibu.training.enums import CohortStage
from peibu.training.facts.exam import certificate_batch_facts
from peibu.training.models import Certificate, CertificateBatch, CertificateRevocation, Cohort
from peibu.training.permissions.exam import can_ask
from peibu.training.queries.certificates import CODE_LENGTH, undrawable
from peibu.training.queries.exams import is_intact, passed

PROCESS = "certificate_batch"


def report_passed(*, cohort: Cohort, by: Actor, at: dt.datetime) -> CertificateBatch:
    """Report the people who passed to the district's HRSS bureau (QD97.3.9), or report again after a return."""
    verdict = can_ask(by, cohort)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用承接单位的账号")
    with refusing():
        locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        batch = CertificateBatch.objects.filter(cohort=locked).select_related("case").first()
        if batch is None:
            batch = _open_batch(locked, by, at)
        move = "report_again" if batch.case.state == "returned" else "report"
        batch.case = move_case(case=batch.case, move=move, by=by, at=at)
        return batch


def _open_batch(cohort: Cohort, by: Actor, at: dt.datetime) -> CertificateBatch:
    if cohort.stage != CohortStage.EXAMINED:
        label = cohort.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能上报合格名单", "class_not_examined", "请先封存成绩")
    bureau = Unit.objects.filter(kind="hrss", division=cohort.division.desk).first()
    if bureau is None:
        raise Refused("班次所在区（市）没有设置人社局", "no_bureau", "请联系系统管理员")
    case = open_case(
        policy=cohort.policy,
        process=PROCESS,
        subject=f"{cohort.name}合格证书",
        applicant=cohort.provider,
        agency=bureau,
        by=by,
        at=at,
    )
    return CertificateBatch.objects.create(cohort=cohort, case=case, division=cohort.division)


def judge_batch(cohort: Cohort, *, day: dt.date) -> tuple[Judgement, dict]:
    """The findings of `certificate_batch` on the law of a day, with their facts."""
    facts = certificate_batch_facts(cohort, on=day)
    return load_policy(cohort.policy).judge(PROCESS, facts, on=day), facts


@guard(PROCESS, "report", "report_again", "issue")
def batch_is_in_order(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Somebody passed, the sheet is sealed and untouched, the photos are there, and every name can be printed."""
    cohort = Cohort.objects.select_related("exam", "plan", "provider").get(certificate_batch__case=case)
    if cohort.exam.sealed_at is None:
        return no("成绩单还没有封存")
    if not is_intact(cohort.exam):
        return no("成绩单内容与封存时的指纹不符，须先查明原因")
    if not passed(cohort.exam).exists():
        return no("本班没有考核合格的人员")
    judgement, _facts = judge_batch(cohort, day=timezone.localdate(at))
    bad = [*judgement.failed, *judgement.unknown]
    if judgement.decision is not Status.PASS:
        told = "；".join(finding.sentence for finding in bad)
        todo = "；".join(finding.fix for finding in bad if finding.fix)
        raise Refused(f"合格名单不符合规定：{told}", "certificate_batch_fails", todo or "请补全资料")
    gaps = undrawable(cohort, case.agency.name)
    if gaps:
        raise Refused(
            f"证书上有文字不在字库中，印出来会是空框：{'；'.join(gaps)}",
            "no_glyph",
            "请核对是否录入有误；确为人名用字的，请系统管理员补充字库后再办理",
        )
    return yes()


@effect(PROCESS, "report", "report_again")
def report_is_kept(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    batch = CertificateBatch.objects.select_related("cohort__exam").get(case=case)
    judgement, _facts = judge_batch(batch.cohort, day=timezone.localdate(at))
    told = judgement.to_dict()["facts"]
    keep_determination(subject_id=batch.pk, judgement=judgement, facts=told, known_at=at, by=by, at=at)


def series_of(policy_path: str, division: Division, *, on: dt.date) -> str:
    """The series a certificate of a district and day belongs to, in the policy's form (QD97.3.10)."""
    policy = load_policy(policy_path)
    desk = division.desk
    card = policy.card["certificate"]
    if (card.get("scope") or policy.value("certificate_series_scope", on=on)) == "city":
        desk = Division.objects.get(kind="city")
    return card["series"].format(year=on.year, division=desk.code)


def check_code_of(serial: str, enrolment_id: object) -> str:
    """Twelve hex digits from a keyed hash: nobody without the server's key can make one for a number."""
    return secret_index(f"certificate:{serial}:{enrolment_id}")[:CODE_LENGTH]


@effect(PROCESS, "issue")
def assign_serials(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Give the batch its numbers: the row lock of the series keeps them together, gap-free and used once; a failed
    move gives them back. The class is then certified and the batch's PDF is queued."""
    batch = CertificateBatch.objects.select_for_update(of=("self",)).select_related("cohort__exam").get(case=case)
    on = timezone.localdate(at)
    series = series_of(case.policy, batch.division, on=on)
    digits = load_policy(case.policy).card["certificate"]["digits"]
    numbers = []
    for enrolment in passed(batch.cohort.exam):
        number = next_number(f"certificate/{series}")
        serial = f"{series}-{number:0{digits}d}"
        Certificate.objects.create(
            batch=batch,
            enrolment=enrolment,
            series=series,
            serial_no=number,
            serial=serial,
            check_code=check_code_of(serial, enrolment.pk),
            issued_on=on,
        )
        numbers.append(number)
    batch.series, batch.first, batch.last = series, numbers[0], numbers[-1]
    batch.issued_on, batch.issued_by = on, by.user
    batch.save(update_fields=["series", "first", "last", "issued_on", "issued_by"])
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=batch.cohort_id)
    if cohort.stage != CohortStage.EXAMINED:
        raise Refused(f"班次当前为“{cohort.get_stage_display()}”，不能发证", "class_not_examined", "请核对班次")
    cohort.stage = CohortStage.CERTIFIED
    cohort.save(update_fields=["stage"])
    start_book(batch=batch, by=by, at=at)


def start_book(*, batch: CertificateBatch, by: Actor, at: dt.datetime) -> Progress:
    """Queue the signed files of a whole batch; job and progress bar commit together with what asked for them."""
    from peibu.training.certificate_tasks import certificate_book  # tasks are loaded by the worker's own room

    with transaction.atomic():
        total = batch.certificates.count() + 1  # a file each, and the book
        progress = begin(title=f"{batch.cohort.name}证书（PDF）", total=total, by=by, at=at)
        certificate_book.defer(batch=str(batch.pk), progress=str(progress.pk), at=at.isoformat())
    return progress


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, by: Actor, at: dt.datetime) -> CertificateRevocation:
    """Declare a certificate void; its number stays used. The district's HRSS approver only."""
    if by.role != Role.HRSS_APPROVER or not by.covers(certificate.batch.division_id):
        raise Refused("只有发证的区（市）人社局审批岗可以作废证书", "not_the_issuer", "请由发证机关办理")
    if not reason.strip():
        raise Refused("没有填写作废理由", "a_revocation_has_a_reason", "请写明理由")
    if CertificateRevocation.objects.filter(certificate=certificate).exists():
        raise Refused("该证书已经作废", "already_revoked", "不需要再次办理")
    with refusing():
        return CertificateRevocation.objects.create(
            certificate=certificate, reason=reason.strip(), revoked_at=at, revoked_by=by.user
        )
